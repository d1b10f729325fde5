from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from edge.affect import Emotion, Language
from edge.learning.feedback import Feedback, Source, Verdict
from edge.learning.spoken import heard
from edge.response.library import load_library
from edge.response.talk import Talk

if TYPE_CHECKING:
    from edge.response.wording import Wording


@cache
def wording(language: Language) -> Wording:
    return load_library(language).wording


def feedback(words: str) -> Feedback | None:
    language = Language.ZH if any("\u4e00" <= letter <= "\u9fff" for letter in words) else Language.EN
    return heard(words, wording(language))


@pytest.mark.parametrize(
    "words", ["That helped.", "that really helped", "Thanks, that helped!", "有帮助。", "谢谢，好多了"]
)
def test_what_says_that_it_helped_is_feedback(words: str) -> None:
    assert feedback(words) == Feedback(Verdict.HELPED, Source.SPOKEN)


@pytest.mark.parametrize(
    "words", ["Thanks.", "谢谢", "nothing that helped", "that didn't help", "没有帮助", "没什么用", "ok"]
)
def test_politeness_and_its_opposite_are_not(words: str) -> None:
    assert feedback(words) is None


@pytest.mark.parametrize("words", ["Not now.", "please leave me alone", "让我静一静", "别说了"])
def test_a_dismissal_is_not_now(words: str) -> None:
    assert feedback(words) == Feedback(Verdict.NOT_NOW, Source.SPOKEN)


@pytest.mark.parametrize(
    ("words", "emotion"),
    [
        ("You got me wrong.", None),
        ("You got me wrong, I'm angry.", Emotion.ANGRY),
        ("You've got me wrong: I'm not sad, I'm angry!", Emotion.ANGRY),
        ("That's not how I feel. I'm fine.", Emotion.NEUTRAL),
        ("You got me wrong, I'm unhappy", Emotion.SAD),
        ("You misread me, I'm not sad.", None),
        ("You misread me, I'm sad and angry.", None),
        ("你看错了，我是生气。", Emotion.ANGRY),
        ("你误会我了，我不是难过，我是害怕", Emotion.FEAR),
        ("你搞错了，我没有生气，就是累", Emotion.NEUTRAL),
        ("你弄错了，我不是难过。", None),
    ],
)
def test_a_correction_names_what_is_felt_if_it_names_one_thing(words: str, emotion: Emotion | None) -> None:
    assert feedback(words) == Feedback(Verdict.WRONG, Source.SPOKEN, emotion)


@pytest.mark.parametrize(
    "words", ["I got it wrong in the exam", "She misread the map", "他看错了时间", "I'm not sad, I'm angry"]
)
def test_what_others_got_wrong_is_no_correction(words: str) -> None:
    assert feedback(words) is None


@pytest.mark.parametrize("language", Language)
def test_whatever_helped_is_answered_as_thanks(language: Language) -> None:
    words = wording(language)
    assert words.helped.whole <= words.talk[Talk.THANKS].whole
    assert not words.helped.part, "a part may be denied by what stands before it"
