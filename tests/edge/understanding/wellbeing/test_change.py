from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from edge.understanding.wellbeing.agreement import LEAST_DAYS as LEAST_BOTH
from edge.understanding.wellbeing.agreement import agreement
from edge.understanding.wellbeing.change import LEAST_DAYS, WINDOW, Change, change
from tests.edge.understanding.wellbeing.support import START, run_of

NOISE: list[float] = np.random.default_rng(11).normal(0, 0.05, 120).tolist()


def test_noise_alone_tells_nothing() -> None:
    found = change(run_of(NOISE[:42]))
    assert found.told is None
    assert found.slope is not None
    assert not found.slope.leaves_zero
    assert not found.downwards


@pytest.mark.parametrize("way", [1, -1])
def test_a_steady_change_is_a_trend_per_week(way: int) -> None:
    found = change(run_of([noise + way * 0.01 * day for day, noise in enumerate(NOISE[:42])]))
    assert found.told == "trend"
    assert found.slope is not None
    assert found.slope.value == pytest.approx(way * 0.07, abs=0.015)
    assert found.slope.low < found.slope.value < found.slope.high
    assert found.downwards == (way < 0)


@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize("at", [12, 30])
def test_a_change_of_level_is_a_step_with_its_day(way: int, at: int) -> None:
    found = change(run_of([noise + way * 0.3 * (day >= at) for day, noise in enumerate(NOISE[:42])]))
    assert found.told == "step"
    assert found.step is not None
    assert abs((found.step.day - START).days - at) <= 1
    assert found.step.by == pytest.approx(way * 0.3, abs=0.05)
    assert found.downwards == (way < 0)


def test_weekends_that_differ_are_no_change_and_are_told_apart() -> None:
    weekly = [noise + 0.3 * ((START + timedelta(days=day)).isoweekday() > 5) for day, noise in enumerate(NOISE[:40])]
    found = change(run_of(weekly))
    assert found.told is None
    assert found.rest is not None
    assert found.rest.leaves_zero
    assert found.rest.value == pytest.approx(0.3, abs=0.05)
    friday = change(run_of(weekly), weekend=(4, 5)).rest
    assert friday is not None
    assert friday.value < 0.1, "another household rests on other days"


def test_a_trend_is_seen_through_weekends_that_differ_more_than_it() -> None:
    def of(weekend: float) -> Change:
        resting = [(START + timedelta(days=day)).isoweekday() > 5 for day in range(42)]
        return change(
            run_of([n + 0.004 * d + weekend * off for d, (n, off) in enumerate(zip(NOISE, resting, strict=False))])
        )

    plain, mixed = of(0.0), of(0.6)
    assert plain.told == mixed.told == "trend"
    assert plain.slope is not None
    assert mixed.slope is not None
    assert mixed.slope.value == pytest.approx(plain.slope.value, rel=0.1)


def test_too_few_days_say_nothing() -> None:
    assert change({}).days == 0
    assert change(run_of(NOISE[: LEAST_DAYS - 1])).slope is None
    crowded = change(run_of([0.02 * day for day in range(LEAST_DAYS)]))
    assert crowded.days == LEAST_DAYS
    assert crowded.slope is None, "two weeks are too short, however full"
    sparse = {day: value for day, value in run_of([0.02 * day for day in range(31)]).items() if day.day % 2}
    assert change(sparse).told == "trend"


def test_only_the_last_six_weeks_are_looked_at() -> None:
    early = run_of([-1.0] * 30)
    late = run_of(NOISE[:WINDOW], START + timedelta(days=30))
    assert change(early | late) == change(late)


def test_days_that_never_differ_are_no_change() -> None:
    found = change(run_of([0.25] * 42))
    assert found.told is None
    assert found.slope is not None
    assert (found.slope.value, found.slope.low, found.slope.high) == (0, 0, 0)


def moods_of(values: list[float]) -> list[float]:
    return [float(max(1, min(5, round(3 + 2 * value)))) for value in values]


def test_agreement_is_told_from_a_fortnight_on_and_with_its_interval() -> None:
    values: list[float] = np.random.default_rng(2).uniform(-1, 1, 40).tolist()
    few = agreement(run_of(values[: LEAST_BOTH - 1]), run_of(moods_of(values)))
    assert (few.days, few.rho, few.told) == (LEAST_BOTH - 1, None, "few")
    found = agreement(run_of(values), run_of(moods_of(values)))
    assert found.told == "mostly"
    assert found.rho is not None
    assert 0.7 < found.rho.low < found.rho.value < found.rho.high <= 1
    assert agreement(run_of(values), run_of(moods_of([-value for value in values]))).told == "against"


def test_agreement_by_chance_is_unclear_and_taps_that_never_move_say_nothing() -> None:
    values = NOISE[:30]
    assert agreement(run_of(values), run_of(moods_of([8 * noise for noise in NOISE[60:90]]))).told == "unclear"
    same = agreement(run_of(values), run_of([4.0] * 30))
    assert (same.told, same.rho) == ("same", None)


def test_agreement_needs_both_on_the_same_day() -> None:
    assert agreement(run_of(NOISE[:30]), run_of([1.0] * 30, START + timedelta(days=20))).days == 10
