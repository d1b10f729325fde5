"""Joy is shared where its matter is known to be one to be glad of; about anything else it is asked."""

from __future__ import annotations

import pytest

from edge.affect import Emotion, Language
from edge.response.library import load_library
from tests.edge.response.support import said, state_of, talkative

SECOND = 1_000_000_000


def texts(language: Language, *subjects: str) -> set[str]:
    """Every reading of the texts of these subjects that has no slot."""
    library = load_library(language, "home")
    return {
        text
        for subject in subjects
        for template in library.templates[subject]
        for text in template.parsed.said(language, {})
    }


def answers(words: str, language: Language, emotion: Emotion, turns: int = 6) -> list[str]:
    device, found = talkative(), []
    for turn in range(turns):
        reply = device.respond(state_of(emotion), said(words, language, emotion=emotion), turn * SECOND)
        assert reply is not None
        found.append(reply.text)
    return found


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("I dropped it off the balcony, so cool!", Language.EN),
        ("A rash that spreads all over me", Language.EN),
        ("我把它从阳台扔下去了，太酷了！", Language.ZH),
    ],
)
def test_joy_about_who_knows_what_is_not_shared(words: str, language: Language) -> None:
    assert not set(answers(words, language, Emotion.HAPPY)) & texts(language, "happy", "good")


@pytest.mark.parametrize(
    ("words", "language"), [("We had cake in the garden", Language.EN), ("我考上了！", Language.ZH)]
)
def test_joy_about_what_is_known_to_be_good_is_shared(words: str, language: Language) -> None:
    assert set(answers(words, language, Emotion.HAPPY)) & texts(language, "happy", "good")


def test_who_calls_themselves_the_worst_is_not_told_that_it_is_off_putting() -> None:
    found = answers("I feel like the worst mother in the world", Language.EN, Emotion.DISGUST)
    assert not set(found) & texts(Language.EN, "disgust")
    assert set(found) <= texts(Language.EN, "grave")


def test_calm_words_of_something_grave_are_never_approved_of() -> None:
    for words, language in (("My sister has bruises again", Language.EN), ("我姐身上又青了", Language.ZH)):
        assert set(answers(words, language, Emotion.NEUTRAL)) <= texts(language, "grave")
