"""What somebody learns who sees every message of one household: two attacks, on the very noise that devices add.

Membership inference (Shokri et al., IEEE S&P 2017), at its worst: the household did one of two things in every hour
that is reported, sad for 60 minutes or happy for 60, all else being known; which? The attacker weighs every number by
the likelihoods (Neyman & Pearson, 1933), which no attacker can beat. Averaging: the household is always the same, 45
minutes sad; the attacker takes the mean of all that was told, knowing that it is one household's.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist, fmean
from typing import TYPE_CHECKING

from edge.affect import CIRCUMPLEX, EMOTIONS, Emotion
from edge.privacy.accounting import epsilon_of
from edge.privacy.contribution import EMPTY, HUNDREDTHS, LABELS, MINUTES, Hour, noised, rho_of_report, variances
from edge.privacy.limits import YEAR_S, Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.privacy.contribution import Variances

TRUE_MINUTES = 45
BLIND = MINUTES / sqrt(12)
"""Root mean square error, in minutes, of who knows nothing and guesses the middle of 0 to 60."""


@dataclass(frozen=True, slots=True)
class Guess:
    """How well an attack does after so many reports.

    Attributes:
        reports: that the attacker saw.
        epsilon: of these together at δ = 1e-6; None without noise.
        auc: the chance that it tells which of two households is the sad one; 0.5 is none.
        advantage: true less false positives at the best threshold, measured.
        allowed: the most advantage that any attack can have, by theory.
        error: root mean square error of the minutes sad, by averaging.
    """

    reports: int
    epsilon: float | None
    auc: float
    advantage: float
    allowed: float
    error: float


def attack(
    share: float,
    every_hours: int,
    trials: int,
    counts: tuple[int, ...] = (),
    tell: Callable[[float], None] = lambda _: None,
) -> list[Guess]:
    """Both attacks with the noise of a device.

    Args:
        share: of the year's budget that is for aggregates.
        every_hours: between two reports.
        trials: households that are attacked, half of them sad and half happy; at least 4.
        counts: of reports after which it is judged; by default one, a month of them and a year of them.
        tell: is given the part that is done.
    """
    limits, every_s = Limits(), every_hours * 3600
    a_year = int(YEAR_S // every_s)
    counts = counts or tuple(sorted({1, max(1, a_year // 12), a_year}))
    rho = rho_of_report(limits, share, every_s)
    scales = variances(rho)
    scores: dict[int, tuple[list[float], list[float]]] = {count: ([], []) for count in counts}
    errors: dict[int, list[float]] = {count: [] for count in counts}
    for trial in range(trials):
        tell(trial / trials)
        score, total = 0.0, 0
        for number in range(1, max(counts) + 1):
            noise = noised(EMPTY, scales)
            score += _score(_added(SAD if trial % 2 else HAPPY, noise), scales)
            total += TRUE_MINUTES + noise.minutes[_SAD_AT]
            if number in errors:
                scores[number][trial % 2].append(score)
                errors[number].append(total / number - TRUE_MINUTES)
    return [
        Guess(
            reports=count,
            epsilon=epsilon_of(count * float(scales.rho), limits.delta),
            auc=_auc(*scores[count]),
            advantage=_advantage(*scores[count]),
            allowed=_allowed(count, scales),
            error=sqrt(fmean(error**2 for error in errors[count])),
        )
        for count in counts
    ]


def without_noise() -> Guess:
    """The same of one report as it was counted."""
    auc = float(_plain_score(SAD) > _plain_score(HAPPY))
    return Guess(reports=1, epsilon=None, auc=auc, advantage=auc, allowed=1.0, error=0.0)


_SAD_AT = EMOTIONS.index(Emotion.SAD)


def _hour(emotion: Emotion) -> Hour:
    minutes = [0] * LABELS
    minutes[EMOTIONS.index(emotion)] = MINUTES
    valence = round(CIRCUMPLEX[emotion][0] * HUNDREDTHS) * MINUTES
    return Hour(tuple(minutes), valence, 0, EMPTY.feedback)


SAD, HAPPY = _hour(Emotion.SAD), _hour(Emotion.HAPPY)


def _added(hour: Hour, noise: Hour) -> Hour:
    return Hour(
        tuple(count + more for count, more in zip(hour.minutes, noise.minutes, strict=True)),
        hour.valence + noise.valence,
        hour.replies + noise.replies,
        noise.feedback,
    )


def _score(seen: Hour, scales: Variances) -> float:
    """The logarithm of the likelihoods' ratio, sad over happy, but for a constant."""
    minutes = sum(x * (a - b) for x, a, b in zip(seen.minutes, SAD.minutes, HAPPY.minutes, strict=True))
    return minutes / scales.minutes + seen.valence * (SAD.valence - HAPPY.valence) / scales.valence


def _plain_score(seen: Hour) -> float:
    return float(seen.minutes[_SAD_AT])


def _allowed(count: int, scales: Variances) -> float:
    """Total variation between the two, as of continuous noise: 2Φ(d/2) - 1, d their distance in noise's deviations."""
    squared = sum((a - b) ** 2 for a, b in zip(SAD.minutes, HAPPY.minutes, strict=True)) / scales.minutes
    squared += (SAD.valence - HAPPY.valence) ** 2 / scales.valence
    return 2 * NormalDist().cdf(sqrt(count * squared) / 2) - 1


def _auc(happy: list[float], sad: list[float]) -> float:
    """The chance that a sad one scores higher (Mann & Whitney, 1947)."""
    return fmean((one > other) + 0.5 * (one == other) for one in sad for other in happy)


def _advantage(happy: list[float], sad: list[float]) -> float:
    """At the threshold that is best for these very trials, so a little too good for the attacker."""
    return max(
        sum(score >= at for score in sad) / len(sad) - sum(score >= at for score in happy) / len(happy)
        for at in (*happy, *sad)
    )
