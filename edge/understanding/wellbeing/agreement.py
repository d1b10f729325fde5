"""How well self-reports and what the device read go together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.understanding.wellbeing.robust import Estimate, rank_correlation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

LEAST_DAYS = 14
"""Days with both, before anything is said: with fewer even ρ = 0.5 has an interval that holds 0."""
CLEAR = 0.5
"""ρ from which they "mostly" go the same way; Cohen (1988) calls 0.5 large."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """``days`` have both; ``rho``: Spearman's with a 95 % interval, None with too few days or one that never moves."""

    days: int
    rho: Estimate | None = None

    @property
    def told(self) -> str:
        """Which sentence is true: "few", "same" (one never moved), "unclear", "loose", "mostly" or "against"."""
        if self.days < LEAST_DAYS:
            return "few"
        if self.rho is None:
            return "same"
        if not self.rho.leaves_zero:
            return "unclear"
        if self.rho.value < 0:
            return "against"
        return "mostly" if self.rho.value >= CLEAR else "loose"


def agreement(valence: Mapping[date, float], moods: Mapping[date, float]) -> Agreement:
    """Over the days that have both: valence as the device read it, and the mean of the taps, 1 to 5."""
    days = sorted(valence.keys() & moods.keys())
    if len(days) < LEAST_DAYS:
        return Agreement(len(days))
    read, tapped = [valence[day] for day in days], [moods[day] for day in days]
    if len(set(tapped)) < 2 or len(set(read)) < 2:  # noqa: PLR2004 - one value has no order
        return Agreement(len(days))
    return Agreement(len(days), rank_correlation([day.toordinal() for day in days], read, tapped, 0.95))
