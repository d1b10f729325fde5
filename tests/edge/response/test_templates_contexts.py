"""What is said in one place only: enough of it, short enough, and nothing that the place forbids."""

from __future__ import annotations

import re
from itertools import product

import pytest

from edge.affect import EMOTIONS, UNSURE, Emotion, Language
from edge.response.contexts import MANNERS
from edge.response.formal import Formal
from edge.response.library import load_library
from edge.response.polish import polish
from edge.response.responder import Responder
from edge.response.settings import ResponseSettings
from edge.response.strategy import Strategy
from edge.response.template import Formality, Occasion, Template
from edge.safety.context import context as rules_of
from edge.safety.settings import SafetySettings
from tests.edge.response.checklist import APPROVING
from tests.edge.response.support import SECOND, said, state_of
from tests.edge.response.test_templates import FILLING, every, library, phrase_in, readings

FEWEST = {"home": 70, "car": 70, "service": 40, "wellbeing": 40, "tutor": 40, "game": 40}
"""Texts that a place has of its own, in each language."""
CASES = list(product(FEWEST, Language))


def talking() -> ResponseSettings:
    """Settings under which no gap and no rate holds a reply back."""
    return ResponseSettings.model_validate({"seed": 1, "min_gap_s": 0, "per_hour": 3600})


def own(place: str, language: Language) -> list[Template]:
    """The templates of ``contexts/<place>.toml``: those that another place does not load."""
    elsewhere = {entry.text for entries in load_library(language, "social").templates.values() for entry in entries}
    there = load_library(language, place).templates
    return [entry for entries in there.values() for entry in entries if entry.text not in elsewhere]


@pytest.mark.parametrize(("place", "language"), CASES)
def test_a_place_has_enough_texts_of_its_own_for_every_emotion(place: str, language: Language) -> None:
    texts = own(place, language)
    assert len(texts) >= FEWEST[place]
    assert {*EMOTIONS, UNSURE} <= {entry.subject for entry in texts}


@pytest.mark.parametrize(("place", "language"), CASES)
def test_every_reading_of_a_text_is_short_enough_for_its_place(place: str, language: Language) -> None:
    long = [
        text
        for entry in own(place, language)
        for written in readings(entry, language)
        if len(text := polish(written, language)) > MANNERS[place].longest(language)
    ]
    assert long == []


@pytest.mark.parametrize(("place", "language"), CASES)
def test_a_place_has_no_text_that_can_never_be_said_there(place: str, language: Language) -> None:
    never = rules_of(SafetySettings.model_validate({"context": place})).never
    for entry in own(place, language):
        assert entry.strategy not in never, entry.text
        assert entry.on is Occasion.SPEECH or MANNERS[place].remarks, entry.text


@pytest.mark.parametrize("language", Language)
def test_a_driver_is_asked_nothing(language: Language) -> None:
    for entry in own("car", language):
        assert not any(text.endswith(("?", "？")) for text in readings(entry, language)), entry.text


@pytest.mark.parametrize("language", Language)
def test_a_driver_hears_no_question_from_the_texts_for_everywhere_either(language: Language) -> None:
    device = Responder(talking(), "car", (language,), never=frozenset({"question"}))
    words = "they were here at noon" if language is Language.EN else "他们中午来过了"
    replies = [
        device.respond(state_of(label, confidence), said(words, language), turn * SECOND)
        for turn, (confidence, label) in enumerate(product((0.3, 0.6, 0.9), [*Emotion, None] * 4))
    ]
    texts = [reply.text for reply in replies if reply is not None]
    assert len(texts) > len(replies) / 2
    assert [text for text in texts if "?" in text or "？" in text] == []


@pytest.mark.parametrize(("place", "language", "emotion"), list(product(FEWEST, Language, Emotion)))
def test_each_place_has_a_first_answer_to_each_emotion(place: str, language: Language, emotion: Emotion) -> None:
    never = rules_of(SafetySettings.model_validate({"context": place})).never
    device = Responder(talking(), place, (language,), never=never)
    words = "it is 1234" if language is Language.EN else "是1234啊"  # nothing of it can be quoted
    assert device.respond(state_of(emotion, 0.6), said(words, language), 0) is not None


@pytest.mark.parametrize("language", Language)
def test_no_text_is_another_one_in_other_order_or_punctuation(language: Language) -> None:
    seen: dict[tuple[str, ...], str] = {}
    for entry in every(language):
        for text in readings(entry, language):
            plain = re.sub(r"[^\w' ]", "", text.casefold())
            words = tuple(sorted(plain.split() if language is Language.EN else plain))
            assert seen.setdefault(words, entry.text) == entry.text, (text, seen[words])


@pytest.mark.parametrize("language", Language)
def test_every_text_can_be_made_formal(language: Language) -> None:
    formal = Formal(language, library(language).wording.formal)
    broken = (
        r"\bwould (?!need\b)(\w+ed|had|been|seen|thought|known|felt)\b|\bis (been|got|had)\b|n't\b|'(d|ll|re|ve|m)\b"
    )
    for entry in every(language):
        for text in readings(entry, language):
            said_so = re.sub(r"“[^”]*”", "", formal(polish(text, language)))
            if language is Language.EN:
                assert not re.search(broken, said_so), said_so
            else:
                assert "你" not in said_so.replace("你们", "").replace(str(FILLING[language]["cue"]), ""), said_so
                assert "您" not in text or entry.formality is Formality.FORMAL, text


@pytest.mark.parametrize("language", Language)
def test_what_is_said_to_calm_talk_approves_of_nothing(language: Language) -> None:
    approving = [
        text
        for subject in (Emotion.NEUTRAL, UNSURE)
        for entry in library(language).templates[subject]
        if entry.strategy is not Strategy.INFORM
        for text in readings(entry, language)
        for phrase in APPROVING[language]
        if phrase_in(phrase, text, language)
    ]
    assert approving == []
