"""The clock that paces files as a device would be paced."""

from __future__ import annotations

import select
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threading import Event

LAST_NS = 2_000_000
"""Nanoseconds before the time is due for which the thread sleeps in the kernel, as one does that reads a device. To
come back from an Event takes longer by the Python that is in it."""


class Clock:
    """CLOCK_MONOTONIC. A subclass may let time pass in another way: tests let it pass at once."""

    def now_ns(self) -> int:
        """Nanoseconds of CLOCK_MONOTONIC."""
        return time.monotonic_ns()

    def wait_until(self, due_ns: int, stopped: Event) -> bool:
        """Wait for ``due_ns``. True when that time has come, False within LAST_NS of ``stopped`` being set."""
        if stopped.wait(max(0, due_ns - LAST_NS - self.now_ns()) / 1e9):
            return False
        select.select((), (), (), max(0, due_ns - self.now_ns()) / 1e9)  # time.sleep fails where libfaketime is loaded
        return not stopped.is_set()
