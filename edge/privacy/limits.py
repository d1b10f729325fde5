"""How much a household's device may tell in a year, and at once. Stricter is allowed, looser is not."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from edge.errors import BudgetError
from edge.privacy.accounting import rho_within

MOST_EPSILON_YEAR = 8.0
MOST_EPSILON_RELEASE = 2.0
MOST_DELTA = 1e-6
LEAST_DELTA = 1e-12
"""Below this nothing is gained, and the arithmetic of others is out of its depth."""
YEAR_S = 366 * 86_400
"""Seconds of running time for which a release counts: a leap year, and so also a year by a quartz that is 2,000 ppm
fast, where 100 is much."""


@dataclass(frozen=True, slots=True)
class Limits:
    """(ε, δ) of all releases of any year together, and ε of one.

    Raises:
        BudgetError: one is looser than what Rapport promises, or no number that can be a limit.
    """

    epsilon_year: float = MOST_EPSILON_YEAR
    epsilon_release: float = MOST_EPSILON_RELEASE
    delta: float = MOST_DELTA

    def __post_init__(self) -> None:
        """Check all three."""
        _require("privacy.epsilon_year", self.epsilon_year, 0.0, MOST_EPSILON_YEAR)
        _require("privacy.epsilon_release", self.epsilon_release, 0.0, MOST_EPSILON_RELEASE)
        _require("privacy.delta", self.delta, LEAST_DELTA, MOST_DELTA)

    @property
    def rho_year(self) -> float:
        """The most that the releases of a year may add up to, in zCDP."""
        return rho_within(self.epsilon_year, self.delta)

    @property
    def rho_release(self) -> float:
        """The most that one release may have."""
        return rho_within(min(self.epsilon_release, self.epsilon_year), self.delta)


def _require(name: str, value: float, low: float, high: float) -> None:
    if not (isfinite(value) and low <= value <= high and value > 0):
        problem = f"{name} is {value:g}; allowed is more than {low:g} up to {high:g}"
        raise BudgetError(problem, f"Set it to {high:g} or stricter: what people were promised is not loosened")
