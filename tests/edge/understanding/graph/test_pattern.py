from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.affect import Language
from edge.understanding.graph.graph import MOST, Event, Found, Graph, find
from edge.understanding.graph.pattern import read
from edge.understanding.graph.speech import Speech, WordsFile

EN = Speech.of(
    Language.EN,
    WordsFile(
        negators=("not", "didn't", "can't", "never"),
        harmless=("can't believe", "not only"),
        breaks=("because", "but"),
        unreal=("if", "hope"),
        unreal_after=(),
        questions=("did", "have"),
        lists={"exam": ("exam", "final test")},
    ),
)
ZH = Speech.of(
    Language.ZH,
    WordsFile(
        negators=("没", "不"),
        harmless=("没想到", "差不多"),
        breaks=("因为", "但"),
        unreal=("如果", "希望"),
        unreal_after=("吗",),
        questions=(),
        lists={"exam": ("考试", "期末")},
    ),
)


def tells(pattern: str, words: str, speech: Speech = EN) -> bool:
    event = Event("it", "school", (0, 0, 0, 0, 1, 0, 0), "competence", ("reflect",))
    return bool(Graph(speech, {"it": (Found(event, "it", "it"), (read(pattern, speech),))}).find(words))


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("failed", "I FAILED!"),
        ("failed my exam", "failed my exam"),
        ("(failed|messed up) my", "Messed up my day"),
        ("failed [my|the] exam", "I failed exam"),
        ("failed [my|the] exam", "I failed the exam"),
        ("failed <exam>", "he failed final test"),
        ("failed .. exam", "failed my very first exam"),
        ("failed ... exam", "failed what was my very last exam"),
        ("~ pass", "I didn't pass"),
        ("~ pass", "Never mind I didn't pass"),
        ("~ pass", "I didnt quite really pass"),
        ("~ pass", "I didn’t pass"),
        ("(lost (it|them|all of .. things)|gone)", "lost all of my things"),
        ("^ oh great", "Oh great."),
        ("so lost $", "I'm so lost!"),
        ("failed", "I can't believe I failed"),
        ("failed", "I didn't sleep because I failed"),
        ("failed", "If only. I failed."),
        ("failed", "not only lazy, failed"),
        ("can't believe", "I can't believe it"),
    ],
)
def test_an_english_pattern_is_found(pattern: str, words: str) -> None:
    assert tells(pattern, words)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("failed", "a failedness"),
        ("failed my exam", "failed the exam"),
        ("failed .. exam", "failed my very first written exam"),
        ("failed .. exam", "I failed. The exam was long"),
        ("failed .. exam", "failed not the exam"),
        ("failed", "I didn't fail, I never really failed"),
        ("failed", "I hope nobody failed"),
        ("failed", "if I failed"),
        ("failed", "Have you failed?"),
        ("~ pass", "I pass"),
        ("^ great", "oh great"),
        ("so lost $", "so lost without you"),
    ],
)
def test_an_english_pattern_is_not_found(pattern: str, words: str) -> None:
    assert not tells(pattern, words)


@pytest.mark.parametrize(
    ("pattern", "words", "found"),
    [
        ("挂科", "我又挂科了", True),
        ("(挂|砸) 了", "考试砸了", True),
        ("<exam> .. 砸了", "期末数学砸了", True),
        ("<exam> .. 砸了", "期末，砸了", False),
        ("考试砸", "沒想到考試砸了", True),
        ("考试砸", "考试 砸了", False),
        ("挂科", "没想到挂科了", True),
        ("挂科", "如果挂科", False),
        ("挂科", "你挂科了吗", False),
        ("挂科", "我没想到 不挂科", False),
        ("~ 及格", "没及格", True),
        ("~ 及格", "不太及格", True),
        ("差不多 完了", "差不多完了", True),
        ("<exam> .. 过", "考试没过", False),
    ],
)
def test_chinese_patterns(pattern: str, words: str, found: bool) -> None:  # noqa: FBT001
    assert tells(pattern, words, ZH) is found


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("", "empty"),
        ("(a|b", "not closed"),
        ("a)", "not opened"),
        ("a||b", "empty"),
        ("<nothing>", "no list <nothing>"),
        ("[a]", "no word that must be there"),
        (".. ~", "no word that must be there"),
        ("a.b", "means nothing"),
    ],
)
def test_what_is_no_pattern_is_refused(pattern: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read(pattern, EN)


def test_the_longest_trigger_wins_and_an_event_is_told_once() -> None:
    found = find("I failed my driving test, yes I failed my driving test", Language.EN)
    assert [one.event.id for one in found] == ["driving_test_failed"]


def test_several_events_are_told_and_no_more_than_the_limit() -> None:
    said = "I lost my job, my cat died, the boiler broke down and the wifi is down, my car won't start."
    found = find(said, Language.EN)
    assert len(found) == MOST
    assert len({one.event.id for one in find("I lost my job and my cat died.", Language.EN)}) == 2


@given(words=st.text(max_size=900), language=st.sampled_from(Language))
def test_any_text_gives_the_same_events_twice(words: str, language: Language) -> None:
    assert find(words, language) == find(words, language)


@given(
    words=st.lists(
        st.sampled_from(["i", "lost", "my", "job", "exam", "failed", "not", "the", ",", "?", "car", "(", "~"])
    ),
)
def test_any_order_of_its_own_words_is_taken(words: list[str]) -> None:
    assert len(find(" ".join(words), Language.EN)) <= MOST
