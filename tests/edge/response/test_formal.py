from __future__ import annotations

import pytest

from edge.affect import Emotion, Language
from edge.response.formal import Formal
from edge.response.library import load_library
from tests.edge.response.support import SECOND, said, state_of, talkative


def formal(language: Language) -> Formal:
    return Formal(language, load_library(language).wording.formal)


@pytest.mark.parametrize(
    ("casual", "text"),
    [
        ("That's hard. It isn't over, I'd say.", "That is hard. It is not over, I would say."),
        ("You can't hurry that.", "You cannot hurry that."),
        ("Let's see what's left.", "Let us see what is left."),
        ("The dog's bowl, and Ada's.", "The dog's bowl, and Ada's."),
        ("You said “it's late”. That's all?", "You said “it's late”. That is all?"),
    ],
)
def test_english_contractions_are_written_out_but_for_quoted_words(casual: str, text: str) -> None:
    assert formal(Language.EN)(casual) == text


@pytest.mark.parametrize(
    ("casual", "text"),
    [
        ("你好像有点累。", "您好像有点累。"),
        ("你们两个先歇会儿。", "你们两个先歇会儿。"),
        ("你说“你别管我”，是吗？", "您说“你别管我”，是吗？"),
    ],
)
def test_a_person_is_addressed_with_nin_but_in_quoted_words(casual: str, text: str) -> None:
    assert formal(Language.ZH)(casual) == text


@pytest.mark.parametrize("language", Language)
def test_the_device_keeps_to_the_setting(language: Language) -> None:
    device, seen = talkative(formality="formal"), []
    words = "I saw that film" if language is Language.EN else "我都看见了"
    for turn in range(60):
        reply = device.respond(state_of(list(Emotion)[turn % 7]), said(words, language), turn * SECOND)
        assert reply is not None
        seen.append(reply.text)
    assert not any(casual in text for text in seen for casual in ("That's", "n't", "你觉得", "对你", "你看"))
    assert any(sign in text for text in seen for sign in ("That is", "It is", "您"))
