"""What the sensor tests share: a clock whose waits take no time, and a look at the process's open files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from edge.sensors.clock import Clock

if TYPE_CHECKING:
    import threading


class QuickClock(Clock):
    """Time passes only by waiting for it."""

    def __init__(self, at_ns: int = 1_000_000_000) -> None:
        self.at_ns = at_ns

    def now_ns(self) -> int:
        return self.at_ns

    def wait_until(self, due_ns: int, stopped: threading.Event) -> bool:
        self.at_ns = max(self.at_ns, due_ns)
        return not stopped.is_set()


def open_paths() -> set[str]:
    """Files that this process has open, as /proc tells."""
    found = set()
    for link in Path("/proc/self/fd").iterdir():
        try:
            found.add(os.readlink(link))  # noqa: PTH115 - /proc's links need not lead to a path
        except FileNotFoundError:
            continue
    return found
