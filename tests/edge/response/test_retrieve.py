"""Answers found by likeness: the shipped index, and that it is the one that the corpora make."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from converters.train.reply_index import arrays
from edge.affect import Emotion, Language
from edge.errors import SettingsError
from edge.response.library import load_library
from edge.response.retrieve import index, load_index
from tests.edge.response.checklist import FORBIDDEN
from tests.edge.response.test_templates import phrase_in

if TYPE_CHECKING:
    from pathlib import Path

EN, ZH = Language.EN, Language.ZH


@pytest.mark.parametrize(
    ("words", "language", "area", "emotion"),
    [
        ("I have an interview tomorrow and I'm so nervous", EN, "work", Emotion.FEAR),
        ("I passed my driving test!", EN, "school", Emotion.HAPPY),
        ("The landlord still refuses to pay my deposit", EN, "money", Emotion.ANGRY),
        ("明天面试，好紧张", ZH, "work", Emotion.FEAR),
        ("没人记得我生日", ZH, "family", Emotion.SAD),
    ],
)
def test_what_is_like_a_line_of_the_corpora_is_found(
    words: str, language: Language, area: str, emotion: Emotion
) -> None:
    near = index(language).find(words, language)
    assert near is not None
    assert near.situation == (area, emotion)


@pytest.mark.parametrize(
    ("words", "language"),
    [("I saw a film", EN), ("It is what it is", EN), ("", EN), ("昨天看了个电影", ZH), ("我知道了", ZH), ("嗯", ZH)],
)
def test_what_is_like_none_finds_nothing(words: str, language: Language) -> None:
    assert index(language).find(words, language) is None


@pytest.mark.parametrize("language", Language)
def test_the_index_is_the_one_that_the_corpora_make(language: Language) -> None:
    made, shipped = arrays(language), index(language)
    np.testing.assert_array_equal(made["units"], shipped.units)
    np.testing.assert_array_equal(made["weights"], shipped.weights)


@pytest.mark.parametrize("language", Language)
def test_every_situation_has_replies_and_none_is_a_template_too(language: Language) -> None:
    shipped = index(language)
    assert set(shipped.situations) == set(shipped.replies)
    texts = [text for strategies in shipped.replies.values() for found in strategies.values() for text in found]
    assert len(texts) == len(set(texts))
    templates = {one.text for every in load_library(language, "home").templates.values() for one in every}
    assert not templates & set(texts)


@pytest.mark.parametrize("language", Language)
def test_replies_have_the_length_and_the_script_of_their_language(language: Language) -> None:
    for strategies in index(language).replies.values():
        for found in strategies.values():
            for text in found:
                assert len(text) <= (110 if language is EN else 38), text
                assert text.endswith((".", "?") if language is EN else ("。", "？")), text
                assert text.isascii() is (language is EN), text


def test_a_damaged_index_is_named(tmp_path: Path) -> None:
    vectors, texts = tmp_path / "en.npz", tmp_path / "en.toml"
    texts.write_text('[work]\nangry.reflect = ["a"]\n')
    vectors.write_bytes(b"no index")
    with pytest.raises(SettingsError, match=r"en\.npz"):
        load_index(vectors, texts)
    texts.write_text('[work]\nfurious.reflect = ["a"]\n')
    with pytest.raises(SettingsError, match=r"work\.furious"):
        load_index(vectors, texts)


@pytest.mark.parametrize("language", Language)
def test_no_reply_that_is_found_holds_a_forbidden_phrase(language: Language) -> None:
    texts = {
        text for strategies in index(language).replies.values() for replies in strategies.values() for text in replies
    }
    assert len(texts) > 200
    found = [
        (text, phrase, why)
        for text in texts
        for why, phrases in FORBIDDEN[language].items()
        for phrase in phrases
        if phrase_in(phrase, text, language)
    ]
    assert found == []
