"""Median and spread of a stream in which older evidence counts less, in constant memory.

A histogram over a fixed range whose bins hold seconds of evidence. Half of what a bin holds is gone after a half-life
of further evidence; time in which nothing is seen takes nothing away. Decay is forward (Cormode, Shkapenyuk, Srivastava
& Xu, Forward decay: a practical time decay model for streaming systems, ICDE 2009): new evidence is entered with a
weight that grows, so that an update touches one bin, whatever their number.

Quantiles are those of the weighted sample to within a bin. The median does not move for outliers of less than half the
weight, the spread for less than a quarter on one side (Huber & Ronchetti, Robust Statistics, 2009, sections 3.2, 5.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

BINS = 96
"""Ranges are about 20 spreads wide, so that a bin is a fifth of a spread; quantiles are interpolated within it."""
RESCALE_AFTER = 16.0
"""Half-lives after which weights are made small again: 2^16 loses no digit that counts of a double's 2^53."""
NORMAL_IQR = 1.349
"""Distance of the quartiles of a normal distribution, in standard deviations."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The range of a histogram; what lies outside counts in its first or last bin."""

    low: float
    high: float

    @property
    def step(self) -> float:
        """Width of a bin."""
        return (self.high - self.low) / BINS


class Histogram:
    """A decayed histogram.

    Args:
        scale: its range.
        half_life_s: seconds of evidence after which what it holds counts half.
        seconds: (BINS,) what it holds already; none by default.
    """

    def __init__(self, scale: Scale, half_life_s: float, seconds: Sequence[float] | None = None) -> None:
        self._scale = scale
        self._half_life_s = half_life_s
        self._bins = [0.0] * BINS if seconds is None else list(seconds)
        self._exponent = 0.0
        """Half-lives since weights were made small: new evidence enters with 2 to this power."""

    def add(self, value: float, seconds: float) -> None:
        """Take in that ``value`` was there for ``seconds`` of evidence; neither may be NaN, ``seconds`` ≥ 0."""
        self._exponent += seconds / self._half_life_s
        place = int((value - self._scale.low) / self._scale.step) if value > self._scale.low else 0
        self._bins[min(place, BINS - 1)] += seconds * 2.0**self._exponent
        if self._exponent > RESCALE_AFTER:
            self._bins = self.seconds()
            self._exponent = 0.0

    @property
    def empty(self) -> bool:
        """Whether nothing was ever taken in."""
        return not any(self._bins)

    def seconds(self) -> list[float]:
        """(BINS,) seconds of evidence in each bin, faded as of now."""
        factor = 2.0**-self._exponent
        return [weight * factor for weight in self._bins]

    def quantiles(self, *wanted: float) -> list[float]:
        """The ``wanted`` quantiles, ascending, each in [0, 1]; the middle of the range while nothing is known."""
        total = sum(self._bins)
        if total <= 0:
            return [(self._scale.low + self._scale.high) / 2] * len(wanted)
        found: list[float] = []
        place, below = 0, 0.0
        for part in wanted:
            aim = part * total
            while place < BINS - 1 and below + self._bins[place] < aim:
                below += self._bins[place]
                place += 1
            inside = (aim - below) / self._bins[place] if self._bins[place] > 0 else 0.0
            found.append(self._scale.low + (place + min(max(inside, 0.0), 1.0)) * self._scale.step)
        return found

    def middle_and_spread(self) -> tuple[float, float]:
        """Median, and the spread: the distance of the quartiles as a standard deviation."""
        low, middle, high = self.quantiles(0.25, 0.5, 0.75)
        return middle, (high - low) / NORMAL_IQR
