from __future__ import annotations

import pytest

from edge.affect import Language
from edge.perception.text.language import detect_language, has_emoji, has_letters, is_supported, language_of


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("I am tired", Language.EN),
        ("我累了", Language.ZH),
        ("我覺得很難過", Language.ZH),
        ("我的 iPhone 坏了", Language.ZH),
        ("今天 meeting 取消了", Language.ZH),
        ("I love 北京", Language.EN),
        ("let's meet at 王府井 tomorrow morning", Language.EN),
        ("ｈｅｌｌｏ", Language.EN),
        ("好 😀", Language.ZH),
        ("😀", Language.EN),
        ("123 !?", Language.EN),
        ("", Language.EN),
    ],
)
def test_the_script_of_most_words_decides(words: str, language: Language) -> None:
    assert detect_language(words) is language


@pytest.mark.parametrize(
    "words", ["Привет, как дела?", "مرحبا كيف حالك", "안녕하세요", "今日はとても楽しいです", "שלום", "สวัสดี"]
)
def test_other_scripts_are_not_supported(words: str) -> None:
    assert not is_supported(words)


@pytest.mark.parametrize(
    "words", ["hello", "你好", "café naïve", "我の朋友真好", "12 !", "😀", "Привет everyone, how are you today"]
)
def test_a_few_foreign_letters_do_no_harm(words: str) -> None:
    assert is_supported(words)


def test_letters_are_told_from_signs() -> None:
    assert has_letters("a")
    assert has_letters("好")
    assert not has_letters("😀 1!")


def test_emoji_are_told_from_signs() -> None:
    assert has_emoji("x😀")
    assert has_emoji("❤")
    assert not has_emoji("x!")


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("What a day.", Language.EN),
        ("太无聊了。", Language.ZH),
        ("OK，太无聊了。", Language.ZH),
        ("1998!", None),
        ("", None),
        ("🙂", None),
        ("очень скучно", None),
        ("とても退屈です", None),
    ],
)
def test_words_are_answered_in_their_language_and_a_number_has_none(words: str, language: Language | None) -> None:
    assert language_of(words) is language
