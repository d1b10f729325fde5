"""On which core is measured, and what the others do meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SPIN = """
import os, sys
os.sched_setaffinity(0, {int(sys.argv[1])})
while os.getppid() == int(sys.argv[2]):
    sum(range(100000))
"""
"""Spins, and ends by itself when the bench is gone, however that came about."""


@contextmanager
def pinned(core: int | None) -> Iterator[None]:
    """This process, and all that it starts, on ``core`` only; afterwards where it was before. None changes nothing."""
    before = os.sched_getaffinity(0)
    if core is not None:
        os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def busy_others(core: int | None, *, wanted: bool) -> Iterator[list[int]]:
    """Every core but ``core`` computes at full load; gives their numbers, none when it is not wanted."""
    others = sorted(set(range(os.cpu_count() or 1)) - {core}) if wanted else []
    spinning = [subprocess.Popen([sys.executable, "-c", SPIN, str(other), str(os.getpid())]) for other in others]
    try:
        yield others
    finally:
        for process in spinning:
            process.kill()
            process.wait()
