from __future__ import annotations

import pytest

from edge.affect import Emotion
from edge.perception.text.emphasis import is_loud
from edge.perception.text.lexicon.lookup import read
from edge.perception.text.normalise import normalised
from edge.perception.text.signs import NONE, Signs, signs


@pytest.mark.parametrize(
    ("words", "emotion"),
    [
        ("ok 😊", Emotion.HAPPY),
        ("❤️", Emotion.HAPPY),
        ("👍🏽", Emotion.HAPPY),
        ("😭😭😭", Emotion.SAD),
        ("😡", Emotion.ANGRY),
        ("😱", Emotion.FEAR),
        ("🤮", Emotion.DISGUST),
        ("😲", Emotion.SURPRISE),
        ("yes :)", Emotion.HAPPY),
        ("yes :D", Emotion.HAPPY),
        ("yes :-)))", Emotion.HAPPY),
        ("no :(", Emotion.SAD),
        ("T_T", Emotion.SAD),
        ("^_^", Emotion.HAPPY),
        ("[泪]", Emotion.SAD),
        ("[怒]", Emotion.ANGRY),
        ("：）", Emotion.HAPPY),
    ],
)
def test_a_sign_says_its_feeling(words: str, emotion: Emotion) -> None:
    assert signs(normalised(words, 100)).emotions == (emotion,)


@pytest.mark.parametrize(
    "words", ["at 3:00", "a:b", "x=(1)", "1233", "2023", "lollipop", "[1]", "ahh the end", "🚌", "file:d"]
)
def test_what_only_looks_like_a_sign_says_nothing(words: str) -> None:
    assert signs(normalised(words, 100)) == NONE


@pytest.mark.parametrize("words", ["233333", "hhhh", "lol", "hahahaha", "lmao"])
def test_typed_laughter_is_heard(words: str) -> None:
    assert signs(normalised(words, 100)) == Signs((), ironic=False, laughs=True)


def test_each_feeling_is_told_once_and_rolled_eyes_are_ironic() -> None:
    found = signs(normalised("😀😭😀🙄", 100))
    assert found.emotions == (Emotion.HAPPY, Emotion.SAD)
    assert found.ironic


@pytest.mark.parametrize("words", ["I AM SO ANGRY", "sooo good", "what?!", "啊啊啊", "no!!", "滚！！"])
def test_shouting_is_seen(words: str) -> None:
    assert is_loud(words)


@pytest.mark.parametrize("words", ["", "I am angry!", "NASA and the EU", "我很好", "2000", "___", "OK"])
def test_what_is_said_calmly_is_not_loud(words: str) -> None:
    assert not is_loud(words)


def test_every_sign_of_the_list_is_found_by_itself() -> None:
    content = read("signs.toml")
    faces = {face: name for name, many in content["emoticons"].items() for face in many}
    faces |= {face: name for name, many in content["emoji"].items() for face in many}
    faces |= {f"[{word}]": name for name, many in content["brackets"].items() for word in many}
    found = {face: signs(normalised(face, 40)).emotions for face in faces}
    assert {face: said for face, said in found.items() if said != (Emotion(faces[face]),)} == {}
