"""What every Python rig shares: it loads, says what that cost, then does one call for each line that it is told.

Only the standard library and numpy, since it runs in the peers' environments. A call is asked for by a line on standard
input; the answer is a line with its CPU milliseconds. So the bench decides who is next, and one run serves all in turn.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Made = tuple[float, Callable[[], object]]

WARM_CALLS = 5


def rss_mib() -> float:
    """Resident memory of this process now (proc(5), status: VmRSS in KiB)."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def serve(make: Callable[[Path], Made], inputs: str) -> None:
    """Load by ``make(inputs)``, which gives (seconds of the imports, the call), then answer until the input ends."""
    imported_s, call = make(Path(inputs))
    for _ in range(WARM_CALLS):
        call()
    print(json.dumps({"import_s": imported_s}), flush=True)
    for _ in sys.stdin:
        began = time.process_time_ns()
        call()
        print(json.dumps({"cpu_ms": (time.process_time_ns() - began) / 1e6, "rss_mib": rss_mib()}), flush=True)


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._began = time.perf_counter()

    @property
    def seconds(self) -> float:
        """So far."""
        return time.perf_counter() - self._began
