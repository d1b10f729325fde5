"""What is natural for this driver: the open eye and the pose of the head, learnt at first, drifting slowly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.understanding.driver.settings import (
    CALIBRATED_S,
    HALF_LIFE_S,
    LEAST_OPEN,
    MOST_SINKING,
    SHUT_SHOWS,
    TURNED_EYES,
)

if TYPE_CHECKING:
    from edge.understanding.driver.moment import Moment

OPEN_QUANTILE = 0.9
"""Of all that an eye showed, the shut times too; the open eye is looked for from OPEN_PART of it on."""
OPEN_PART = 0.6
FIRST_S = 60.0
"""Seconds of seeing in which the open eye is found; later it may sink by MOST_SINKING only."""
FOLLOWING = 0.75
"""Openness that an eye has, in the mean, while the other one is shut, from which it does not follow: it is covered."""
FOLLOWING_S = 0.8
"""Time constant of that mean, in seconds of one eye shut: some six blinks tell an eye that is behind a dark glass, and
a wink of a second does not make one of an eye that is not."""
FOLLOWING_AT_FIRST = 0.5
"""Neither is taken for granted."""
WITH_OTHER = 0.35
"""Openness of the other eye up to which it counts as shut for that."""


class Histogram:
    """How long each value was seen; its bins are made once."""

    def __init__(self, low: float, high: float, bins: int) -> None:
        self._low, self._step = low, (high - low) / bins
        self._seconds = [0.0] * bins

    def add(self, value: float, seconds: float) -> None:
        """``value`` was seen for ``seconds``; one beyond the ends counts at the end."""
        index = int((value - self._low) / self._step)
        self._seconds[min(max(index, 0), len(self._seconds) - 1)] += seconds

    def fade(self, factor: float) -> None:
        """What was seen so far counts for less."""
        self._seconds = [seconds * factor for seconds in self._seconds]

    def quantile(self, part: float, above: float = float("-inf")) -> float:
        """The value below which ``part`` of the time falls, of the bins from ``above`` on; NaN where there is none."""
        first = max(0, int((above - self._low) / self._step)) if above > self._low else 0
        wanted = part * sum(self._seconds[first:])
        if wanted <= 0:
            return float("nan")
        for index in range(first, len(self._seconds)):
            seconds = self._seconds[index]
            if wanted <= seconds:
                return self._low + self._step * (index + (wanted / seconds if seconds else 0.5))
            wanted -= seconds
        return self._low + self._step * len(self._seconds)


class Natural:
    """Learns from every moment; gives openness and angles relative to what is natural."""

    def __init__(self) -> None:
        self._eyes = (Histogram(0.0, 0.8, 160), Histogram(0.0, 0.8, 160))
        self._yaw = Histogram(-90.0, 90.0, 180)
        self._pitch = Histogram(-90.0, 90.0, 180)
        self._follows = [FOLLOWING_AT_FIRST, FOLLOWING_AT_FIRST]
        self._open: list[float | None] = [None, None]
        self._first: list[float | None] = [None, None]
        self._pose = (0.0, 0.0)
        self._renewed_s = 0.0
        self.seen_s = 0.0
        """Seconds in which pose and eyes were seen."""

    @property
    def known(self) -> bool:
        """Whether enough was seen to say anything."""
        return self.seen_s >= CALIBRATED_S

    def learn(self, moment: Moment, seconds: float) -> None:
        """``moment`` stands for ``seconds``."""
        if moment.yaw is None or moment.pitch is None or seconds <= 0:
            return
        self._yaw.add(moment.yaw, seconds)
        self._pitch.add(moment.pitch, seconds)
        for histogram, value in zip(self._eyes, (moment.left, moment.right), strict=True):
            if value is not None and abs(moment.yaw) < TURNED_EYES / 2:
                histogram.add(value, seconds)
        if moment.left is not None or moment.right is not None:
            self.seen_s += seconds
        self._renewed_s += seconds
        if self._renewed_s >= 1.0:
            self._renew()

    def turned(self, moment: Moment) -> tuple[float, float] | None:
        """Degrees of yaw and pitch from the natural pose; None without a face."""
        if moment.yaw is None or moment.pitch is None or not self.known:
            return None
        return moment.yaw - self._pose[0], moment.pitch - self._pose[1]

    def openness(self, moment: Moment, seconds: float) -> float | None:
        """0 shut, 1 as open as is natural; None where no eye can be measured.

        Both eyes count, or the nearer one of a turned head, or the one that moves when the other does not.
        """
        yaw = moment.yaw
        if yaw is None or abs(yaw) > TURNED_EYES or not self.known:
            return None
        left, right = self._relative(0, moment.left), self._relative(1, moment.right)
        if left is None or right is None:
            return right if left is None else left
        if abs(yaw) > TURNED_EYES / 2:
            return left if yaw > 0 else right
        self._compare(0, left, right, seconds)
        self._compare(1, right, left, seconds)
        still = [follows > FOLLOWING for follows in self._follows]
        if still[0] != still[1]:
            return right if still[0] else left
        return (left + right) / 2

    def _relative(self, side: int, value: float | None) -> float | None:
        opened = self._open[side]
        if value is None or opened is None:
            return None
        return min(max((value / opened - SHUT_SHOWS) / (1 - SHUT_SHOWS), 0.0), 2.0)

    def _compare(self, side: int, own: float, other: float, seconds: float) -> None:
        """While the other eye is shut: does this one follow?"""
        if other <= WITH_OTHER:
            gain = min(seconds / FOLLOWING_S, 1.0)
            self._follows[side] += gain * (own - self._follows[side])

    def _renew(self) -> None:
        """Once a second: find anew what is natural, and let what is old count for less."""
        self._pose = (self._yaw.quantile(0.5), self._pitch.quantile(0.5))
        for side, histogram in enumerate(self._eyes):
            found = histogram.quantile(0.5, OPEN_PART * histogram.quantile(OPEN_QUANTILE))
            first = self._first[side]
            if self.seen_s <= FIRST_S or first is None:
                self._first[side] = first = found if found >= LEAST_OPEN else None
            self._open[side] = None if first is None else max(found, MOST_SINKING * first)
        factor = 0.5 ** (self._renewed_s / HALF_LIFE_S)
        for histogram in (*self._eyes, self._yaw, self._pitch):
            histogram.fade(factor)
        self._renewed_s = 0.0
