"""The clock that paces files as a device would be paced."""

from __future__ import annotations

import ctypes
import select
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threading import Event

LAST_NS = 2_000_000
"""Nanoseconds before the time is due for which the thread sleeps in the kernel, as one does that reads a device. To
come back from an Event takes longer by the Python that is in it."""

_PRCTL = getattr(ctypes.CDLL(None), "prctl", None)
_PR_SET_TIMERSLACK = 29
"""From Linux's prctl.h. By default the kernel may wake a thread 50 us after its time (prctl(2)), to wake several at
once; a device's interrupt is not put off like that."""


class Clock:
    """CLOCK_MONOTONIC. A subclass may let time pass in another way: tests let it pass at once."""

    def now_ns(self) -> int:
        """Nanoseconds of CLOCK_MONOTONIC."""
        return time.monotonic_ns()

    def wait_until(self, due_ns: int, stopped: Event) -> bool:
        """Wait for ``due_ns``. True when that time has come, False within LAST_NS of ``stopped`` being set."""
        if stopped.wait(max(0, due_ns - LAST_NS - self.now_ns()) / 1e9):
            return False
        if _PRCTL is not None:
            _PRCTL(_PR_SET_TIMERSLACK, ctypes.c_ulong(1))  # nanosecond, for this thread
        select.select((), (), (), max(0, due_ns - self.now_ns()) / 1e9)  # time.sleep fails where libfaketime is loaded
        return not stopped.is_set()
