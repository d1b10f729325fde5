"""What a living face does by itself: its lids fall, its eyes wander."""

from __future__ import annotations

from math import log, pi, sin
from typing import TYPE_CHECKING

from edge.outlets.avatar.ease import Ease

if TYPE_CHECKING:
    from random import Random

BLINK_MEAN_S, BLINK_SPREAD = 3.3, 0.6
"""From the end of a blink to the next: 17 a minute at rest (Bentivoglio et al. 1997, Analysis of blink rate patterns in
normal subjects); the logarithm of the interval is spread so far."""
BLINK_SHUT_S, BLINK_OPEN_S = 0.07, 0.16
"""The lid falls in 70 ms and rises in about twice that (VanderWerf et al. 2003, Eyelid movements, Journal of
Neurophysiology)."""
GLANCE_S = (1.2, 4.5)
"""Shortest and longest rest of the eyes on one place."""
GLANCE_FAR = 0.45
"""How far they wander, of the way to the corner."""


class Blinks:
    """When the lids fall, by chance."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._at = 0.0

    def shut(self, now: float) -> float:
        """How far they are shut, from 0 to 1. Times must not go back by more than a blink."""
        if now > self._at + BLINK_SHUT_S + BLINK_OPEN_S:
            mean = log(BLINK_MEAN_S) - BLINK_SPREAD**2 / 2
            self._at = now + self._chance.lognormvariate(mean, BLINK_SPREAD)
        passed = now - self._at
        if passed < 0:
            return 0.0
        share = passed / BLINK_SHUT_S if passed < BLINK_SHUT_S else 1 - (passed - BLINK_SHUT_S) / BLINK_OPEN_S
        return sin(pi / 2 * min(max(share, 0.0), 1.0)) ** 2

    def near(self, now: float, within_s: float = 0.15) -> bool:
        """Whether the lids move, or will within ``within_s``."""
        return -within_s < now - self._at < BLINK_SHUT_S + BLINK_OPEN_S


class Glances:
    """Where the eyes rest, by chance: mostly ahead, now and then a little aside."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._until = 0.0
        self._ease = Ease((0.0, 0.0))

    def at(self, now: float, *, ahead: bool) -> tuple[float, float]:
        """Right and down. ``ahead``: whoever speaks looks at whom it speaks to."""
        if now >= self._until:
            self._until = now + self._chance.uniform(*GLANCE_S)
            far = GLANCE_FAR if self._chance.random() < 0.5 and not ahead else 0.08  # noqa: PLR2004 - every other time
            aim = (self._chance.uniform(-far, far), self._chance.uniform(-far, far) / 2)
            self._ease.to(aim, now, 0.12)
        right, down = self._ease.at(now)
        return right, down

    def moving(self, now: float) -> bool:
        """Whether the eyes are on their way."""
        return not self._ease.settled(now)
