from __future__ import annotations

import time

import pytest
from pydantic import ValidationError

from edge.affect import Affect, Emotion, Reading, Sense
from edge.loop.board import Board, Condition
from edge.loop.pace import Pace, PaceSettings, Unhurried, rate_of

SECOND = 1_000_000_000


class Weather(Board):
    """A board whose condition the test sets."""

    def __init__(self) -> None:
        super().__init__()
        self.now = Condition()

    def condition(self) -> Condition:
        return self.now


def looked_at(pace: Pace, seconds: float, *, start_s: float = 0.0, fps: float = 10.0, present: bool = True) -> int:
    """How many pictures of a camera of ``fps`` are looked at in ``seconds``."""
    count = 0
    for index in range(round(seconds * fps)):
        jitter = (index % 3 - 1) * 0.2 / fps
        captured_ns = round((start_s + index / fps + jitter) * SECOND)
        if pace.due(captured_ns):
            pace.looked(captured_ns, 0.004, present=present)
            count += 1
    return count


def test_every_picture_is_looked_at_while_somebody_is_there() -> None:
    pace = Pace(PaceSettings(), 10.0, Weather())
    assert looked_at(pace, 60) == 600
    assert (pace.rate, pace.reason, pace.skipped) == (10.0, "", 0)


def test_an_empty_room_is_looked_at_twice_a_second_after_five() -> None:
    pace = Pace(PaceSettings(), 10.0, Weather())
    assert looked_at(pace, 5, present=False) == 50
    looked_at(pace, 2, start_s=5, present=False)
    assert looked_at(pace, 60, start_s=7, present=False) == pytest.approx(120, abs=2)
    assert (pace.rate, pace.reason) == (2.0, "nobody is in view")
    assert pace.skipped > 400


def test_the_full_rate_is_back_with_the_first_face() -> None:
    pace = Pace(PaceSettings(), 10.0, Weather())
    looked_at(pace, 20, present=False)
    assert looked_at(pace, 10, start_s=20, present=True) >= 96


@pytest.mark.parametrize("rate", [1.0, 2.0, 3.0, 7.0, 9.5])
def test_the_mean_rate_is_the_one_that_was_set(rate: float) -> None:
    pace = Pace(PaceSettings(idle_fps=rate, idle_after_s=0), 10.0, Weather())
    looked_at(pace, 2, present=False)
    assert looked_at(pace, 100, start_s=2, present=False) == pytest.approx(100 * rate, rel=0.03)


@pytest.mark.parametrize("jump_s", [-86_400.0, 86_400.0])
def test_a_clock_that_jumps_stops_nothing(jump_s: float) -> None:
    pace = Pace(PaceSettings(idle_after_s=0), 10.0, Weather())
    looked_at(pace, 10, start_s=100_000, present=False)
    assert looked_at(pace, 10, start_s=100_010 + jump_s, present=False) >= 19


def rate(condition: Condition | None = None, busy_s: float = 0.004, *, idle: bool = False) -> tuple[float, str]:
    return rate_of(PaceSettings(), 10.0, condition or Condition(), busy_s, idle=idle)


def test_slow_pictures_leave_half_a_core_to_others() -> None:
    assert rate(busy_s=0.1) == (5.0, "a picture takes 100 ms here")


def test_heat_slows_down_in_proportion() -> None:
    assert rate(Condition(celsius=75.0)) == (10.0, "")
    assert rate(Condition(celsius=80.0)) == (6.0, "the board has 80 °C")
    assert rate(Condition(celsius=95.0)) == (2.0, "the board has 95 °C")


def test_a_low_battery_halves_the_rate() -> None:
    assert rate(Condition(battery=20.0)) == (10.0, "")
    assert rate(Condition(battery=19.0)) == (5.0, "the battery has 19 %")


def test_of_several_reasons_the_strongest_is_told_and_something_is_always_left() -> None:
    worst = Condition(celsius=90.0, battery=3.0)
    assert rate(worst, busy_s=0.07) == (2.0, "the board has 90 °C")
    assert rate(worst, busy_s=5.0) == (2.0, "a picture takes 5000 ms here")


def test_a_camera_slower_than_the_idle_rate_keeps_its_own() -> None:
    assert rate_of(PaceSettings(), 1.0, Condition(), 0.004, idle=True)[0] == 1.0


def test_heat_is_seen_within_a_second() -> None:
    weather = Weather()
    pace = Pace(PaceSettings(), 10.0, weather)
    looked_at(pace, 3)
    weather.now = Condition(celsius=85.0)
    looked_at(pace, 1.5, start_s=3)
    assert pace.rate == 2.0


def test_hot_must_be_above_warm() -> None:
    with pytest.raises(ValidationError, match=r"pace.warm_c \(90\) must be below pace.hot_c \(85\)"):
        PaceSettings(warm_c=90)


class Slow:
    """A perceiver that sees somebody when it is told a time, and nobody at 0."""

    sense = Sense.FACE

    def __init__(self) -> None:
        self.calls: list[str] = []

    def attach(self) -> None:
        self.calls.append("attach")

    def perceive(self, signal: int) -> Reading | None:
        time.sleep(0.02)
        affect = Affect.of(tuple(1.0 if emotion is Emotion.HAPPY else 0.0 for emotion in Emotion)) if signal else None
        return Reading(self.sense, signal, affect, 1.0 if signal else 0.0, reason=None if signal else "nobody")

    def stop(self) -> None:
        self.calls.append("stop")


def test_the_pace_learns_from_the_perceiver_how_long_pictures_take() -> None:
    pace = Pace(PaceSettings(most_share=0.05), 10.0, Weather())
    perceiver = Slow()
    unhurried = Unhurried(perceiver, pace, lambda reading: reading.affect is not None)
    unhurried.attach()
    reading = unhurried.perceive(5 * SECOND)
    assert reading is not None
    assert reading.affect is not None
    assert pace.due(7 * SECOND)
    assert pace.rate < 0.05 / 0.02 * 1.01
    assert pace.line().startswith(f"{pace.rate:.3g} pictures/s: a picture takes ")
    unhurried.stop()
    assert perceiver.calls == ["attach", "stop"]


def test_other_limits_take_effect_within_a_second() -> None:
    pace = Pace(PaceSettings(), 10.0, Weather())
    looked_at(pace, 10, present=False)
    assert pace.rate == 2.0
    pace.adopt(PaceSettings(idle_fps=1.0))
    looked_at(pace, 2, start_s=10, present=False)
    assert pace.rate == 1.0
