"""When a template fits, and how a conversation moves on."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from edge.affect import Emotion, Language
from edge.response.library import load_library
from edge.response.settings import ResponseSettings
from edge.response.strategy import Moment, Strategy
from edge.response.talk import Talk
from edge.response.template import Formality, Occasion, Part, Stir, Template, Turn, Warmth
from tests.edge.response.support import SECOND, said, state_of, talkative

SPOKEN = Moment(Talk.STATEMENT, Emotion.SAD, -0.5, 0.5, 0.5)
SEEN = Moment(None, Emotion.SAD, -0.5, 0.5, 0.5)
LATE = Moment(Talk.STATEMENT, Emotion.SAD, -0.5, 0.5, 0.5, turns=2, minute=20 * 60)
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
        ({"turn": Turn.FIRST}, SPOKEN, True),
        ({"turn": Turn.LATER}, SPOKEN, False),
        ({"turn": Turn.FIRST}, LATE, False),
        ({"turn": Turn.LATER}, LATE, True),
        ({"day": frozenset({Part.EVENING})}, SPOKEN, False),
        ({"day": frozenset({Part.EVENING})}, LATE, True),
        ({"day": frozenset({Part.NIGHT, Part.MORNING})}, LATE, False),
    ],
)
def test_a_template_fits_only_when_its_conditions_hold(conditions: Any, moment: Moment, *, fits: bool) -> None:  # noqa: ANN401 - conditions of any kind
    assert template(**conditions).fits(moment) is fits


@pytest.mark.parametrize(
    ("conditions", "suits"),
    [
        ({}, True),
        ({"contexts": frozenset({"home", "game"})}, True),
        ({"contexts": frozenset({"car"})}, False),
        ({"formality": Formality.FORMAL}, False),
        ({"formality": Formality.CASUAL}, True),
        ({"warmth": Warmth.WARM}, True),
        ({"warmth": Warmth.PLAIN}, False),
    ],
)
def test_a_template_suits_a_place_and_a_person(conditions: Any, *, suits: bool) -> None:  # noqa: ANN401 - of any kind
    assert template(**conditions).suits(ResponseSettings(), "home") is suits


@pytest.mark.parametrize(
    ("clock", "part"),
    [
        ((0, 0), Part.NIGHT),
        ((4, 59), Part.NIGHT),
        ((5, 0), Part.MORNING),
        ((10, 59), Part.MORNING),
        ((11, 0), Part.AFTERNOON),
        ((17, 0), Part.EVENING),
        ((21, 59), Part.EVENING),
        ((22, 0), Part.NIGHT),
        ((23, 59), Part.NIGHT),
    ],
)
def test_a_day_has_four_parts(clock: tuple[int, int], part: Part) -> None:
    assert Part.at(60 * clock[0] + clock[1]) is part


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
