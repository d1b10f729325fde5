from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import inf

from hypothesis import given
from hypothesis import strategies as st

from edge.affect import Emotion, Language
from edge.outlets.mqtt.pace import ECHO_S, SETTLING_S, Pace, Rule
from edge.outlets.mqtt.payloads import StatePayload
from edge.outlets.mqtt.settings import MqttSettings
from edge.outlets.mqtt.states import FIELDS, States, state_pace
from tests.edge.outlets.mqtt.samples import state

NOTHING = StatePayload.of(replace(state(None), shares=()))
HAPPY, SAD = StatePayload.of(state(Emotion.HAPPY)), StatePayload.of(state(Emotion.SAD))
FLOOR_S = 1.0


def near(payload: StatePayload, by: float) -> StatePayload:
    assert payload.valence is not None
    return payload.model_copy(update={"valence": payload.valence + by})


class Paced:
    """States at their pace, without what is explained."""

    def __init__(self, **changes: object) -> None:
        settings = MqttSettings.model_validate({"min_interval_s": FLOOR_S, "expire_after_s": 0, **changes})
        self._pace = state_pace(settings)
        self.say_anew = self._pace.say_anew

    @property
    def due(self) -> float:
        return self._pace.due

    def offer(self, payload: StatePayload, now: float) -> None:
        self._pace.offer({name: getattr(payload, name) for name in (*FIELDS, "explanation")}, now)

    def take(self, now: float) -> StatePayload | None:
        values = self._pace.take(now)
        return None if values is None else StatePayload(**values)


def pace(**changes: object) -> Paced:
    return Paced(**changes)


def test_the_first_state_goes_out_at_once_and_the_next_waits_for_the_floor() -> None:
    paced = pace()
    paced.offer(HAPPY, 10.0)
    assert paced.take(10.0) == HAPPY
    paced.offer(SAD, 10.2)
    assert paced.take(10.9) is None
    assert paced.due == 11.0
    assert paced.take(11.0) == SAD
    assert paced.due == inf


def test_of_many_states_under_the_floor_only_the_latest_goes_out() -> None:
    paced = pace()
    paced.offer(HAPPY, 10.0)
    paced.take(10.0)
    for step in range(9):
        paced.offer(near(SAD, step / 100), 10.1 + step / 20)
    assert paced.take(11.0) == near(SAD, 0.08)


def test_a_change_inside_the_deadband_waits_and_yet_goes_out() -> None:
    paced = pace(deadband=0.05)
    paced.offer(HAPPY, 10.0)
    paced.take(10.0)
    paced.offer(near(HAPPY, 0.04), 12.0)
    assert paced.take(12.0) is None
    assert paced.take(10.0 + SETTLING_S) == near(HAPPY, 0.04)


def test_a_change_of_the_deadbands_size_goes_out_with_the_next_floor() -> None:
    paced = pace(deadband=0.05)
    paced.offer(HAPPY, 10.0)
    paced.take(10.0)
    paced.offer(near(HAPPY, 0.051), 12.0)
    assert paced.take(12.0) == near(HAPPY, 0.051)


def test_what_expires_is_sent_again_after_half_its_lifetime() -> None:
    paced = pace(expire_after_s=60)
    paced.offer(HAPPY, 10.0)
    paced.take(10.0)
    assert paced.due == 40.0
    assert paced.take(40.0) == HAPPY


def test_who_forgot_everything_hears_the_state_now_and_a_moment_later() -> None:
    paced = pace()
    paced.offer(HAPPY, 10.0)
    paced.take(10.0)
    paced.say_anew(20.0)
    assert paced.take(20.0) == HAPPY
    assert paced.take(20.0 + ECHO_S) == HAPPY
    assert paced.due == inf


def test_a_first_state_right_after_discovery_is_said_again_too() -> None:
    paced = pace()
    paced.say_anew(20.0)
    assert paced.due == inf
    paced.offer(HAPPY, 20.5)
    assert paced.take(20.5) == HAPPY
    assert paced.due == 20.0 + ECHO_S


