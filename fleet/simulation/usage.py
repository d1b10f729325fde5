"""What a simulation takes: processor time and memory of this process and all that it started, from Linux' /proc.

Processor time says what a device costs also where the machine has other work; memory is PSS, in which a page that
several processes share counts once (proc_pid_smaps(5)).
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PROC = Path("/proc")
AFTER_NAME = 2
"""Fields of /proc/PID/stat before the state: the number and the name, which may hold anything (proc_pid_stat(5))."""
PARENT, USER, SYSTEM = 4 - AFTER_NAME - 1, 14 - AFTER_NAME - 1, 15 - AFTER_NAME - 1


@dataclass(slots=True)
class Usage:
    """Looked at again and again: a process that has ended counts with what it was last seen to have taken.

    Attributes:
        peak_mib: most PSS of all processes together.
    """

    peak_mib: float = 0.0
    _ticks: dict[int, int] = field(default_factory=dict)

    def look(self) -> float:
        """Take note of now; processor seconds of all processes so far."""
        stats = _stats()
        family = _family(os.getpid(), {number: int(fields[PARENT]) for number, fields in stats.items()})
        self._ticks |= {number: int(stats[number][USER]) + int(stats[number][SYSTEM]) for number in family}
        self.peak_mib = max(self.peak_mib, sum(_pss_kib(number) for number in family) / 1024)
        return sum(self._ticks.values()) / os.sysconf("SC_CLK_TCK")


def _stats() -> dict[int, list[str]]:
    found = {}
    for path in PROC.glob("[0-9]*/stat"):
        with suppress(OSError):
            found[int(path.parent.name)] = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    return found


def _family(root: int, parents: dict[int, int]) -> set[int]:
    """``root`` and all that descend from it."""
    family, grown = {root}, True
    while grown:
        more = {number for number, parent in parents.items() if parent in family} - family
        family, grown = family | more, bool(more)
    return family & parents.keys()


def _pss_kib(number: int) -> int:
    with suppress(OSError):
        for line in (PROC / str(number) / "smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
