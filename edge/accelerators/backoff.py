"""When to try again what failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PAUSES_S = (1.0, 2.0, 5.0, 15.0, 60.0, 300.0)
"""Between failure n and the next try; the last repeats: a device that is plugged in again is found within 5 minutes."""
STEADY_S = 600.0
"""Without a failure for so long the pauses begin anew. Longer than the longest pause: a device that opens each time and
fails at the first call must not be tried every second."""


class Backoff:
    """Pauses that grow. For one thread."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """``clock`` gives seconds and never jumps; it is due at once."""
        self._clock = clock
        self._failures = 0
        self._failed_at = float("-inf")
        self._due_at = float("-inf")

    @property
    def due(self) -> bool:
        """Whether the pause is over."""
        return self._clock() >= self._due_at

    @property
    def pause_s(self) -> float:
        """Seconds that are left of the pause."""
        return max(0.0, self._due_at - self._clock())

    def failed(self) -> None:
        """It failed (again): begin a pause."""
        now = self._clock()
        if now - self._failed_at > STEADY_S:
            self._failures = 0
        self._failed_at = now
        self._due_at = now + PAUSES_S[min(self._failures, len(PAUSES_S) - 1)]
        self._failures += 1
