"""What one household may say of one hour, and the noise that hides it.

Each minute of the hour has one vote: the emotion that was told longest in it, or unsure. So an hour puts in at most 60
votes, whatever was in it. Replace the hour by any other, an empty one included, and each part moves by at most Δ:

- minutes: two vectors v, w ≥ 0 whose sums are at most 60, so ‖v - w‖² = ‖v‖² + ‖w‖² - 2v·w ≤ 2·60²
- valence: a sum of at most 60 minutes, each within ±100 hundredths, so at most 12,000 apart
- replies: clipped to 12, so at most 12 apart
- feedback: three counts that add up to at most 6, so ‖v - w‖² ≤ 2·6²

The four are released together and their ρ adds up (``edge.privacy.accounting``).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from edge.affect import EMOTIONS
from edge.privacy.accounting import rho_of_release
from edge.privacy.limits import YEAR_S, Limits
from edge.privacy.noise import discrete_gaussian

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.privacy.noise import RandomBelow

MINUTES = 60
LABELS = len(EMOTIONS) + 1
"""EMOTIONS in their order, then unsure."""
HUNDREDTHS = 100
REPLIES = 12
"""An answer every five minutes."""
FEEDBACK = 6
VERDICTS = 3
"""That helped, not now, you got me wrong."""

SQUARED_MINUTES = 2 * MINUTES**2
SQUARED_VALENCE = (2 * HUNDREDTHS * MINUTES) ** 2
SQUARED_REPLIES = REPLIES**2
SQUARED_FEEDBACK = 2 * FEEDBACK**2

SHARES = (Fraction(1, 2), Fraction(1, 4), Fraction(1, 10), Fraction(3, 20))
"""Of a report's ρ: to minutes, valence, replies, feedback. What a report is made for gets the most."""


@dataclass(frozen=True, slots=True)
class Hour:
    """What was counted in an hour, or that with noise.

    Attributes:
        minutes: votes for each of EMOTIONS and then unsure.
        valence: sum over the minutes that voted for an emotion of their mean valence, in hundredths.
        replies: how many were given.
        feedback: how often it was said that one helped, was not now, was wrong.
    """

    minutes: tuple[int, ...]
    valence: int
    replies: int
    feedback: tuple[int, ...]

    def __post_init__(self) -> None:
        """Raise ValueError for a vector of another length."""
        if len(self.minutes) != LABELS or len(self.feedback) != VERDICTS:
            message = f"an hour has {LABELS} labels and {VERDICTS} verdicts, got {self.minutes} and {self.feedback}"
            raise ValueError(message)

    def clipped(self) -> Hour:
        """Within what an hour may put in, whatever was counted."""
        most = HUNDREDTHS * MINUTES
        return Hour(
            minutes=_within(self.minutes, MINUTES),
            valence=min(max(self.valence, -most), most),
            replies=min(max(self.replies, 0), REPLIES),
            feedback=_within(self.feedback, FEEDBACK),
        )


EMPTY = Hour((0,) * LABELS, 0, 0, (0,) * VERDICTS)


@dataclass(frozen=True, slots=True)
class Variances:
    """σ² of the discrete Gaussian that is added to every number of a part."""

    minutes: int
    valence: int
    replies: int
    feedback: int

    @property
    def rho(self) -> Fraction:
        """What a report with this noise tells of the household, exactly."""
        return (
            rho_of_release(SQUARED_MINUTES, self.minutes)
            + rho_of_release(SQUARED_VALENCE, self.valence)
            + rho_of_release(SQUARED_REPLIES, self.replies)
            + rho_of_release(SQUARED_FEEDBACK, self.feedback)
        )


def variances(rho: float) -> Variances:
    """The least noise with which a report has at most ``rho``. Raises ValueError unless it is positive."""
    if not rho > 0:
        message = f"the ρ of a report must be positive, got {rho}"
        raise ValueError(message)
    squared = (SQUARED_MINUTES, SQUARED_VALENCE, SQUARED_REPLIES, SQUARED_FEEDBACK)
    return Variances(
        *(ceil(Fraction(one) / (2 * share * Fraction(rho))) for one, share in zip(squared, SHARES, strict=True))
    )


def rho_of_report(limits: Limits, share: float, every_s: float) -> float:
    """The ρ that one report may have so that the ``share`` of the year's budget lasts for the year.

    Of periods of ``every_s`` seconds, each reported once, at most year/period + 2 end up within any one year.
    """
    most = int(YEAR_S // every_s) + 2
    return min(limits.rho_release, share * limits.rho_year / most)


def noised(hour: Hour, scales: Variances, below: RandomBelow = secrets.randbelow) -> Hour:
    """The hour clipped, with fresh noise on each number: what may leave, once the ledger has it."""
    true = hour.clipped()
    return Hour(
        minutes=tuple(count + discrete_gaussian(scales.minutes, below) for count in true.minutes),
        valence=true.valence + discrete_gaussian(scales.valence, below),
        replies=true.replies + discrete_gaussian(scales.replies, below),
        feedback=tuple(count + discrete_gaussian(scales.feedback, below) for count in true.feedback),
    )


def _within(counts: Sequence[int], most: int) -> tuple[int, ...]:
    """None negative, and in all at most ``most``: of too many all are scaled down alike."""
    counts = [max(0, count) for count in counts]
    total = sum(counts)
    return tuple(counts if total <= most else (count * most // total for count in counts))
