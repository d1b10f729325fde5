from __future__ import annotations

import math
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from edge.affect import Alertness, Cue, Reading, Sense, Stage, State
from edge.understanding.driver.driver import Driver
from edge.understanding.driver.gaze import Gaze
from edge.understanding.driver.lids import Lids
from edge.understanding.driver.moment import Moment
from edge.understanding.driver.natural import Histogram, Natural
from edge.understanding.driver.settings import WARNINGS, DriverSettings
from edge.understanding.driver.view import DriverView, moment_of
from edge.understanding.driver.window import Window
from edge.understanding.settings import UnderstandingSettings
from edge.understanding.understanding import Understanding

DEFAULTS = DriverSettings()
OPEN = Moment(0.0, left=0.32, right=0.31, mouth=0.1, yaw=2.0, pitch=-3.0)


def at(second: float, **changed: float) -> Moment:
    values = {"left": 0.32, "right": 0.31, "mouth": 0.1, "yaw": 2.0, "pitch": -3.0} | changed
    return Moment(second, **values)


def known(settings: DriverSettings = DEFAULTS) -> tuple[Driver, float]:
    """A driver who has been seen for 12 s at 10 pictures a second, and the time of the last one."""
    driver = Driver(settings)
    for index in range(121):
        driver.see(at(index / 10))
    return driver, 12.0


def test_a_window_forgets_what_is_too_old() -> None:
    window = Window(60, 60, 2)
    for second in range(90):
        window.to(float(second))
        window.add(0, 1.0)
    assert window.sum(0) == 60
    assert window.sum(1) == 0
    window.to(119.0)
    assert window.sum(0) == 30
    window.to(1e6)
    assert window.sum(0) == 0


def test_a_window_whose_time_runs_backwards_is_empty() -> None:
    window = Window(60, 60, 1)
    window.to(100.0)
    window.add(0, 5.0)
    window.to(50.0)
    assert window.sum(0) == 0


def test_a_histogram_gives_quantiles_in_seconds_not_in_pictures() -> None:
    histogram = Histogram(0, 1, 100)
    assert math.isnan(histogram.quantile(0.5))
    histogram.add(0.2, 9.0)
    for _ in range(100):
        histogram.add(0.8, 0.01)
    assert histogram.quantile(0.5) == pytest.approx(0.2, abs=0.01)
    assert histogram.quantile(0.5, above=0.5) == pytest.approx(0.8, abs=0.01)


def test_the_open_eye_is_found_while_a_quarter_of_the_time_it_is_shut() -> None:
    natural = Natural()
    for index in range(400):
        shut = index % 4 == 0
        natural.learn(at(index / 10, left=0.10 if shut else 0.32, right=0.10 if shut else 0.31), 0.1)
    assert natural.openness(at(40), 0.1) == pytest.approx(1.0, abs=0.05)
    assert natural.openness(at(40, left=0.1, right=0.1), 0.1) == pytest.approx(0.0, abs=0.05)


def test_lids_that_droop_for_an_hour_do_not_become_natural() -> None:
    natural = Natural()
    for second in range(70):
        natural.learn(at(second), 1.0)
    for second in range(70, 3670):
        natural.learn(at(second, left=0.18, right=0.18), 1.0)
    opened = natural.openness(at(4000, left=0.18, right=0.18), 0.1)
    assert opened is not None
    assert opened < 0.65


def test_a_seat_that_is_moved_is_learnt_slowly() -> None:
    natural = Natural()
    for second in range(120):
        natural.learn(at(second), 1.0)
    for second in range(120, 140):
        natural.learn(at(second, yaw=32.0), 1.0)
    assert natural.turned(at(140, yaw=32.0))[0] == pytest.approx(30, abs=1)  # type: ignore[index]
    for second in range(140, 1400):
        natural.learn(at(second, yaw=32.0), 1.0)
    assert natural.turned(at(1400, yaw=32.0))[0] == pytest.approx(0, abs=1)  # type: ignore[index]


def test_eyes_that_seem_shut_all_the_time_are_not_measured() -> None:
    driver, told = Driver(DEFAULTS), list[Alertness]()
    for index in range(600):
        told += [one for one in [driver.see(at(index / 10, left=0.1, right=0.1))] if one is not None]
    assert told[-1].stage is Stage.UNKNOWN
    assert "eyes" in told[-1].reason


def test_of_a_turned_head_the_nearer_eye_counts() -> None:
    natural = Natural()
    for second in range(20):
        natural.learn(at(second), 1.0)
    assert natural.openness(at(20, yaw=30.0, right=0.05), 0.1) == pytest.approx(1.0, abs=0.05)
    assert natural.openness(at(20, yaw=-30.0, left=0.05), 0.1) == pytest.approx(1.0, abs=0.05)
    assert natural.openness(at(20, yaw=50.0), 0.1) is None


def test_a_wink_is_no_shut_eye() -> None:
    driver, now = known()
    told = [driver.see(at(now + index / 10, left=0.08)) for index in range(1, 9)]
    assert not [one for one in told if one is not None and one.warn]


def test_a_gap_is_not_taken_for_shut_eyes() -> None:
    lids = Lids()
    lids.see(0.0, 1.0, 10)
    lids.see(0.1, 0.0, 10)
    lids.see(30.0, 0.0, 10)
    assert lids.shut_s == 0
    lids.see(30.1, 0.0, 10)
    assert lids.shut_s == pytest.approx(0.1)


def test_half_shut_lids_that_tremble_are_no_blinks() -> None:
    lids = Lids()
    for index in range(900):
        lids.see(index / 15, 0.6 + (0.08 if index % 2 else -0.08), 10)
    assert lids.blinks == 0


