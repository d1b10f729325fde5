"""What changed over weeks: a steady trend, or a step. Told only when chance would hardly do it."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from statistics import median
from typing import TYPE_CHECKING

from edge.understanding.wellbeing.robust import Estimate, inflation, persistence, shift, slope

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

WINDOW = 42
"""Days that are looked at, six weeks: a change that is older is how things are."""
LEAST_DAYS = 15
LEAST_SPAN = 21
"""Days that count, and days from the first to the last of them, before anything is said."""
CONFIDENCE = 0.99
"""Of the interval of a trend. A report is made every week: one look in a hundred may be wrong, not one in twenty."""
CHANCE = 0.01
"""A step is told when chance would make one as clear in fewer than this share of looks."""
EDGE = 5
"""Days on either side of a step, at least."""
LEAST_REST, LEAST_WORK = 3, 6
"""Days of rest, and other days, before the two are compared."""


@dataclass(frozen=True, slots=True)
class Step:
    """A change of level: the first day of the new one, by how much, and the share of looks in which chance does it."""

    day: date
    by: float
    chance: float


@dataclass(frozen=True, slots=True)
class Change:
    """What a series of days says.

    ``days`` counted. ``slope`` is per week, None with too few days. ``step`` is the clearest one, whether it is told
    or not. ``rest`` is how much higher days of rest lie. ``told`` is what may be said: a trend, a step, or neither.
    """

    days: int
    slope: Estimate | None = None
    step: Step | None = None
    rest: Estimate | None = None
    persistence: float | None = None
    told: str | None = None

    @property
    def downwards(self) -> bool:
        """Whether what is told goes down."""
        by = self.slope.value if self.told == "trend" and self.slope else self.step.by if self.step else 0.0
        return self.told is not None and by < 0


def change(series: Mapping[date, float], weekend: Collection[int] = (6, 7)) -> Change:
    """A trend or a step in the last WINDOW days of ``series``: when either is clear, the one that fits better is told.

    Args:
        series: a value per day that counts; days may be missing.
        weekend: days of rest (1 Monday to 7 Sunday), whose difference is taken out first.
    """
    if not series:
        return Change(0)
    last = max(series)
    days = sorted(day for day in series if (last - day).days < WINDOW)
    x, y = [day.toordinal() for day in days], [series[day] for day in days]
    if len(days) < LEAST_DAYS or x[-1] - x[0] + 1 < LEAST_SPAN:
        return Change(len(days))
    resting = [day.isoweekday() in weekend for day in days]
    rest = _rest(x, y, resting)
    if rest is not None:
        y = [value - rest.value if off else value for value, off in zip(y, resting, strict=True)]
    line = slope(x, y, CONFIDENCE)
    beside_line = _residuals(y, [line.value * day for day in x])
    rho = persistence(x, beside_line)
    line = slope(x, y, CONFIDENCE, inflation(x, rho))
    step, beside_step = _step(days, x, y)
    told = None
    if line.leaves_zero or step.chance < CHANCE:
        told = "trend" if line.leaves_zero and _line_fits(beside_line, beside_step) else "step"
    weekly = Estimate(7 * line.value, 7 * line.low, 7 * line.high)
    return Change(len(days), weekly, step, rest, rho, told)


def _rest(x: list[int], y: list[float], resting: list[bool]) -> Estimate | None:
    """How much higher days of rest lie once a trend is taken out, at 95 %; None with too few of either."""
    steep = slope(x, y, CONFIDENCE).value
    flat = [value - steep * day for value, day in zip(y, x, strict=True)]
    off = [value for value, is_off in zip(flat, resting, strict=True) if is_off]
    on = [value for value, is_off in zip(flat, resting, strict=True) if not is_off]
    return shift(off, on, 0.95) if len(off) >= LEAST_REST and len(on) >= LEAST_WORK else None


def _line_fits(beside_line: list[float], beside_step: list[float]) -> bool:
    """Whether a line describes the days as well as a step, which has its day to choose as well.

    By Schwarz's criterion (1978, Annals of Statistics 6:461) with Laplace errors, k·ln(n) + 2n·ln(Σ|e|). The day counts
    as two, since all of them were tried: with one, lines were told as steps far more often than steps as lines.
    """
    n = len(beside_line)
    return sum(map(abs, beside_line)) <= sum(map(abs, beside_step)) * float(n ** (1 / n))


def _residuals(y: list[float], fitted: list[float]) -> list[float]:
    left = [value - fit for value, fit in zip(y, fitted, strict=True)]
    level = median(left)
    return [value - level for value in left]


def _step(days: list[date], x: list[int], y: list[float]) -> tuple[Step, list[float]]:
    """The clearest step by Pettitt (1979), Applied Statistics 28:126: p ≈ 2·exp(-6K²/(n³+n²)).

    The variance of K is taken as larger by as much as neighbouring days correlate beside the step, as that of S is.
    Where it lies is told by least absolute deviations, which also find one near an end.
    """
    n = len(y)
    signs = [[(a > b) - (a < b) for b in y] for a in y]
    scores, total = [], 0
    for t in range(n):
        total += sum(signs[t])  # Σ over i ≤ t and all j: pairs within the first part cancel
        scores.append(total)
    inner = range(EDGE - 1, n - EDGE)
    clearest = max(abs(scores[t]) for t in inner)
    left, at = min(((_beside(y, t), t) for t in inner), key=lambda fit: sum(map(abs, fit[0])))
    grown = inflation(x, persistence(x, left, fitted=2))
    chance = min(1.0, 2 * exp(-6 * clearest**2 / ((n**3 + n**2) * grown)))
    return Step(days[at + 1], median(y[at + 1 :]) - median(y[: at + 1]), chance), left


def _beside(y: list[float], at: int) -> list[float]:
    """What a step after ``at`` leaves."""
    before, after = median(y[: at + 1]), median(y[at + 1 :])
    return [value - (before if t <= at else after) for t, value in enumerate(y)]
