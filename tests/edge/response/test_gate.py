"""When the device keeps quiet. Driven through the Responder, whose times all come from the test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from edge.affect import Emotion, Language
from edge.response.contexts import MANNERS
from edge.response.driving import Driving, Workload
from edge.response.settings import ResponseSettings
from tests.edge.response.support import SECOND, responder, said, state_of
from tests.edge.response.test_around import chunk, face

if TYPE_CHECKING:
    from edge.response.responder import Responder

SAD, HAPPY, ANGRY, SURPRISE = Emotion.SAD, Emotion.HAPPY, Emotion.ANGRY, Emotion.SURPRISE


def sees(device: Responder, label: Emotion | None, at_s: float, confidence: float = 0.9) -> str | None:
    reply = device.respond(state_of(label, confidence), None, int(at_s * SECOND))
    return None if reply is None else reply.strategy


def hears(device: Responder, words: str, at_s: float, label: Emotion | None = None) -> str | None:
    reply = device.respond(state_of(label), said(words), int(at_s * SECOND))
    return None if reply is None else reply.text


def test_a_remark_needs_an_emotion_that_has_settled() -> None:
    device = responder()
    assert sees(device, SAD, 0) is None
    assert sees(device, SAD, 1.9) is None
    assert sees(device, HAPPY, 2.0) is None
    assert sees(device, SAD, 2.5) is None
    assert sees(device, SAD, 4.5) == "reflect"


def test_a_remark_needs_an_emotion_that_is_clearly_felt() -> None:
    device = responder()
    for at_s in range(10):
        assert sees(device, SAD, at_s, confidence=0.59) is None
    assert sees(device, SAD, 10, confidence=0.61) is not None


@pytest.mark.parametrize("label", [None, Emotion.NEUTRAL])
def test_unsure_or_calm_without_words_is_silence(label: Emotion | None) -> None:
    device = responder()
    assert all(sees(device, label, at_s) is None for at_s in range(0, 200, 5))


def test_a_remark_is_not_repeated_while_the_emotion_stays() -> None:
    device = responder()
    sees(device, SAD, 0)
    assert sees(device, SAD, 3) is not None
    assert all(sees(device, SAD, at_s) is None for at_s in range(4, 600, 20))


def test_a_remark_on_a_change_waits_for_the_cooldown_of_the_context() -> None:
    cooldown = MANNERS["home"].cooldown_s
    assert cooldown == 45
    device = responder()
    sees(device, SAD, 0)
    assert sees(device, SAD, 3) is not None
    sees(device, HAPPY, 10)
    assert sees(device, HAPPY, 3 + cooldown - 0.1) is None
    assert sees(device, HAPPY, 3 + cooldown) is not None


def test_the_settings_may_set_another_cooldown() -> None:
    device = responder(cooldown_s=5)
    sees(device, SAD, 0)
    assert sees(device, SAD, 3) is not None
    sees(device, HAPPY, 4)
    assert sees(device, HAPPY, 8) is not None


@pytest.mark.parametrize("context", ["service", "social"])
def test_in_company_there_are_answers_but_no_remarks(context: str) -> None:
    device = responder(context)
    sees(device, SAD, 0)
    assert sees(device, SAD, 10) is None
    assert hears(device, "I missed the last bus", 11, SAD) is not None


def test_quiet_means_neither_answers_nor_remarks() -> None:
    device = responder(quiet=True)
    sees(device, SAD, 0)
    assert sees(device, SAD, 10) is None
    assert hears(device, "hello", 20) is None


def test_words_right_after_a_reply_wait_for_the_shortest_gap() -> None:
    device = responder()
    assert hears(device, "I sold the car", 0) is not None
    assert hears(device, "It was old", 1.9) is None
    assert hears(device, "It was old", 2.0) is not None


def test_an_hour_has_so_many_replies_and_then_room_again() -> None:
    device = responder(per_hour=3, min_gap_s=0)
    assert [hears(device, "I sold the car", at_s) is not None for at_s in (0, 10, 20, 30)] == [True, True, True, False]
    assert hears(device, "I sold the car", 3599) is None
    assert hears(device, "I sold the car", 3600) is not None
    assert hears(device, "I sold the car", 3605) is None


def test_an_hour_has_so_many_remarks_while_answers_go_on() -> None:
    device = responder(remarks_per_hour=2, cooldown_s=0, settle_s=0)
    assert [sees(device, label, at_s) is not None for at_s, label in enumerate((SAD, HAPPY, ANGRY))] == [
        True,
        True,
        False,
    ]
    assert hears(device, "hello", 10) is not None


def test_no_replies_per_hour_is_silence() -> None:
    assert hears(responder(per_hour=0), "hello", 0) is None


def test_after_a_dismissal_only_what_addresses_the_device_is_answered() -> None:
    device = responder(dismissed_s=600)
    assert hears(device, "leave me alone", 0, ANGRY) is not None
    assert hears(device, "He is impossible", 10, ANGRY) is None
    sees(device, HAPPY, 100)
    assert sees(device, HAPPY, 200) is None
    assert hears(device, "How do I seem?", 300, ANGRY) is not None
    assert hears(device, "He is impossible", 310, ANGRY) is not None


def test_a_dismissal_wears_off() -> None:
    device = responder(dismissed_s=600)
    hears(device, "leave me alone", 0, ANGRY)
    assert hears(device, "He is impossible", 599, ANGRY) is None
    assert hears(device, "He is impossible", 600, ANGRY) is not None


def test_nodding_along_is_not_answered() -> None:
    assert hears(responder(), "okay", 0) is None


def test_settings_that_change_meanwhile_count_what_was_said_before() -> None:
    device = responder(min_gap_s=0, per_hour=5)
    for at_s in range(3):
        assert hears(device, "I lost my key", at_s) is not None
    device.adopt(ResponseSettings(min_gap_s=0, per_hour=3))
    assert hears(device, "I lost my key", 10) is None, "three are said, and three are allowed"
    device.adopt(ResponseSettings(min_gap_s=0, per_hour=4))
    assert hears(device, "I lost my key", 20) is not None
    device.adopt(ResponseSettings(min_gap_s=0, quiet=True))
    assert hears(device, "hello", 30) is None
    device.adopt(ResponseSettings(min_gap_s=0, cooldown_s=500))
    assert [sees(device, SAD, at_s) for at_s in range(40, 500, 20)] == [None] * 23
    assert sees(device, SAD, 521) is not None


def why(device: Responder) -> str | None:
    return None if device.silence is None else device.silence.told(Language.EN)


def test_each_not_now_is_followed_by_a_longer_rest_than_the_one_before() -> None:
    device = responder(dismissed_s=[600, 1800, 7200])
    at_s, lengths = 0.0, []
    for _ in range(4):
        assert hears(device, "leave me alone", at_s, ANGRY) is not None
        assert hears(device, "He is impossible", at_s + 5, ANGRY) is None
        assert device.silence is not None
        lengths.append(device.silence.left_s + 5)
        at_s += lengths[-1]
    assert lengths == [600, 1800, 7200, 7200]
    at_s += 4 * 3600 + 1
    hears(device, "leave me alone", at_s, ANGRY)
    assert hears(device, "He is impossible", at_s + 5, ANGRY) is None
    assert why(device) == "resting for 10 min", "after hours of peace the first is the first again"


def test_not_now_counts_even_when_it_comes_too_soon_to_be_answered() -> None:
    device = responder()
    hears(device, "I sold the car", 0, SAD)
    assert hears(device, "not now", 1, SAD) is None
    assert hears(device, "It was old", 30, SAD) is None
    assert why(device) == "resting for 10 min"


def test_a_rest_may_begin_by_a_tap_and_a_question_ends_it() -> None:
    device = responder()
    device.gate.rest(0)
    assert hears(device, "It was old", 30, SAD) is None
    assert hears(device, "How do I seem?", 40, SAD) is not None
    assert hears(device, "It was old", 50, SAD) is not None


def test_a_single_length_is_one_rest_for_ever() -> None:
    assert ResponseSettings(dismissed_s=600).dismissed_s == (600.0,)  # type: ignore[arg-type]


def test_nobody_is_remarked_upon_while_somebody_talks() -> None:
    device = responder()
    sees(device, SAD, 0)
    device.gate.around.hear(chunk(4.8), speech=True)
    assert sees(device, SAD, 5) is None
    assert why(device) == "somebody is talking"
    assert sees(device, SAD, 5.5) is not None


def test_before_others_nobody_is_remarked_upon_but_who_speaks_is_answered() -> None:
    device = responder()
    sees(device, SAD, 0)
    device.gate.around.see(face(1, 4))
    assert sees(device, SAD, 5) is None
    assert why(device) == "others are in the picture, and nobody asked"
    assert hears(device, "I missed the last bus", 6, SAD) is not None


@pytest.mark.parametrize(
    ("workload", "remark", "statement", "question"),
    [("low", True, True, True), ("medium", False, True, True), ("high", False, False, True)],
)
def test_what_a_busy_driver_is_told(workload: str, *, remark: bool, statement: bool, question: bool) -> None:
    def driving() -> Responder:
        device = responder("car", settle_s=0)
        device.gate.around.road.hear(Driving(0, 60 * SECOND, workload=Workload(workload)))
        return device

    assert (sees(driving(), SAD, 5) is not None) is remark
    assert (hears(driving(), "I missed the exit again", 5, SAD) is not None) is statement
    assert (hears(driving(), "How do I seem?", 5, SAD) is not None) is question


def test_after_the_vehicle_has_fallen_silent_only_words_are_answered() -> None:
    device = responder("car", settle_s=0)
    device.gate.around.road.hear(Driving(0, 10 * SECOND, workload=Workload.HIGH))
    assert sees(device, SAD, 11) is None
    assert why(device) == "nothing was heard of the vehicle lately, and nobody asked"
    assert hears(device, "I missed the exit again", 12, SAD) is not None


def test_at_home_nobody_drives() -> None:
    device = responder("home", settle_s=0)
    device.gate.around.road.hear(Driving(0, 60 * SECOND, workload=Workload.HIGH))
    assert sees(device, SAD, 5) is not None


def test_a_remark_needs_a_state_that_has_changed_enough() -> None:
    device = responder(cooldown_s=0)
    sees(device, ANGRY, 0)
    assert sees(device, ANGRY, 3) is not None
    sees(device, Emotion.FEAR, 10)
    assert sees(device, Emotion.FEAR, 15) is None, "anger and fear are 0.1 apart"
    assert why(device) == "little has changed since it last spoke"
    device.adopt(ResponseSettings(cooldown_s=0, least_change=0.05))
    assert sees(device, Emotion.FEAR, 20) is not None


def moves(device: Responder, arousal: float, at_s: float) -> bool:
    state = state_of(HAPPY, 0.9, arousal=arousal)
    return device.respond(state, None, int(at_s * SECOND)) is not None


def test_a_change_that_was_enough_stays_one_until_it_is_clearly_less() -> None:
    valence = state_of(HAPPY, 0.9).affect.valence - state_of(SURPRISE, 0.9).affect.valence
    needed = 0.5
    edge = (needed**2 - valence**2) ** 0.5

    def device() -> Responder:
        fresh = responder(cooldown_s=0, settle_s=1, least_change=needed)
        surprised = state_of(SURPRISE, 0.9, arousal=0.0)
        fresh.respond(surprised, None, 0)
        assert fresh.respond(surprised, None, SECOND) is not None
        return fresh

    below = device()
    assert [moves(below, 0.9 * edge, at_s) for at_s in (10, 11, 12)] == [False] * 3
    above = device()
    assert not moves(above, 1.1 * edge, 10), "it has to last"
    assert moves(above, 0.9 * edge, 11)


@pytest.mark.parametrize(
    ("settings", "label", "confidence", "told"),
    [
        ({"quiet": True}, SAD, 0.9, "told to be quiet, by the setting response.quiet"),
        ({"quiet_hours": "22:00-07:00"}, SAD, 0.9, "quiet hours, for 8 h more"),
        ({}, None, 0.9, "nothing is clearly felt"),
        ({}, SAD, 0.5, "not sure enough of what is felt"),
        ({"settle_s": 60}, SAD, 0.9, "what is felt has not lasted yet"),
        ({"per_hour": 0}, SAD, 0.9, "has said as much as an hour may have; again in 60 min"),
        ({"remarks_per_hour": 0}, SAD, 0.9, "has remarked as often as an hour may have; again in 60 min"),
    ],
)
def test_the_device_can_say_why_it_does_not_speak_up(
    settings: dict[str, Any], label: Emotion | None, confidence: float, told: str
) -> None:
    device = responder(**settings)
    for at_s in (0, 30):
        device.respond(state_of(label, confidence), None, at_s * SECOND, 23 * 60)
    assert why(device) == told


def test_the_device_can_say_why_it_has_nothing_more_to_say() -> None:
    device = responder()
    sees(device, SAD, 0)
    assert sees(device, SAD, 5) is not None
    assert why(device) is None
    sees(device, SAD, 6)
    assert why(device) == "has spoken to that already"
    sees(device, HAPPY, 7)
    sees(device, HAPPY, 10)
    assert why(device) == "spoke a moment ago; unasked again in 40 s at the earliest"
    hears(device, "okay", 12, HAPPY)
    assert why(device) == "needs no answer"
    device = responder("service")
    sees(device, SAD, 5)
    assert why(device) == "nothing is said unasked in this context"
