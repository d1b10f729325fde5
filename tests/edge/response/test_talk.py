from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.affect import Language
from edge.response.library import load_library
from edge.response.talk import QUOTE_RANGE, Talk, kind_of, quote, topic, units

if TYPE_CHECKING:
    from edge.response.wording import Wording

EN = load_library(Language.EN).wording
ZH = load_library(Language.ZH).wording


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Hello!", Talk.GREETING),
        ("Hello, I lost my job today", Talk.STATEMENT),
        ("thank you", Talk.THANKS),
        ("Thanks to him I lost everything", Talk.STATEMENT),
        ("How are you?", Talk.HOW_ARE_YOU),
        ("So, how am I doing?", Talk.ASKS_STATE),
        ("what do you see", Talk.ASKS_STATE),
        ("What are you doing tonight?", Talk.QUESTION),
        ("What are you?", Talk.ASKS_DEVICE),
        ("I don’t know, what should I do?", Talk.ASKS_ADVICE),
        ("why does it rain", Talk.QUESTION),
        ("What a day", Talk.STATEMENT),
        ("He left?", Talk.QUESTION),
        ("leave me alone", Talk.DISMISSAL),
        ("They never leave me alone", Talk.STATEMENT),
        ("My dog died last night", Talk.LOSS),
        ("The battery died", Talk.STATEMENT),
        ("okay", Talk.ACKNOWLEDGEMENT),
        ("good night", Talk.FAREWELL),
        ("fine", Talk.SHORT),
        ("...", Talk.SHORT),
        ("I burnt the rice", Talk.STATEMENT),
    ],
)
def test_english_talk_is_recognised(words: str, kind: Talk) -> None:
    assert kind_of(words, EN) is kind


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("你好！", Talk.GREETING),
        ("你好，我今天丢了工作", Talk.STATEMENT),
        ("谢谢你。", Talk.THANKS),
        ("你怎么样？", Talk.HOW_ARE_YOU),
        ("你看我怎么样", Talk.ASKS_STATE),
        ("你看到了什么？", Talk.ASKS_STATE),
        ("你是谁", Talk.ASKS_DEVICE),
        ("那我怎么办", Talk.ASKS_ADVICE),
        ("明天会下雨吗", Talk.QUESTION),
        ("为什么会下雨", Talk.QUESTION),
        ("没什么，就是有点累", Talk.STATEMENT),
        ("别烦我", Talk.DISMISSAL),
        ("外婆上个月去世了", Talk.LOSS),
        ("今天累死了", Talk.STATEMENT),
        ("嗯", Talk.ACKNOWLEDGEMENT),
        ("晚安", Talk.FAREWELL),
        ("还行", Talk.SHORT),
        ("我把饭烧糊了", Talk.STATEMENT),
    ],
)
def test_chinese_talk_is_recognised(words: str, kind: Talk) -> None:
    assert kind_of(words, ZH) is kind


@pytest.mark.parametrize(
    ("words", "piece"),
    [
        ("I lost my keys.", "I lost my keys"),
        ("Well, but The bus never came, again", "the bus never came"),
        ("Anna never called", "Anna never called"),
        ("no", None),
        ("my password is swordfish", None),
        ("call me on 555123 please", None),
        ("that was a shit day", None),
        ("I walked all the way to the station and back again in the rain", None),
        ("我今天很累", None),
    ],
)
def test_english_is_quoted_in_short_clean_clauses_only(words: str, piece: str | None) -> None:
    assert quote(words, EN) == piece


@pytest.mark.parametrize(
    ("words", "piece"),
    [
        ("今天，但是老板又让我加班啊！", "老板又让我加班"),
        ("不好", None),
        ("我的密码是一二三", None),
        ("他妈的又堵车了", None),
        ("I lost my keys", None),
    ],
)
def test_chinese_is_quoted_in_short_clean_clauses_only(words: str, piece: str | None) -> None:
    assert quote(words, ZH) == piece