figures = st.builds(near, st.sampled_from([HAPPY, SAD]), st.floats(-0.1, 0.1).map(lambda by: round(by, 3)))
payloads = figures | st.just(NOTHING)


@given(st.lists(st.tuples(st.floats(0.001, 3.0), payloads), min_size=1, max_size=40), st.floats(0, 0.5))
def test_whatever_comes_the_floor_holds_and_the_latest_is_the_last_word(
    offers: list[tuple[float, StatePayload]], deadband: float
) -> None:
    paced = pace(deadband=deadband)
    now, sent = 0.0, []

    def run_to(end: float) -> None:
        nonlocal now
        while paced.due <= end:
            now = max(now, paced.due)
            payload = paced.take(now)
            assert payload is not None
            sent.append((now, payload))
        now = end

    for gap, payload in offers:
        run_to(now + gap)
        paced.offer(payload, now)
    run_to(now + SETTLING_S + FLOOR_S)
    times = [at for at, _ in sent]
    assert all(later - earlier >= FLOOR_S - 1e-9 for earlier, later in pairwise(times))
    assert sent[-1][1] == offers[-1][1]


def test_a_figure_of_its_own_pace_stays_as_it_was_told_while_others_change() -> None:
    paced = pace(arousal={"min_interval_s": 20, "deadband": 0.3}, valence={"deadband": 0.01})
    paced.offer(HAPPY, 0.0)
    paced.take(0.0)
    assert HAPPY.valence is not None
    assert HAPPY.arousal is not None
    moved = HAPPY.model_copy(update={"valence": HAPPY.valence - 0.02, "arousal": HAPPY.arousal - 0.2})
    paced.offer(moved, 2.0)
    told = paced.take(2.0)
    assert told is not None
    assert (told.valence, told.arousal) == (moved.valence, HAPPY.arousal)
    assert paced.due == 20.0
    last = paced.take(20.0)
    assert last is not None
    assert last.arousal == moved.arousal, "the last value always goes out"


def test_another_label_brings_the_figures_that_belong_to_it() -> None:
    paced = pace(arousal={"min_interval_s": 60, "deadband": 1})
    paced.offer(HAPPY, 0.0)
    paced.take(0.0)
    paced.offer(SAD, 1.0)
    assert paced.take(1.0) == SAD


def test_what_returned_to_what_was_told_is_not_told_again() -> None:
    paced = pace()
    paced.offer(HAPPY, 0.0)
    paced.take(0.0)
    paced.offer(SAD, 0.5)
    paced.offer(HAPPY, 0.6)
    assert paced.due == inf


def test_what_was_forgotten_is_not_said_again_until_there_is_something_new() -> None:
    paced = Pace({"a": Rule()}, resend_s=10.0)
    paced.offer({"a": 1}, 0.0)
    assert paced.take(0.0) == {"a": 1}
    paced.forget()
    assert paced.take(100.0) is None
    paced.say_anew(100.0)
    assert paced.due == inf
    paced.offer({"a": 1}, 101.0)
    assert paced.take(101.0) == {"a": 1}


def test_an_explanation_is_of_the_state_that_is_told_and_comes_at_its_own_pace() -> None:
    states = States(MqttSettings(min_interval_s=0.1), Language.EN)
    first, second = state(Emotion.HAPPY), state(Emotion.HAPPY, valence=0.1)
    states.offer(first, StatePayload.of(first), 0.0)
    taken = states.take(0.0)
    assert taken is not None
    told, captured_ns = taken
    assert "happy" in told.explanation
    assert captured_ns == first.captured_ns
    states.offer(second, StatePayload.of(second), 1.0)
    taken = states.take(1.0)
    assert taken is not None
    assert (taken[0].valence, taken[0].explanation) == (0.1, told.explanation)
    taken = states.take(10.0)
    assert taken is not None
    assert "+0.10" in taken[0].explanation
    assert taken[1] is None, "that State was captured and published before"
