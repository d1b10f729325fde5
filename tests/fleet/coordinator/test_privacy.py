from __future__ import annotations

from math import log, sqrt

import pytest

pytest.importorskip("dp_accounting", reason="needs the extra fleet")

from fleet.coordinator.privacy import epsilon


def of_zcdp(rho: float, delta: float) -> float:
    """Bun, Steinke, Concentrated Differential Privacy, 2016, proposition 1.3: an upper bound."""
    return rho + 2 * sqrt(rho * log(1 / delta))


@pytest.mark.parametrize("results", [1, 4, 28])
@pytest.mark.parametrize("multiplier", [4.0, 8.0, 20.0])
def test_epsilon_is_below_the_simple_bound_of_what_devices_charge_and_not_by_much(
    results: int, multiplier: float
) -> None:
    bound = of_zcdp(results * 2 / multiplier**2, 1e-6)
    assert 0.8 * bound < epsilon([multiplier] * results) < bound


def test_more_results_and_less_noise_cost_more() -> None:
    assert epsilon([8.0]) < epsilon([8.0, 8.0]) < epsilon([8.0, 4.0])
    assert epsilon([8.0, 4.0]) == epsilon([4.0, 8.0])


def test_nothing_costs_nothing_and_a_head_without_noise_everything() -> None:
    assert epsilon([]) == 0
    assert epsilon([8.0, 0.0]) == float("inf")