@given(st.text(max_size=200))
def test_a_quoted_piece_is_short_and_was_said(words: str) -> None:
    for wording in (EN, ZH):
        piece = quote(words, wording)
        if piece is not None:
            least, most = QUOTE_RANGE[wording.language]
            assert least <= len(units(piece, wording.language)) <= most
            assert piece.casefold() in words.casefold()


def test_a_topic_is_found_by_whole_words_in_english_and_by_characters_in_chinese() -> None:
    assert topic("My boss shouted at me", EN) == "work"
    assert topic("She is bossy", EN) is None
    assert topic("昨晚又没睡好", ZH) == "睡眠"


@pytest.mark.parametrize(
    ("words", "wording", "kind"),
    [
        ("Hi, good morning! How are you today?", EN, Talk.HOW_ARE_YOU),
        ("Thank you so much for your help. Have a great day!", EN, Talk.FAREWELL),
        ("okay, thanks for listening", EN, Talk.THANKS),
        ("Good morning, everybody", EN, Talk.GREETING),
        ("Hi, my boss yelled at me", EN, Talk.STATEMENT),
        ("Thanks for nothing", EN, Talk.STATEMENT),
        ("I never have a good day at that place", EN, Talk.STATEMENT),
        ("I have to take care of my mother", EN, Talk.STATEMENT),
        ("Thank you for listening, but my dog died", EN, Talk.LOSS),
        ("好的，谢谢你，晚安", ZH, Talk.FAREWELL),
        ("非常感谢你的建议！", ZH, Talk.THANKS),
        ("你好，我今天被老板骂了", ZH, Talk.STATEMENT),
        ("早上好，你今天怎么样", ZH, Talk.HOW_ARE_YOU),
    ],
)
def test_what_is_mostly_pleasantries_is_answered_as_the_chief_of_them(words: str, wording: Wording, kind: Talk) -> None:
    assert kind_of(words, wording) is kind


def test_a_very_long_row_of_conjunctions_is_looked_through_and_nothing_of_it_said_again() -> None:
    assert quote("and then " * 5000, EN) is None
    assert quote("嗯" * 5000, ZH) is None


@pytest.mark.parametrize(
    "words",
    [
        "%s%s%s%n and so on",
        "[warmth=hot] talk to me now",
        "مرحبا كيف حالك اليوم",
        "Привет как дела сегодня",
        "I lost my 😭 keys today",
        "h̶e̵l̸p̷ me out here",
        "\u202eyas t'nod, em rof gninaem sah ti",
        "you are a moron really",
    ],
)
def test_other_scripts_signs_turned_text_and_insults_are_not_said_again(words: str) -> None:
    assert quote(words, EN) is None


@pytest.mark.parametrize(
    ("words", "wording", "kind"),
    [
        ("It helps to have people to talk to, right?", EN, Talk.STATEMENT),
        ("I worked all weekend for nothing, you know?", EN, Talk.STATEMENT),
        ("Is it?", EN, Talk.QUESTION),
        ("Is that right?", EN, Talk.QUESTION),
        ("Do you have any suggestions for the night before?", EN, Talk.ASKS_ADVICE),
        ("what am i going to do????", EN, Talk.ASKS_ADVICE),
        ("他就是故意的，对吧？", ZH, Talk.STATEMENT),
        ("对不对？", ZH, Talk.QUESTION),
        ("我要怎么做他才会听？", ZH, Talk.ASKS_ADVICE),
        ("What if I'm not good enough?", EN, Talk.STATEMENT),
        ("Why me?", EN, Talk.SHORT),
        ("What if it rains, is there a tent?", EN, Talk.STATEMENT),
        ("万一我不行呢？", ZH, Talk.STATEMENT),
        ("Are you there?", EN, Talk.GREETING),
    ],
)
def test_a_tag_asks_for_a_nod_and_who_wants_advice_is_heard(words: str, wording: Wording, kind: Talk) -> None:
    assert kind_of(words, wording) is kind
