"""What an answer did to valence, beside silence in like states; and when nothing may be said of it.

Who is low is likely to be less low a little later, whatever is said: regression to the mean. So the change after an
answer is not its effect. The remedy is that of Barnett, van der Pols & Dobson (Regression to the mean: what it is and
how to deal with it, International J. of Epidemiology 34:215, 2005): a comparison that was not answered, and the value
before as a covariate (analysis of covariance). Silences to the same label are the comparison.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist, fmean, stdev
from typing import TYPE_CHECKING

import numpy as np

from edge.learning.answers import SILENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edge.learning.answers import Answer

CONFIDENCE = 0.95
"""Of all intervals of one table together (Bonferroni), so that many strategies do not make one look good by chance."""
LEAST = 10
"""Answers of a strategy, and silences in all, from which an effect is worked out …"""
LEAST_FREEDOM = 4
"""Degrees of freedom from which an interval is told at all."""
LEAST_ALIKE = 3
"""… and silences to a label, for answers to that label to have something to be compared with."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with the ends of its interval."""

    value: float
    low: float
    high: float

    @property
    def holds_zero(self) -> bool:
        """Whether it may as well be nothing."""
        return self.low <= 0 <= self.high


@dataclass(frozen=True, slots=True)
class StrategyEffect:
    """Of one strategy: answers of it, those whose effect was seen, valence's mean change after them, and the effect.

    ``effect`` is how much more valence rose than after silence in like states; None where that cannot be told.
    """

    strategy: str
    answers: int
    seen: int
    change: Interval | None
    effect: Interval | None

    @property
    def shown(self) -> bool:
        """Whether there is an effect to speak of."""
        return self.effect is not None and not self.effect.holds_zero


def effects(answers: Iterable[Answer]) -> list[StrategyEffect]:
    """One for each strategy that was used, in the order of names; silence is not among them."""
    answers = list(answers)
    used = sorted({answer.strategy for answer in answers} - {SILENT})
    seen = [answer for answer in answers if answer.after is not None]
    found = _beside_silence(seen, used)
    told = []
    for strategy in used:
        of = [answer.change for answer in seen if answer.strategy == strategy and answer.change is not None]
        count = sum(answer.strategy == strategy for answer in answers)
        told.append(StrategyEffect(strategy, count, len(of), mean_change(of), found.get(strategy)))
    return told


def mean_change(changes: Sequence[float]) -> Interval | None:
    """Mean with Student's interval; None of too few."""
    if len(changes) <= LEAST_FREEDOM:
        return None
    mean, reach = fmean(changes), quantile(CONFIDENCE, len(changes) - 1) * stdev(changes) / sqrt(len(changes))
    return Interval(mean, mean - reach, mean + reach)


def _beside_silence(seen: Sequence[Answer], used: Sequence[str]) -> dict[str, Interval]:
    """Change regressed on valence before, label and strategy, silence being the strategy that is left out.

    The intervals hold with unequal variances (HC3: MacKinnon & White, J. of Econometrics 29:305, 1985).
    """
    silences = [answer.situation.label for answer in seen if answer.strategy == SILENT]
    alike = sorted(label for label in set(silences) if silences.count(label) >= LEAST_ALIKE)
    rows = [answer for answer in seen if answer.situation.label in alike]
    counts = {strategy: sum(row.strategy == strategy for row in rows) for strategy in used}
    told = [strategy for strategy in used if counts[strategy] >= LEAST]
    rows = [row for row in rows if row.strategy in told or row.strategy == SILENT]
    if not told or sum(row.strategy == SILENT for row in rows) < LEAST:
        return {}
    before = np.array([row.situation.valence for row in rows])
    columns = [before - before.mean()]
    columns += [np.array([float(row.situation.label == label) for row in rows]) for label in alike]
    columns += [np.array([float(row.strategy == strategy) for row in rows]) for strategy in told]
    design, change = np.column_stack(columns), np.array([row.change for row in rows])
    inverse = np.linalg.pinv(design.T @ design)
    weights = inverse @ design.T @ change
    leverage = np.clip(np.einsum("ij,jk,ik->i", design, inverse, design), 0.0, 1.0 - 1e-6)
    missed = (change - design @ weights) / (1 - leverage)
    covariance = inverse @ (design.T * missed**2) @ design @ inverse
    freedom = len(rows) - design.shape[1]
    if freedom < LEAST_FREEDOM:
        return {}
    reach = quantile(1 - (1 - CONFIDENCE) / len(told), freedom)
    found = {}
    for place, strategy in enumerate(told, start=1 + len(alike)):
        value, half = float(weights[place]), reach * float(np.sqrt(max(covariance[place, place], 0.0)))
        found[strategy] = Interval(value, value - half, value + half)
    return found


def quantile(confidence: float, freedom: int) -> float:
    """How many standard errors a two-sided interval reaches to either side, by Student's t.

    The expansion of Abramowitz & Stegun (1964), 26.7.5: within 0.5 % of the true one from LEAST_FREEDOM on.
    """
    x, v = NormalDist().inv_cdf((1 + confidence) / 2), freedom
    return (
        x
        + (x**3 + x) / (4 * v)
        + (5 * x**5 + 16 * x**3 + 3 * x) / (96 * v**2)
        + (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / (384 * v**3)
        + (79 * x**9 + 776 * x**7 + 1482 * x**5 - 1920 * x**3 - 945 * x) / (92160 * v**4)
    )
