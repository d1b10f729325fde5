"""Numbers that glide from one place to another."""

from __future__ import annotations

from math import exp

SETTLE_S = 0.4
"""A pose is reached, to a twentieth, after this long: the onset of a spontaneous expression takes 0.3 to 0.7 s (Hess &
Kleck 1990, Differentiating emotion elicited and deliberate emotional facial expressions)."""
TWENTIETH = 4.744
"""(1 + x) exp(-x) is a twentieth here: when a critically damped movement is that near to its end."""

Vector = tuple[float, ...]


class Ease:
    """A critically damped movement of several numbers at once: no jump of place or speed when the aim changes."""

    def __init__(self, start: Vector) -> None:
        self._aim = self._start = start
        self._speed: Vector = (0.0,) * len(start)
        self._rate = TWENTIETH / SETTLE_S
        self._since = 0.0

    def to(self, aim: Vector, now: float, within_s: float = SETTLE_S) -> None:
        """Move towards ``aim``, from where it is now and at the speed that it has."""
        if aim == self._aim:
            return
        self._start, self._speed = self.at(now), self._speed_at(now)
        self._aim, self._since, self._rate = aim, now, TWENTIETH / within_s

    def at(self, now: float) -> Vector:
        """Where it is."""
        passed, rate = max(0.0, now - self._since), self._rate
        left = exp(-rate * passed)
        return tuple(
            aim + ((start - aim) + (speed + rate * (start - aim)) * passed) * left
            for aim, start, speed in zip(self._aim, self._start, self._speed, strict=True)
        )

    def settled(self, now: float) -> bool:
        """Whether nothing of it can be seen any more."""
        return (now - self._since) * self._rate > 2 * TWENTIETH

    def _speed_at(self, now: float) -> Vector:
        passed, rate = max(0.0, now - self._since), self._rate
        left = exp(-rate * passed)
        return tuple(
            (speed - rate * (speed + rate * (start - aim)) * passed) * left
            for aim, start, speed in zip(self._aim, self._start, self._speed, strict=True)
        )
