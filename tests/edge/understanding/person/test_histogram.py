"""The streaming median and spread against numpy's, over long streams."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.understanding.person.histogram import BINS, NORMAL_IQR, Histogram, Scale

if TYPE_CHECKING:
    from numpy.typing import NDArray

SCALE = Scale(-12.0, 12.0)
HOUR = 3600.0


def filled(values: NDArray[np.float64], seconds: float, half_life_s: float = 1e9) -> Histogram:
    histogram = Histogram(SCALE, half_life_s)
    for value in values.tolist():
        histogram.add(value, seconds)
    return histogram


def weighted(values: NDArray[np.float64], seconds: float, half_life_s: float, part: float) -> float:
    """The quantile of a sample whose i-th newest value counts 2^(-i · seconds / half_life_s)."""
    weights = 0.5 ** (np.arange(len(values))[::-1] * seconds / half_life_s)
    order = np.argsort(values)
    heaped = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(heaped, part * heaped[-1])])


@pytest.mark.parametrize("kind", ["normal", "skewed", "two-humped"])
def test_median_and_spread_are_numpys_to_within_a_bin(kind: str) -> None:
    chance = np.random.default_rng(1)
    values = {
        "normal": chance.normal(1.3, 2.0, 30_000),
        "skewed": chance.gamma(2.0, 1.5, 30_000) - 5,
        "two-humped": np.concatenate([chance.normal(-3, 1, 12_000), chance.normal(3, 1, 18_000)]),
    }[kind]
    middle, spread = filled(chance.permutation(values), 0.1).middle_and_spread()
    low, median, high = np.percentile(values, [25, 50, 75])
    assert abs(middle - median) < SCALE.step
    assert abs(spread - (high - low) / NORMAL_IQR) < SCALE.step


def test_outliers_of_a_fifth_of_the_time_move_it_no_more_than_they_move_numpys_median() -> None:
    chance = np.random.default_rng(2)
    clean = chance.normal(0.0, 1.0, 30_000)
    foul = clean.copy()
    foul[chance.random(len(foul)) < 0.2] = 1e6
    middle, spread = filled(foul, 0.1).middle_and_spread()
    assert abs(middle - np.median(foul)) < SCALE.step
    assert abs(middle) < 0.4, "the mean would be 200,000"
    assert spread < 1.8


@pytest.mark.parametrize("part", [0.1, 0.25, 0.5, 0.9])
def test_older_evidence_counts_as_much_less_as_the_half_life_says(part: float) -> None:
    chance = np.random.default_rng(3)
    values = np.linspace(-6, 6, 20_000) + chance.normal(0, 0.5, 20_000)
    histogram = filled(values, 0.5, half_life_s=HOUR)
    assert abs(histogram.quantiles(part)[0] - weighted(values, 0.5, HOUR, part)) < 2 * SCALE.step


def test_after_months_it_is_as_exact_and_as_small_as_after_an_hour() -> None:
    chance = np.random.default_rng(4)
    histogram = Histogram(SCALE, HOUR)
    values = chance.normal(2.0, 1.0, 100_000)
    for value in values.tolist():  # 100 days of 8 hours, in strides of half a minute
        histogram.add(value, 28.8)
    kept = histogram.seconds()
    assert len(kept) == BINS
    assert sum(sys.getsizeof(seconds) for seconds in kept) == BINS * sys.getsizeof(1.0)
    assert sum(kept) == pytest.approx(HOUR / np.log(2), rel=0.01)
    assert abs(histogram.quantiles(0.5)[0] - weighted(values, 28.8, HOUR, 0.5)) < SCALE.step


def test_what_was_usual_stays_so_until_the_new_has_lasted_a_half_life() -> None:
    histogram = Histogram(SCALE, HOUR)
    for _ in range(20 * 3600):
        histogram.add(0.0, 1.0)
    for second in range(2 * 3600):
        histogram.add(5.0, 1.0)
        middle = histogram.quantiles(0.5)[0]
        if abs(second - HOUR) > 5:  # the two weigh the same at the half-life
            assert (middle > 4) == (second > HOUR), second


def test_what_is_kept_and_read_again_goes_on_as_if_never_stopped() -> None:
    chance = np.random.default_rng(5)
    values = chance.normal(0, 3, 40_000).tolist()
    whole, first = Histogram(SCALE, 500.0), Histogram(SCALE, 500.0)
    for value in values:
        whole.add(value, 0.5)
    for value in values[:23_456]:
        first.add(value, 0.5)
    again = Histogram(SCALE, 500.0, first.seconds())
    for value in values[23_456:]:
        again.add(value, 0.5)
    assert again.seconds() == pytest.approx(whole.seconds(), rel=1e-9)


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=50), st.floats(0.001, 1000))
def test_quantiles_rise_and_stay_in_range(values: list[float], seconds: float) -> None:
    histogram = Histogram(SCALE, HOUR)
    for value in values:
        histogram.add(value, seconds)
    found = histogram.quantiles(0.0, 0.25, 0.5, 0.75, 1.0)
    assert found == sorted(found)
    assert found[0] >= SCALE.low
    assert found[-1] <= SCALE.high + 1e-9


def test_nothing_known_is_the_middle_of_the_range() -> None:
    assert Histogram(SCALE, HOUR).empty
    assert Histogram(SCALE, HOUR).quantiles(0.5) == [0.0]
