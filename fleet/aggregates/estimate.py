"""What many households' noised hours say together, with intervals that know of the noise.

Each report is weighed by the noise that it says it has, so one that has much (or says so, to be believed when it lies)
moves little. The variance of a mean is that between households, of which noise is a part (sums per pseudonym: Liang &
Zeger, Biometrika 73:13, 1986), and never taken as less than the known noise alone. The mean valence of a minute is a
ratio of two noisy sums; its interval is Fieller's (J. Royal Statistical Society B 16:175, 1954), which is honest where
the sum below the line may be nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from edge.learning.effect import Interval, quantile
from edge.privacy.contribution import FEEDBACK, HUNDREDTHS, MINUTES, REPLIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from edge.outlets.aggregates.message import AggregateMessage

    Vector = NDArray[np.float64]

CONFIDENCE = 0.95
"""Of each interval by itself."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Of one household-hour in the mean. ``valence`` is of a minute with an emotion; None where it is not known.

    ``minutes`` are in the order of EMOTIONS, then unsure; ``feedback``: helped, not now, wrong.
    """

    minutes: tuple[Interval, ...]
    valence: Interval | None
    replies: Interval
    feedback: tuple[Interval, ...]


def estimate(messages: Sequence[AggregateMessage], households: int) -> Estimate:
    """The means over ``messages``, which are of at least ``households`` ≥ 2 different households."""
    hours = [message.counted() for message in messages]
    noise = [message.variances() for message in messages]
    names = {name: place for place, name in enumerate(sorted({message.pseudonym for message in messages}))}
    who = np.array([names[message.pseudonym] for message in messages])
    reach = quantile(CONFIDENCE, households - 1)

    def told(values: list[int], variances: list[int], span: float) -> Interval:
        return _mean(np.array(values, float), np.array(variances, float), span, who, reach)

    of_minutes = [one.minutes for one in noise]
    of_feedback = [one.feedback for one in noise]
    labels, verdicts = len(hours[0].minutes), len(hours[0].feedback)
    return Estimate(
        minutes=tuple(told([hour.minutes[at] for hour in hours], of_minutes, MINUTES) for at in range(labels)),
        valence=_ratio(messages, who, reach),
        replies=told([hour.replies for hour in hours], [one.replies for one in noise], REPLIES),
        feedback=tuple(told([hour.feedback[at] for hour in hours], of_feedback, FEEDBACK) for at in range(verdicts)),
    )


def _weights(variances: Vector, span: float) -> Vector:
    """Inverse of the largest variance that a report may have: its noise, and (span/2)² of what is clipped to a span.

    Source of the latter: Popoviciu's inequality. The weights depend on nothing that was counted, so no mean is bent.
    """
    weights = 1 / (variances + (span / 2) ** 2)
    return np.asarray(weights / weights.sum())


def _mean(values: Vector, variances: Vector, span: float, who: NDArray[np.int_], reach: float) -> Interval:
    weights = _weights(variances, span)
    mean = float(weights @ values)
    spread = max(_between(weights * (values - mean), None, who), float(weights**2 @ variances))
    half = reach * sqrt(spread)
    return Interval(mean, mean - half, mean + half)


def _between(ours: Vector, theirs: Vector | None, who: NDArray[np.int_]) -> float:
    """(Co)variance of weighted sums, from their sums per household."""
    first = np.bincount(who, ours)
    second = first if theirs is None else np.bincount(who, theirs)
    count = len(first)
    return float(first @ second) * count / (count - 1)


def _ratio(messages: Sequence[AggregateMessage], who: NDArray[np.int_], reach: float) -> Interval | None:
    """Mean valence of a minute with an emotion, within [-1, 1]; None where nothing is known of it."""
    hours = [message.counted() for message in messages]
    above = np.array([hour.valence for hour in hours], float) / HUNDREDTHS
    below = np.array([sum(hour.minutes[:-1]) for hour in hours], float)
    above_noise = np.array([one.variances().valence for one in messages], float) / HUNDREDTHS**2
    below_noise = np.array([(len(hours[0].minutes) - 1) * one.variances().minutes for one in messages], float)
    weights = _weights(above_noise, 2 * MINUTES)
    y, t = float(weights @ above), float(weights @ below)
    left, right = weights * (above - y), weights * (below - t)
    var_y = max(_between(left, None, who), float(weights**2 @ above_noise)) * reach**2
    var_t = max(_between(right, None, who), float(weights**2 @ below_noise)) * reach**2
    both = _between(left, right, who) * reach**2
    a, b, c = t * t - var_t, y * t - both, y * y - var_y
    if a <= 0 or t <= 0 or b * b < a * c:  # as far as is known no minute had an emotion
        return None
    root = sqrt(b * b - a * c)
    low, high = max(-1.0, (b - root) / a), min(1.0, (b + root) / a)
    if low >= high or (low, high) == (-1.0, 1.0):
        return None
    return Interval(min(max(y / t, low), high), low, high)
