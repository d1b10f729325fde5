from __future__ import annotations

import pytest

from edge.affect import Emotion
from edge.perception.text.target import target_of


@pytest.mark.parametrize(
    ("words", "emotion", "target"),
    [
        ("I'm angry at the bank for blocking my card", Emotion.ANGRY, "the bank"),
        ("I am afraid of losing my job", Emotion.FEAR, "losing my job"),
        ("We were frightened by the storm.", Emotion.FEAR, "the storm"),
        ("I hate this chair", Emotion.ANGRY, "this chair"),
        ("My neighbour makes me so angry", Emotion.ANGRY, "my neighbour"),
        ("Loud noises are driving me crazy", Emotion.ANGRY, "loud noises"),
        ("I'm grateful to you", Emotion.HAPPY, "you"),
        ("I'm not angry with you", Emotion.ANGRY, "you"),
        ("我对银行很失望", Emotion.SAD, "银行"),
        ("我被邻居气坏了", Emotion.ANGRY, "邻居"),
        ("因为下雨，我很难过", Emotion.SAD, "下雨"),
        ("这件事让我很生气", Emotion.ANGRY, "这件事"),
        ("我很担心考试", Emotion.FEAR, "考试"),
        ("我为女儿感到骄傲", Emotion.HAPPY, "女儿"),
    ],
)
def test_who_or_what_a_feeling_is_about(words: str, emotion: Emotion, target: str) -> None:
    found = target_of(words)
    assert found is not None
    assert (found.emotion, found.text) == (emotion, target)
    assert found.end - found.start == len(target)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "I am angry",
        "I am angry.",
        "so sad",
        "My sister is angry at the bank",
        "at the bank",
        "我很难过",
        "你生气了吗?",
        "银行",
        "angry at",
    ],
)
def test_where_nothing_is_named_there_is_no_target(words: str) -> None:
    assert target_of(words) is None


def test_a_very_long_text_is_looked_at_to_its_limit() -> None:
    found = target_of("I'm angry at the bank. " * 5000)
    assert found is not None
    assert found.text == "the bank"
    assert target_of("好" * 100_000) is None
