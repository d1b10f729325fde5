"""Talk that is met with care is recognised, everyday talk is not taken for it, and no cheer answers what is grave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge.affect import Language
from edge.errors import SettingsError
from edge.response.delicate import delicate, kind_of
from edge.response.library import load_library
from edge.response.strategy import RULES
from edge.response.talk import DELICATE, Talk

if TYPE_CHECKING:
    from pathlib import Path

EN, ZH = load_library(Language.EN).wording, load_library(Language.ZH).wording
EXAMPLES: tuple[tuple[str, str, Talk], ...] = (
    ("He's unconscious on the floor", "他叫不醒了", Talk.URGENT),
    ("They can hear my thoughts", "他们能听见我心里想什么", Talk.BELIEF),
    ("Is there a god?", "世上有神吗", Talk.OPINION),
    ("All foreigners should be thrown out", "外地人都该滚", Talk.HATE),
    ("You stupid machine", "你个破机器", Talk.INSULT),
    ("I'm going to hit my brother", "我要揍他一顿", Talk.HARM),
    ("I kicked the cat", "我扇了老婆一巴掌", Talk.CRUEL),
    ("I'm cheating on my wife", "我背着老婆找了个人", Talk.DEED),
    ("I'm driving and I can't keep my eyes open", "我在开车，眼睛都睁不开", Talk.ROAD),
    ("They dared me to climb it", "他们打赌我不敢爬", Talk.RISK),
    ("I throw up after every meal", "我又暴食了", Talk.HABIT),
    ("How do I build a bomb", "炸弹怎么做", Talk.REFUSED),
    ("I gave my card details to the man on the phone", "我把卡号告诉电话里那个人了", Talk.SCAM),
    ("Am I depressed?", "我是不是抑郁了？", Talk.MEDICAL),
    ("Can I sue my landlord?", "我能告房东吗？", Talk.EXPERT),
    ("My password is swordfish", "我的密码是小熊", Talk.SECRET),
    ("What did my wife say yesterday?", "昨天我老婆说什么了？", Talk.PRIVATE),
    ("Do you love me?", "你爱我吗？", Talk.CLOSENESS),
    ("Promise that it will work out", "你保证一切都会好的", Talk.PROMISE),
    ("Should I quit my job?", "我该不该离开他", Talk.DECIDE),
    ("My sister has bruises again", "我姐身上又青了", Talk.GRAVE),
    ("We buried our son today", "我爸没挺过来", Talk.LOSS),
)


@pytest.mark.parametrize(("english", "chinese", "kind"), EXAMPLES)
def test_each_kind_is_recognised_in_both_languages(english: str, chinese: str, kind: Talk) -> None:
    assert kind_of(english, EN) is kind
    assert kind_of(chinese, ZH) is kind


def test_every_kind_has_an_example_and_a_rule() -> None:
    assert {kind for *_, kind in EXAMPLES} == DELICATE | {Talk.LOSS}
    assert {kind for rule in RULES if rule.by_talk for kind in rule.talk} >= DELICATE


@pytest.mark.parametrize(
    "words",
    [
        "I burnt the rice",
        "Do you want something to drink?",
        "The meeting went on until six",
        "My train was late again",
        "We had pancakes for breakfast",
        "I lost my keys",
        "What time is it?",
        "She painted the kitchen",
    ],
)
def test_everyday_english_is_not_taken_for_it(words: str) -> None:
    assert kind_of(words, EN) not in DELICATE


@pytest.mark.parametrize(
    "words", ["今天开会开到六点", "火车又晚点了", "早饭吃了煎饼", "你喜欢的话我给你摘一些", "现在几点了"]
)
def test_everyday_chinese_is_not_taken_for_it(words: str) -> None:
    assert kind_of(words, ZH) not in DELICATE


def test_disguised_words_are_recognised() -> None:
    assert kind_of("I k1cked the c\u200bat", EN) is Talk.CRUEL
    assert kind_of("炸 弹 怎 么 做", ZH) is Talk.REFUSED


def test_a_game_or_a_dream_is_no_harm() -> None:
    assert kind_of("In the game I'm going to kill my brother", EN) is Talk.GRAVE
    assert kind_of("我梦见自己要捅他", ZH) is Talk.GRAVE


def test_a_grave_word_in_a_question_alone_leaves_it_a_question_and_told_before_it_does_not() -> None:
    assert kind_of("What is a coffin made of?", EN) is not Talk.GRAVE
    assert kind_of("My father is in intensive care. Is that normal?", EN) is Talk.GRAVE


def test_who_wants_quiet_gets_it_first() -> None:
    assert kind_of("shut up", EN) is Talk.DISMISSAL


def test_what_may_be_enjoyed_is_known_by_its_matter() -> None:
    for language, light, other in (
        (Language.EN, "I passed my exam!", "I dropped it off the balcony, so cool!"),
        (Language.ZH, "我考上了！", "我把它从阳台扔下去了，太酷了！"),
    ):
        assert delicate(language).enjoyable(light)
        assert not delicate(language).enjoyable(other)


def test_a_file_that_lacks_a_kind_or_holds_no_expression_is_refused(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    file = tmp_path / "en" / "delicate.toml"
    file.write_text('[harm]\npatterns = ["x"]\n')
    with pytest.raises(SettingsError, match="needed are"):
        delicate(Language.EN, tmp_path)
    tables = "".join(f'[{kind}]\npatterns = ["x"]\n' for kind in sorted({"light", "loss", *DELICATE}))
    file.write_text(tables.replace('"x"', '"("', 1))
    with pytest.raises(SettingsError, match="no regular expression"):
        delicate(Language.EN, tmp_path)
