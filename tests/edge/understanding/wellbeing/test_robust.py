from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from edge.understanding.wellbeing import robust

VALUES = st.lists(st.floats(-1, 1, allow_nan=False), min_size=8, max_size=40, unique=True)


@given(VALUES)
def test_the_slope_is_scipys(values: list[float]) -> None:
    x = list(range(len(values)))
    found, wanted = robust.slope(x, values, 0.95), stats.theilslopes(values, x, 0.95)
    assert found.value == pytest.approx(wanted.slope, abs=1e-12)
    assert found.low == pytest.approx(wanted.low_slope, abs=1e-12)
    assert found.high == pytest.approx(wanted.high_slope, abs=1e-12)


@given(st.lists(st.integers(1, 5), min_size=4, max_size=30))
def test_ranks_and_spearman_are_scipys(moods: list[int]) -> None:
    assert robust.ranks(moods) == list(stats.rankdata(moods))
    read = [mood + 0.1 * (index % 7) for index, mood in enumerate(moods)]
    if len(set(moods)) > 1:
        wanted = stats.spearmanr(moods, read).statistic
        assert robust.correlation(robust.ranks(moods), robust.ranks(read)) == pytest.approx(wanted)


def test_a_line_is_found_whatever_an_outlier_does() -> None:
    x = list(range(30))
    y = [0.02 * day for day in x]
    y[7], y[21] = 9.0, -9.0
    found = robust.slope(x, y, 0.95)
    assert found.value == pytest.approx(0.02)
    assert found.leaves_zero


def test_an_interval_grows_with_what_neighbours_share() -> None:
    generator = np.random.default_rng(3)
    x = list(range(30))
    y = [0.01 * day + generator.normal(0, 0.1) for day in x]
    plain, wider = robust.slope(x, y, 0.95), robust.slope(x, y, 0.95, inflation=3.0)
    assert wider.low < plain.low < plain.value < plain.high < wider.high
    assert wider.value == plain.value


def test_inflation_is_the_textbooks_and_missing_days_lower_it() -> None:
    n, rho = 40, 0.5
    wanted = 1 + 2 * sum((1 - k / n) * rho**k for k in range(1, n))
    assert robust.inflation(list(range(n)), rho) == pytest.approx(wanted)
    assert robust.inflation(list(range(0, 2 * n, 2)), rho) < wanted
    assert robust.inflation(list(range(n)), 0.0) == 1


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.6])
def test_persistence_is_found_on_average_in_short_series(rho: float) -> None:
    generator = np.random.default_rng(5)
    found = []
    for _ in range(200):
        y = [generator.normal(0, 1)]
        for _ in range(41):
            y.append(rho * y[-1] + (1 - rho * rho) ** 0.5 * generator.normal(0, 1))
        found.append(robust.persistence(range(42), y, fitted=1))
    assert sum(found) / len(found) == pytest.approx(rho, abs=0.09)


def test_neighbours_over_a_missing_day_are_none() -> None:
    every_other = list(range(0, 60, 2))
    assert robust.persistence(every_other, [1.0, -1.0] * 15) == robust.ASSUMED_PERSISTENCE
    assert robust.persistence(range(30), [0.5] * 30) == 0.0


def test_a_shift_is_the_median_difference() -> None:
    found = robust.shift([1.0, 1.1, 1.2, 1.3], [0.0, 0.1, 0.2, 0.3, 0.4, 0.5], 0.95)
    assert found.value == pytest.approx(0.9)
    assert found.leaves_zero
    assert not robust.shift([0.1, 0.3, 0.5], [0.0, 0.2, 0.4, 0.6], 0.95).leaves_zero
