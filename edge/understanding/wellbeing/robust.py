"""Rank statistics of short series, in plain Python: a device has no scipy, and a year has 366 days.

Sources, by name in each docstring: Sen (1968), J. American Statistical Association 63:1379. Hollander & Wolfe (1999),
Nonparametric Statistical Methods, ch. 4, 8, 9. Marriott & Pope (1954), Biometrika 41:390. Yue & Wang (2004), Water
Resources Management 18:201. Pyper & Peterman (1998), Canadian J. Fisheries and Aquatic Sciences 55:2127. Bonett &
Wright (2000), Psychometrika 65:23.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import atanh, sqrt, tanh
from statistics import NormalDist, median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_PERSISTENCE = 0.9
"""Highest day-to-day correlation that is believed: above it a few weeks say nothing about a trend."""
LEAST_PAIRS = 8
"""Pairs of neighbouring days from which a day-to-day correlation is worked out …"""
ASSUMED_PERSISTENCE = 0.4
"""… and what is taken for it with fewer: cautious, so that gaps in a record make nothing look surer."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with the ends of its interval, in the unit of the value."""

    value: float
    low: float
    high: float

    @property
    def leaves_zero(self) -> bool:
        """Whether 0 lies outside of the interval."""
        return self.low > 0 or self.high < 0


def quantile(confidence: float) -> float:
    """How many standard deviations a two-sided interval of this confidence reaches to either side."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


def slope(x: Sequence[float], y: Sequence[float], confidence: float, inflation: float = 1.0) -> Estimate:
    """Theil-Sen slope with Sen's interval: ranks of the pairwise slopes by the variance of Kendall's S.

    Args:
        x: distinct, in any unit; at least 2.
        y: as many.
        confidence: of the interval, e.g. 0.95.
        inflation: factor by which the variance of S is larger than of independent values (Yue & Wang 2004).
    """
    slopes = sorted((y[j] - y[i]) / (x[j] - x[i]) for i in range(len(x)) for j in range(i + 1, len(x)) if x[i] != x[j])
    n = len(x)
    variance = (n * (n - 1) * (2 * n + 5) - _ties(y)) / 18
    reach = quantile(confidence) * sqrt(max(0.0, variance) * inflation)
    low = max(0, min(len(slopes) - 1, round((len(slopes) - reach) / 2) - 1))
    high = max(0, min(len(slopes) - 1, round((len(slopes) + reach) / 2)))
    return Estimate(median(slopes), slopes[low], slopes[high])


def _ties(values: Sequence[float]) -> float:
    return float(sum(t * (t - 1) * (2 * t + 5) for t in Counter(values).values() if t > 1))


def shift(ours: Sequence[float], theirs: Sequence[float], confidence: float) -> Estimate:
    """Hodges-Lehmann estimate of how much higher ``ours`` lies than ``theirs``, with Moses' large-sample interval."""
    differences = sorted(a - b for a in ours for b in theirs)
    m, n = len(ours), len(theirs)
    reach = quantile(confidence) * sqrt(m * n * (m + n + 1) / 12)
    low = max(0, min(len(differences) - 1, int(m * n / 2 - reach)))
    high = len(differences) - 1 - low
    return Estimate(median(differences), differences[low], differences[high])


def persistence(x: Sequence[int], residuals: Sequence[float], fitted: int = 2) -> float:
    """Correlation of neighbouring days in [0, MOST_PERSISTENCE]; only pairs with no day missing between them count.

    The plain estimate is too low in short series. After ``fitted`` terms were taken out (a level 1, a line 2) it is so
    by about (fitted + (2 + fitted)·ρ)/n; for a level that is Marriott & Pope (1954), 1/n + 3ρ/n.

    Args:
        x: day numbers, rising.
        residuals: what a level, a line or a step left, as many.
        fitted: terms that were taken out.
    """
    n = len(x)
    mean = sum(residuals) / n
    centred = [value - mean for value in residuals]
    pairs = [a * b for a, b, day, after in zip(centred, centred[1:], x, x[1:], strict=False) if after - day == 1]
    if len(pairs) < LEAST_PAIRS:
        return ASSUMED_PERSISTENCE
    variance = sum(value * value for value in centred) / n
    if variance <= 0:
        return 0.0
    plain = sum(pairs) / len(pairs) / variance
    corrected = (plain + fitted / n) / max(0.2, 1 - (2 + fitted) / n)
    return min(MOST_PERSISTENCE, max(0.0, corrected))


def inflation(x: Sequence[int], rho: float) -> float:
    """Factor by which the variance of a mean, or of Kendall's S, grows when neighbouring days correlate by ``rho``.

    1 + 2/n · Σ over pairs of ρ^(days apart), which without missing days is the sum of Yue & Wang (2004).
    """
    if rho <= 0:
        return 1.0
    n = len(x)
    return 1 + 2 / n * sum(rho ** (x[j] - x[i]) for i in range(n) for j in range(i + 1, n))


def ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1; equal values share the mean of theirs."""
    order = sorted(range(len(values)), key=values.__getitem__)
    found = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for place in order[start : end + 1]:
            found[place] = (start + end) / 2 + 1
        start = end + 1
    return found


def correlation(a: Sequence[float], b: Sequence[float]) -> float:
    """Pearson's r; 0 where one of them never changes."""
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    spread = sum((v - mean_a) ** 2 for v in a) * sum((v - mean_b) ** 2 for v in b)
    if spread <= 0:
        return 0.0
    return sum((u - mean_a) * (v - mean_b) for u, v in zip(a, b, strict=True)) / sqrt(spread)


def rank_correlation(x: Sequence[int], a: Sequence[float], b: Sequence[float], confidence: float) -> Estimate:
    """Spearman's ρ of two series over the same days, with the interval of Bonett & Wright (2000).

    Days that resemble their neighbours in both series say less: n is the effective one of Pyper & Peterman (1998), with
    autocorrelations that fall off geometrically.
    """
    ranked_a, ranked_b = ranks(a), ranks(b)
    rho = correlation(ranked_a, ranked_b)
    both = persistence(x, ranked_a, fitted=1) * persistence(x, ranked_b, fitted=1)
    n = max(4.0, len(x) / inflation(x, both))
    if n <= 4:  # noqa: PLR2004 - the variance below has n - 3
        return Estimate(rho, -1.0, 1.0)
    bounded = max(-0.999, min(0.999, rho))
    reach = quantile(confidence) * sqrt((1 + bounded * bounded / 2) / (n - 3))
    return Estimate(rho, tanh(atanh(bounded) - reach), tanh(atanh(bounded) + reach))