def test_looks_away_count_until_the_road_was_seen_for_two_seconds() -> None:
    gaze = Gaze()
    for index in range(60):
        gaze.see(index / 10, (40.0 if index % 20 < 10 else 0.0, 0.0), DEFAULTS)
    assert gaze.shared_s == pytest.approx(3.0, abs=0.2)
    for index in range(60, 82):
        gaze.see(index / 10, (0.0, 0.0), DEFAULTS)
    assert gaze.shared_s == 0
    assert gaze.back


def test_a_time_that_runs_backwards_keeps_what_was_learnt() -> None:
    driver, now = known()
    told = driver.see(at(now - 500))
    assert told is not None
    assert told.stage is Stage.ALERT
    shut = [driver.see(at(now - 500 + index / 10, left=0.08, right=0.08)) for index in range(1, 15)]
    assert [one.stage for one in shut if one is not None] == [Stage.MICROSLEEP]


def test_settings_apply() -> None:
    driver, now = known(DriverSettings(microsleep_s=2.0))
    told = [driver.see(at(now + index / 10, left=0.08, right=0.08)) for index in range(1, 25)]
    first = next(index for index, one in enumerate(told, start=1) if one is not None and one.warn)
    assert first / 10 == pytest.approx(2.1, abs=0.11)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"sleep_s": 6.0}, "growing seconds of shut eyes"),
        ({"tired_perclos": 0.2}, "growing parts of a minute"),
        ({"long_away_s": 8.0}, "growing seconds of a look away"),
        ({"away_yaw": 90}, "away_yaw"),
    ],
)
def test_stages_out_of_order_are_refused_with_both_numbers(wrong: dict[str, float], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        DriverSettings.model_validate(wrong)


def test_every_stage_has_its_warning_and_the_graver_is_never_the_weaker_of_sleep() -> None:
    assert list(WARNINGS) == list(Stage)
    sleep = [WARNINGS[stage][0] for stage in (Stage.TIRED, Stage.DROWSY, Stage.MICROSLEEP, Stage.ASLEEP)]
    assert sleep == sorted(sleep)


@given(
    st.lists(
        st.tuples(
            st.floats(-5, 5),
            st.none() | st.floats(0, 1),
            st.none() | st.floats(-90, 90),
            st.none() | st.floats(0, 1),
        ),
        max_size=200,
    )
)
def test_whatever_is_measured_it_goes_on_and_keeps_to_its_bounds(
    moments: list[tuple[float, float | None, float | None, float | None]],
) -> None:
    driver, now = Driver(DEFAULTS), 100.0
    for passed, eye, turn, mouth in moments:
        now += passed
        told = driver.see(Moment(now, eye, eye, mouth, turn, turn))
        if told is not None:
            assert told.perclos is None or 0 <= told.perclos <= 1
            assert told.blinks is None or told.blinks >= 0
            assert told.warn in {0, 1, 2, 3}
            assert told.reason


def size(thing: object, seen: set[int] | None = None) -> int:
    """Bytes of an object and all that it holds."""
    seen = set() if seen is None else seen
    if id(thing) in seen:
        return 0
    seen.add(id(thing))
    inner: list[object] = []
    if isinstance(thing, dict):
        inner += [*thing.keys(), *thing.values()]
    elif isinstance(thing, list | tuple):
        inner += thing
    elif hasattr(thing, "__dict__"):
        inner.append(vars(thing))
    return (0 if isinstance(thing, float | int) else sys.getsizeof(thing)) + sum(size(one, seen) for one in inner)


def test_memory_does_not_grow_with_the_drive() -> None:
    driver, now = known()
    before = size(driver)
    for index in range(6000):
        driver.see(at(now + index, left=0.1 if index % 7 else 0.3, yaw=40.0 if index % 11 else 0.0))
    assert size(driver) <= before + 2000


def state_at(second: float) -> State:
    return Understanding(UnderstandingSettings()).now(int(second * 1e9))


def face_reading(second: float, **values: float) -> Reading:
    names = {
        "left": "left eye",
        "right": "right eye",
        "mouth": "mouth opening",
        "yaw": "head yaw",
        "pitch": "head pitch",
    }
    cues = tuple(Cue(names[name], value, "", "", 0.0) for name, value in values.items())
    return Reading(Sense.FACE, int(second * 1e9), None, 0.0, cues, "turned away")


def test_an_abstaining_reading_says_where_the_head_looks() -> None:
    assert moment_of(face_reading(3.0, yaw=50.0, pitch=1.0)) == Moment(3.0, yaw=50.0, pitch=1.0)
    assert not moment_of(Reading(Sense.FACE, 0, None, 0.0, reason="no face is in view")).seen


def test_other_senses_do_not_hide_the_face_and_a_camera_that_is_gone_is_told() -> None:
    view, told = DriverView(DEFAULTS), list[Alertness]()
    for index in range(300):
        second = index / 10
        told += view.see(state_at(second), face_reading(second, left=0.32, right=0.32, yaw=0.0, pitch=0.0))
        words = Reading(Sense.TEXT, int((second + 0.05) * 1e9), None, 0.0)
        told += view.see(state_at(second + 0.05), words)
    assert told[-1].stage is Stage.ALERT
    told = [one for second in range(31, 50) for one in view.see(state_at(second), None)]
    assert [(one.stage, one.warn) for one in told][-1] == (Stage.UNKNOWN, 1)


def test_what_was_learnt_of_the_driver_is_gone_with_the_grant() -> None:
    view = DriverView(DEFAULTS)
    for index in range(300):
        list(view.see(state_at(index / 10), face_reading(index / 10, left=0.32, right=0.32, yaw=0.0, pitch=0.0)))
    view.forget(Sense.VOICE)
    assert view._driver._natural.known
    view.forget(Sense.FACE)
    assert not view._driver._natural.known
