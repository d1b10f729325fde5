from __future__ import annotations

import random
from fractions import Fraction
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.privacy.contribution import (
    EMPTY,
    LABELS,
    SHARES,
    SQUARED_FEEDBACK,
    SQUARED_MINUTES,
    SQUARED_REPLIES,
    SQUARED_VALENCE,
    Hour,
    noised,
    rho_of_report,
    variances,
)
from edge.privacy.limits import YEAR_S, Limits

counts = st.integers(-10, 500)
hours = st.builds(
    Hour,
    st.tuples(*[counts] * LABELS),
    st.integers(-(10**6), 10**6),
    counts,
    st.tuples(counts, counts, counts),
)


def squared(ours: tuple[int, ...], theirs: tuple[int, ...]) -> int:
    return sum((a - b) ** 2 for a, b in zip(ours, theirs, strict=True))


@given(hours, hours)
def test_no_two_hours_are_further_apart_than_the_noise_is_made_for(one: Hour, other: Hour) -> None:
    a, b = one.clipped(), other.clipped()
    assert squared(a.minutes, b.minutes) <= SQUARED_MINUTES
    assert squared((a.valence,), (b.valence,)) <= SQUARED_VALENCE
    assert squared((a.replies,), (b.replies,)) <= SQUARED_REPLIES
    assert squared(a.feedback, b.feedback) <= SQUARED_FEEDBACK


def test_the_furthest_two_hours_are_just_so_far_apart() -> None:
    one = Hour((60, *[0] * (LABELS - 1)), 6000, 12, (6, 0, 0)).clipped()
    other = Hour((*[0] * (LABELS - 1), 60), -6000, 0, (0, 0, 6)).clipped()
    assert squared(one.minutes, other.minutes) == SQUARED_MINUTES
    assert (one.valence - other.valence) ** 2 == SQUARED_VALENCE
    assert (one.replies - other.replies) ** 2 == SQUARED_REPLIES
    assert squared(one.feedback, other.feedback) == SQUARED_FEEDBACK


@given(hours)
def test_an_hour_within_its_bounds_is_left_as_it_is(hour: Hour) -> None:
    assert hour.clipped().clipped() == hour.clipped()


@pytest.mark.parametrize("rho", [1e-6, 0.0014, 0.07, 0.9])
def test_the_noise_is_enough_for_the_rho_and_no_more(rho: float) -> None:
    assert rho * 0.9 < variances(rho).rho <= Fraction(rho)


def test_the_shares_are_all_of_it() -> None:
    assert sum(SHARES) == 1


@pytest.mark.parametrize("every", [1, 24, 168, 744])
@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_a_year_of_reports_stays_within_its_share(every: int, share: float) -> None:
    limits = Limits()
    rho = rho_of_report(limits, share, every * 3600)
    touched = YEAR_S // (every * 3600) + 2
    assert touched * rho <= share * limits.rho_year * (1 + 1e-12)
    assert rho <= limits.rho_release


def test_one_report_alone_still_has_the_limit_of_a_release() -> None:
    limits = Limits()
    assert rho_of_report(limits, 1.0, YEAR_S) == limits.rho_release


def test_noise_is_on_every_number_and_in_the_mean_it_is_gone() -> None:
    chance = random.Random(5)  # noqa: S311 - the same draws each time
    true = Hour((10, 0, 0, 30, 5, 0, 10, 5), 1200, 3, (2, 1, 0))
    scales = variances(0.05)
    drawn = [noised(true, scales, chance.randrange) for _ in range(600)]

    def far(values: list[int], wanted: int, variance: int) -> float:
        return abs(sum(values) / len(values) - wanted) / sqrt(variance / len(values))

    for at in range(LABELS):
        values = [hour.minutes[at] for hour in drawn]
        assert len(set(values)) > 100
        assert far(values, true.minutes[at], scales.minutes) < 5
    assert far([hour.valence for hour in drawn], true.valence, scales.valence) < 5
    assert far([hour.replies for hour in drawn], true.replies, scales.replies) < 5
    for at in range(3):
        assert far([hour.feedback[at] for hour in drawn], true.feedback[at], scales.feedback) < 5


def test_what_is_counted_beyond_the_bounds_is_clipped_before_the_noise() -> None:
    chance = random.Random(5)  # noqa: S311 - the same draws each time
    wild = Hour((10**6, *[0] * (LABELS - 1)), 10**9, 10**6, (10**6, 0, 0))
    scales = variances(0.9)
    assert max(noised(wild, scales, chance.randrange).minutes) < 60 + 12 * scales.minutes**0.5


def test_an_hour_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="8 labels and 3 verdicts"):
        Hour((0,), 0, 0, EMPTY.feedback)
