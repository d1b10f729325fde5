"""CPU time and memory of a process, from ``/proc``."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Self

EVERY_S = 0.5
TICKS = os.sysconf("SC_CLK_TCK")
MIB = 1 << 20


def cpu_s(pid: int) -> float:
    """User and system time since the process began, in s (proc(5), ``stat``, fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def rss_mib(pid: int) -> float:
    """Memory that is resident, in MiB (proc(5), ``statm``, field 2)."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE") / MIB


class PeakMemory:
    """``with PeakMemory(pid) as memory``: the most that was resident, looked at every EVERY_S."""

    def __init__(self, pid: int) -> None:
        self.mib = rss_mib(pid)
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        """Begin to look."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Look no more."""
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(EVERY_S):
            self.mib = max(self.mib, rss_mib(self._pid))
