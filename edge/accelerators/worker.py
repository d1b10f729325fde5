"""A thread that does one job at a time for one caller, who waits no longer than he wants to.

A call into a driver cannot be broken off. So it runs here, and when it hangs, the caller goes on and leaves the thread
behind; should the call come back one day, the thread ends.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from edge.errors import RapportError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

PAUSED = 1.5
"""A wait that lasts this many times as long as it should: the whole process was stopped, and the job along with it."""


class Stuck(RapportError):  # noqa: N818 - it is an event as much as an error
    """A job did not come back in time."""


class Worker(Generic[T]):
    """``begin`` → ``wait`` → ``take``, over and over; or ``call``, which is all three; ``leave`` at the end."""

    def __init__(self, name: str) -> None:
        self._job: Callable[[], T] | None = None
        self._outcome: tuple[T | None, BaseException | None] = (None, None)
        self._go, self._done = threading.Lock(), threading.Lock()  # the quickest handing over that Python has
        self._go.acquire()
        self._done.acquire()
        self._left = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the thread is still there; also after ``leave``, while its job hangs."""
        return self._thread.is_alive()

    def begin(self, job: Callable[[], T]) -> None:
        """Hand over a job; the one before must have been taken."""
        self._job = job
        self._go.release()

    @property
    def done(self) -> bool:
        """Whether the job is done; said once, as by ``wait``."""
        return self._done.acquire(blocking=False)

    def wait(self, seconds: float) -> bool:
        """Whether the job is done, after at most ``seconds``; time in which the process was stopped does not count."""
        began = time.monotonic()
        done = self._done.acquire(timeout=seconds)
        if not done and time.monotonic() - began > PAUSED * seconds:
            done = self._done.acquire(timeout=seconds)
        return done

    def take(self) -> T:
        """What the job gave, after ``wait`` said that it is done. Raises what the job raised."""
        found, error = self._outcome
        self._job, self._outcome = None, (None, None)
        if error is not None:
            raise error
        return cast("T", found)

    def call(self, job: Callable[[], T], seconds: float) -> T:
        """What ``job`` gives. Raises what it raises, or Stuck; after that the worker must be left."""
        self.begin(job)
        if not self.wait(seconds):
            problem = f"it did not come back within {seconds:g} s"
            raise Stuck(problem, "It is opened anew by itself; if it stays so, unplug the device or restart")
        return self.take()

    def leave(self) -> None:
        """Go on without this worker: it ends when its job does, or at once when it has none."""
        self._left = True
        if self._go.locked():
            self._go.release()

    def _work(self) -> None:
        while True:
            self._go.acquire()
            job = self._job
            if job is None:
                return
            try:
                self._outcome = (job(), None)
            except BaseException as error:  # noqa: BLE001 - it is raised again where the job came from
                self._outcome = (None, error)
            del job  # and with it the session, when the worker was left
            self._done.release()
            if self._left:
                self._job, self._outcome = None, (None, None)
                return
