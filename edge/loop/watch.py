"""Watches the loop from a thread of its own: is it stalled, or was the whole process suspended?

A loop that hangs in a call cannot say so itself. The watch logs where it hangs, once; it does not end anything: systemd
does, as it is no longer told that the loop turned.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
import traceback
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

TICK_S = 0.25
STALLED_S = 2.5
"""A loop that has not turned for this long hangs; with a tick it is noticed within 3 s. It turns 20 times a second."""
SUSPENDED_S = 1.0
"""A tick that is this late: the whole process stood still (SIGSTOP, suspend, a hypervisor), not only the loop."""
EXCUSED_S = 5.0
"""Seconds after a suspension in which devices may be found lost without any fault of theirs."""
OVERDUE_S = 0.5
"""A loop that has not turned for this long after a stop was asked for will not do so by itself."""
FRAMES = 12
"""Lines of the stack that are logged."""


class Watch:
    """``start`` → ``turned`` … → ``stop``; ``turned`` is called by the loop's thread.

    Args:
        on_stall: called on the watch's thread when a stall begins.
        on_overdue: called there, once, when the loop hangs and was asked to stop.
        now: CLOCK_MONOTONIC in seconds, or another clock for tests.
    """

    def __init__(
        self,
        on_stall: Callable[[], None] = lambda: None,
        on_overdue: Callable[[], None] = lambda: None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.stalls = 0
        self.suspensions = 0
        self._on_stall = on_stall
        self._on_overdue = on_overdue
        self._stop = threading.Event()
        self._now = now
        self._loop = 0
        self._turned_at = self._ticked_at = now()
        self._resumed_at = float("-inf")
        self._stalled = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self, stop: threading.Event) -> None:
        """Watch the thread that calls this, which leaves its loop when ``stop`` is set."""
        self._stop = stop
        self._loop = threading.get_ident()
        self._turned_at = self._ticked_at = self._now()
        self._thread.start()

    def turned(self) -> None:
        """The loop has turned."""
        self._turned_at = self._now()

    def stop(self) -> None:
        """Watch no more."""
        self._ended.set()

    def excused(self) -> bool:
        """Whether the process was suspended a moment ago, or has been and the watch did not run since. Any thread."""
        now = self._now()
        return now - self._ticked_at > TICK_S + SUSPENDED_S or now - self._resumed_at < EXCUSED_S

    def tick(self) -> None:
        """Look once; called on the watch's thread."""
        now = self._now()
        late_s = now - self._ticked_at - TICK_S
        self._ticked_at = now
        if late_s > SUSPENDED_S:
            self.suspensions += 1
            self._resumed_at = now
            self._turned_at = now  # it could not turn
            log.warning("the process was suspended for %.1f s; what waited meanwhile is dropped", late_s)
        elif self._stop.is_set() and now - self._turned_at > OVERDUE_S:
            log.error("the loop does not stop; it is here:\n%s", self._stack())
            self._ended.set()
            self._on_overdue()
        elif now - self._turned_at <= STALLED_S:
            self._stalled = False
        elif not self._stalled:
            self._stalled = True
            self.stalls += 1
            log.error("the loop has not turned for %.1f s; it is here:\n%s", now - self._turned_at, self._stack())
            self._on_stall()

    def _run(self) -> None:
        while not self._ended.wait(TICK_S):
            self.tick()

    def _stack(self) -> str:
        """Where the loop's thread is: files, lines and code, and no value of any variable."""
        frame = sys._current_frames().get(self._loop)  # noqa: SLF001 - documented for debugging; there is no other way
        return "" if frame is None else "".join(traceback.format_stack(frame)[-FRAMES:]).rstrip()
