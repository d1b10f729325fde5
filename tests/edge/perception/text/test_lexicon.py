from __future__ import annotations

import pytest

from edge.affect import EMOTIONS, Language
from edge.perception.text.language import detect_language
from edge.perception.text.lexicon.lookup import Kind, lexicon
from edge.perception.text.negation import denied
from edge.perception.text.normalise import normalised


def _denied(words: str) -> list[str]:
    text = normalised(words, 600)
    language = detect_language(text)
    book = lexicon(language)
    return [match.text for match in denied(book.find(book.units(text)), language)]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("I am not happy", ["happy"]),
        ("I don’t feel very happy today", ["happy"]),
        ("she was never afraid", ["afraid"]),
        ("I'm no longer sad", ["sad"]),
        ("我不开心", ["开心"]),
        ("我一点都不高兴", ["高兴"]),
        ("我高兴不起来", ["高兴"]),
        ("我没有生气", ["生气"]),
        ("我覺得不開心", ["开心"]),
    ],
)
def test_a_denied_feeling_is_noticed(words: str, wanted: list[str]) -> None:
    assert _denied(words) == wanted


@pytest.mark.parametrize(
    "words",
    [
        "I am happy",
        "not only happy but proud",
        "I can't wait, I'm so excited",
        "I couldn't be happier",
        "No, I am happy",
        "I didn't sleep but I'm happy",
        "I'm happy, not sad, just happy and a bit sad",
        "I'm not not happy",
        "今天真不错，很开心",
        "忍不住笑了",
        "没想到这么好",
        "我不累，很开心",
        "好不容易才见到你，真高兴",
    ],
)
def test_a_feeling_that_is_not_denied_is_left_alone(words: str) -> None:
    assert "happy" not in _denied(words)
    assert not {"开心", "高兴", "笑", "excited", "happier"} & set(_denied(words))


@pytest.mark.parametrize("language", Language)
def test_every_emotion_has_words(language: Language) -> None:
    book = lexicon(language)
    found = {entry.emotion for entry in book._entries.values() if entry.kind is Kind.EMOTION}
    assert found == set(EMOTIONS)


def test_the_longest_entry_wins() -> None:
    book = lexicon(Language.ZH)
    assert [match.text for match in book.find(book.units("忍不住"))] == ["忍不住"]


def test_known_words_tell_english_from_other_languages_in_latin_script() -> None:
    book = lexicon(Language.EN)

    def share(text: str) -> float:
        units = book.units(text)
        return book.known_share(units, book.find(units))

    assert share("we went to the shop and bought some bread for dinner") > 0.9
    assert share("ich weiss nicht was ich heute machen soll") < 0.2
