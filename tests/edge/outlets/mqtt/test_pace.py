from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import inf

from hypothesis import given
from hypothesis import strategies as st

from edge.affect import Emotion
from edge.outlets.mqtt.pace import ECHO_S, SETTLING_S, Pace
from edge.outlets.mqtt.payloads import StatePayload
from edge.outlets.mqtt.settings import MqttSettings
from tests.edge.outlets.mqtt.samples import state

NOTHING = StatePayload.of(replace(state(None), shares=()))
HAPPY, SAD = StatePayload.of(state(Emotion.HAPPY)), StatePayload.of(state(Emotion.SAD))
FLOOR_S = 1.0


def near(payload: StatePayload, by: float) -> StatePayload:
    assert payload.valence is not None
    return payload.model_copy(update={"valence": payload.valence + by})


def pace(**changes: object) -> Pace:
    return Pace(MqttSettings.model_validate({"min_interval_s": FLOOR_S, "expire_after_s": 0, **changes}))


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
