"""The clock that paces files as a device would be paced."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threading import Event


class Clock:
    """CLOCK_MONOTONIC. A subclass may let time pass in another way: tests let it pass at once."""

    def now_ns(self) -> int:
        """Nanoseconds of CLOCK_MONOTONIC."""
        return time.monotonic_ns()

    def wait_until(self, due_ns: int, stopped: Event) -> bool:
        """Wait for ``due_ns``. True when that time has come, False as soon as ``stopped`` is set."""
        return not stopped.wait(max(0, due_ns - self.now_ns()) / 1e9)
