"""Sums over the last seconds or minutes, in memory that is made once."""

from __future__ import annotations


class Window:
    """Sums of several quantities over the last ``span_s`` seconds, kept in a ring of slots.

    Args:
        span_s: seconds.
        slots: of the ring; what is forgotten is forgotten a slot at a time.
        quantities: sums that are kept beside each other.
    """

    def __init__(self, span_s: float, slots: int, quantities: int) -> None:
        self._slot_s = span_s / slots
        self._rows = [[0.0] * slots for _ in range(quantities)]
        self._slots = slots
        self._now: int | None = None

    def to(self, at_s: float) -> None:
        """It is ``at_s`` seconds now: forget what is too old. A time that runs backwards empties the window."""
        slot = int(at_s // self._slot_s)
        if self._now is None or slot < self._now:
            self.clear()
        else:
            for passed in range(min(slot - self._now, self._slots)):
                for row in self._rows:
                    row[(slot - passed) % self._slots] = 0.0
        self._now = slot

    def add(self, quantity: int, amount: float) -> None:
        """Add to one of the sums, now."""
        self._rows[quantity][(self._now or 0) % self._slots] += amount

    def sum(self, quantity: int) -> float:
        """One of the sums."""
        return sum(self._rows[quantity])

    def clear(self) -> None:
        """Forget everything."""
        for row in self._rows:
            row[:] = [0.0] * self._slots
