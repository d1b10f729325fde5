"""The whole text sense on words in context: what is told beside the label, and odd writing."""

from __future__ import annotations

import pytest

from edge.affect import Affect, Emotion
from tests.edge.perception.text.test_perceiver import felt, read


@pytest.mark.parametrize(
    ("words", "name", "said"),
    [
        ("I am angry at the bank", "target", '"the bank"'),
        ("我对银行很生气", "target", '"银行"'),
        ("The flat is nice, but I am lonely", "contrast", '"but"'),
        ("My sister is furious", "reported", '"furious"'),
        ("I'm over the moon", "idiom", '"over the moon"'),
        ("see you 😭", "sign", "sad"),
        ("I wish I were taller", "hypothetical", "wished"),
        ("if it rains we stay at home", "hypothetical", "supposed"),
        ("did they arrive?", "question", "question"),
        ("Great, the train is cancelled", "sarcasm", "other way round"),
        ("I wish you would stop", "reproach", "another"),
    ],
)
def test_what_changed_the_meaning_is_told(words: str, name: str, said: str) -> None:
    cue = next(cue for cue in read(words).cues if cue.name == name)
    assert said in cue.phrase
    assert cue.quotes == ('"' in cue.phrase)


def test_nothing_is_told_of_a_plain_sentence() -> None:
    names = {cue.name for cue in read("I am happy today").cues}
    assert not names & {"target", "contrast", "reported", "idiom", "sign", "hypothetical", "question", "sarcasm"}


@pytest.mark.parametrize(
    ("words", "emotion"),
    [
        ("The bus is late 😡", Emotion.ANGRY),
        ("The lights are out 😱", Emotion.FEAR),
        ("I was down in the dumps", Emotion.SAD),
        ("That was the last straw", Emotion.ANGRY),
        ("你开心吗？", Emotion.NEUTRAL),
        ("我心如刀割", Emotion.SAD),
    ],
)
def test_words_in_context_are_understood(words: str, emotion: Emotion) -> None:
    assert felt(words) is emotion


def test_praise_of_a_mishap_is_less_surely_glad() -> None:
    plain, sour = (read(words).affect for words in ("Great, the train is here", "Great, the train is cancelled"))
    assert plain is not None
    assert sour is not None
    happy = 3
    assert sour.probabilities[happy] < 0.5 < plain.probabilities[happy]
    assert sour.valence < plain.valence


@pytest.mark.parametrize(
    ("odd", "plain"),
    [
        ("ＩＦ ＩＴ ＲＡＩＮＳ", "if it rains"),
        ("I am not hap\u200bpy", "I am not happy"),
        ("bus ❤️", "bus ❤"),
        ("我不開心", "我不开心"),
        ("cafe\u0301 lovely", "café lovely"),
    ],
)
def test_odd_writing_changes_nothing(odd: str, plain: str) -> None:
    first, second = read(odd).affect, read(plain.upper() if odd.isupper() else plain).affect
    assert first is not None
    assert first == second


@pytest.mark.parametrize(
    "words",
    [
        "not " * 30_000,
        "but " * 30_000,
        "😭" * 100_000,
        "不" * 100_000,
        "如果" * 50_000,
        "." * 99_999 + "a",
        ":(" * 50_000,
    ],
)
def test_a_hundred_thousand_characters_are_read_like_any_text(words: str) -> None:
    affect = read(words).affect
    assert affect is None or isinstance(affect, Affect)
