"""When the device keeps quiet. Driven through the Responder, whose times all come from the test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge.affect import Emotion
from edge.response.contexts import MANNERS
from edge.response.settings import ResponseSettings
from tests.edge.response.support import SECOND, responder, said, state_of

if TYPE_CHECKING:
    from edge.response.responder import Responder

SAD, HAPPY, ANGRY = Emotion.SAD, Emotion.HAPPY, Emotion.ANGRY


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
