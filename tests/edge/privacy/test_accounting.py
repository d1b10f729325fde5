from __future__ import annotations

from fractions import Fraction
from math import exp, expm1, inf, log, log1p, nan, sqrt
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import BudgetError
from edge.privacy.accounting import ROUND_UP, epsilon_of, rho_of_release, rho_within
from edge.privacy.limits import Limits

RHOS = [1e-5, 1e-4, 1e-3, 0.0014, 0.01, 0.05, 0.1, 0.3, 0.5, 0.9, 1.0, 1.5, 3.0, 10.0]
DELTAS = [1e-12, 1e-9, 1e-6]


def exact_delta(epsilon: float, rho: float) -> float:
    """δ of the Gaussian mechanism with this ρ (Balle & Wang, ICML 2018, theorem 8)."""
    d = sqrt(2 * rho)
    cdf = NormalDist().cdf
    return cdf(d / 2 - epsilon / d) - exp(epsilon) * cdf(-d / 2 - epsilon / d)


def test_the_rho_of_a_release_is_exact() -> None:
    assert rho_of_release(7200, 3) == Fraction(1200)
    assert rho_of_release(1, 3) == Fraction(1, 6)


@pytest.mark.parametrize("rho", RHOS)
@pytest.mark.parametrize("delta", DELTAS)
def test_no_order_on_a_fine_grid_gives_less_but_by_what_is_rounded_up(rho: float, delta: float) -> None:
    middle = sqrt(log(1 / delta) / rho)
    grid = (middle * exp(step / 500) for step in range(-2000, 2001))
    least = min(rho * (1 + u) + (log(1 / delta) - log1p(u)) / u + log1p(-1 / (1 + u)) for u in grid)
    if least > 1e-9:
        assert epsilon_of(rho, delta) == pytest.approx(least * ROUND_UP, rel=1e-5)


@pytest.mark.parametrize("rho", [0.01, 0.05, 0.3, 1.0])
def test_what_is_promised_holds_for_the_gaussian_itself(rho: float) -> None:
    assert exact_delta(epsilon_of(rho, 1e-6), rho) <= 1e-6


@given(st.floats(1e-6, 20), st.floats(1e-6, 20))
def test_more_rho_is_more_epsilon_and_two_together_less_than_the_sum(first: float, second: float) -> None:
    both = epsilon_of(first + second, 1e-6)
    assert both >= epsilon_of(max(first, second), 1e-6)
    assert both <= (epsilon_of(first, 1e-6) + epsilon_of(second, 1e-6)) * 1.01 + 1e-6


@pytest.mark.parametrize("epsilon", [0.01, 0.5, 2.0, 8.0])
def test_the_rho_within_an_epsilon_reaches_it_and_not_more(epsilon: float) -> None:
    rho = rho_within(epsilon, 1e-6)
    assert epsilon_of(rho, 1e-6) <= epsilon
    assert epsilon_of(rho * 1.001, 1e-6) > epsilon


@pytest.mark.parametrize(("rho", "delta"), [(-1.0, 1e-6), (nan, 1e-6), (inf, 1e-6), (1.0, 0.0), (1.0, 1.0)])
def test_what_is_no_budget_is_refused(rho: float, delta: float) -> None:
    with pytest.raises(ValueError, match="must be"):
        epsilon_of(rho, delta)


def test_nothing_told_is_nothing_spent() -> None:
    assert epsilon_of(0.0, 1e-6) == 0.0


@pytest.mark.parametrize(
    ("field", "value"),
    [("epsilon_year", 8.001), ("epsilon_release", 2.5), ("delta", 1e-5), ("epsilon_year", 0.0), ("delta", nan)],
)
def test_looser_limits_are_refused_with_the_remedy(field: str, value: float) -> None:
    with pytest.raises(BudgetError, match=rf"privacy\.{field} is .* allowed .*or stricter"):
        Limits(**{field: value})


def test_stricter_limits_are_taken() -> None:
    assert Limits(1.0, 0.5, 1e-9).rho_year < Limits().rho_year


def test_dp_accounting_never_finds_more_and_at_most_a_hundredth_less() -> None:
    rdp = pytest.importorskip("dp_accounting.rdp", reason="the extra fleet is not installed")
    import dp_accounting

    for rho in RHOS:
        for delta in DELTAS:
            best = 1 + sqrt(log(1 / delta) / rho)
            orders = [1 + (best - 1) * exp(step / 100) for step in range(-300, 301)]
            accountant = rdp.RdpAccountant(orders)
            accountant.compose(dp_accounting.GaussianDpEvent(1 / sqrt(2 * rho)))
            theirs = accountant.get_epsilon(delta)
            assert theirs <= epsilon_of(rho, delta) <= 1.01 * theirs + 1e-12, (rho, delta)


def test_a_year_of_reports_is_the_same_to_dp_accounting() -> None:
    rdp = pytest.importorskip("dp_accounting.rdp", reason="the extra fleet is not installed")
    import dp_accounting

    rho = rho_within(8.0, 1e-6) / 367
    accountant = rdp.RdpAccountant()  # with the orders that it takes by itself
    accountant.compose(dp_accounting.GaussianDpEvent(1 / sqrt(2 * rho)), 367)
    theirs = accountant.get_epsilon(1e-6)
    assert theirs <= epsilon_of(367 * rho, 1e-6) <= min(8.0, 1.01 * theirs)


def test_what_is_rounded_up_covers_the_orders_of_dp_accounting() -> None:
    assert expm1(log(ROUND_UP)) >= 0.0013
