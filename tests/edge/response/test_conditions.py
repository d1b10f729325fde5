"""When a template fits, and how a conversation moves on."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from edge.affect import Emotion, Language
from edge.response.library import load_library
from edge.response.strategy import Moment, Strategy
from edge.response.talk import Talk
from edge.response.template import Occasion, Stir, Template
from tests.edge.response.support import SECOND, said, state_of, talkative

SPOKEN = Moment(Talk.STATEMENT, Emotion.SAD, -0.5, 0.5, 0.5)
SEEN = Moment(None, Emotion.SAD, -0.5, 0.5, 0.5)
CALM = Moment(Talk.STATEMENT, Emotion.SAD, -0.5, 0.1, 0.5)


def template(text: str = "That sounds heavy.", **conditions: Any) -> Template:  # noqa: ANN401 - conditions of any kind
    return Template("sad", Strategy.REFLECT, text, **conditions)


@pytest.mark.parametrize(
    ("conditions", "moment", "fits"),
    [
        ({}, SPOKEN, True),
        ({}, SEEN, False),
        ({"on": Occasion.SIGHT}, SPOKEN, False),
        ({"on": Occasion.SIGHT}, SEEN, True),
        ({"on": Occasion.ANY}, SPOKEN, True),
        ({"on": Occasion.ANY}, SEEN, True),
        ({"confidence": 0.5}, SPOKEN, True),
        ({"confidence": 0.51}, SPOKEN, False),
        ({"arousal": Stir.HIGH}, SPOKEN, True),
        ({"arousal": Stir.HIGH}, CALM, False),
        ({"arousal": Stir.LOW}, SPOKEN, False),
        ({"arousal": Stir.LOW}, CALM, True),
        ({"contexts": frozenset({"home", "game"})}, SPOKEN, True),
        ({"contexts": frozenset({"car"})}, SPOKEN, False),
    ],
)
def test_a_template_fits_only_when_its_conditions_hold(conditions: Any, moment: Moment, *, fits: bool) -> None:  # noqa: ANN401 - conditions of any kind
    assert template(**conditions).fits(moment, "home", {}) is fits


def test_a_template_with_a_slot_fits_only_when_that_can_be_filled() -> None:
    assert not template("Is it {topic}?").fits(SPOKEN, "home", {"words": "it broke"})
    assert template("Is it {topic}?").fits(SPOKEN, "home", {"topic": "work"})


def strategies(*labels: Emotion, gap_s: int = 5) -> list[str]:
    device = talkative()
    replies = [device.respond(state_of(e), said("I saw it all"), i * gap_s * SECOND) for i, e in enumerate(labels)]
    return [reply.strategy for reply in replies if reply is not None]


def test_a_talk_about_sadness_listens_asks_affirms_and_only_then_suggests() -> None:
    assert strategies(*[Emotion.SAD] * 4) == ["reflect", "question", "affirm", "suggest"]


def test_another_feeling_begins_a_new_talk() -> None:
    assert strategies(Emotion.SAD, Emotion.SAD, Emotion.ANGRY) == ["reflect", "question", "reflect"]
    assert strategies(Emotion.SAD, Emotion.ANGRY, Emotion.SAD) == ["reflect", "reflect", "reflect"]


def test_after_ten_minutes_without_a_reply_a_talk_begins_anew() -> None:
    assert strategies(*[Emotion.SAD] * 3, gap_s=601) == ["reflect", "reflect", "reflect"]


@pytest.mark.parametrize("language", Language)
def test_two_replies_in_a_row_do_not_begin_alike_while_another_is_left(language: Language) -> None:
    size = 8 if language is Language.EN else 2
    words = "I saw it all" if language is Language.EN else "我都看见了"
    for seed in range(6):
        device = talkative(seed=seed)
        openings = []
        for turn in range(6):
            label = Emotion.SAD if turn % 2 else Emotion.ANGRY  # each change begins anew with a reflection
            reply = device.respond(state_of(label), said(words, language), turn * SECOND)
            assert reply is not None
            assert reply.strategy == "reflect"
            openings.append(reply.text[:size])
        assert all(one != other for one, other in pairwise(openings)), openings


def test_a_forceful_sentence_about_a_feeling_needs_a_confident_state() -> None:
    sure = {t.text for t in load_library(Language.EN).templates["angry"] if t.confidence > 0.5}
    assert sure
    device = talkative()
    for second in range(60):
        reply = device.respond(state_of(Emotion.ANGRY, 0.5), said("I saw it all"), second * SECOND)
        assert reply is not None
        assert reply.text not in sure
