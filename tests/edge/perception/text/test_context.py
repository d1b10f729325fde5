"""Each rule of context by itself: what it finds, and that it finds nothing where there is nothing."""

from __future__ import annotations

import pytest

from edge.affect import Emotion
from edge.perception.text.context import Context, Place, Status, analyse
from edge.perception.text.holder import Holder
from edge.perception.text.language import detect_language
from edge.perception.text.lexicon.lookup import lexicon
from edge.perception.text.normalise import normalised


def context(words: str) -> Context:
    text = normalised(words, 600)
    language = detect_language(text)
    book = lexicon(language)
    units = book.units(text)
    return analyse(text, units, book.find(units), language)


def status(words: str, word: str) -> Status:
    return next(feeling.status for feeling in context(words).feelings if feeling.match.text == word)


@pytest.mark.parametrize(
    ("words", "word", "wanted"),
    [
        ("I am happy", "happy", Status.FELT),
        ("I am not happy", "happy", Status.DENIED),
        ("I hardly feel any joy", "joy", Status.DENIED),
        ("we came home without fear", "fear", Status.DENIED),
        ("I'm anything but cheerful", "cheerful", Status.DENIED),
        ("I'm neither glad nor sad", "sad", Status.DENIED),
        ("I'm not sad, I am happy", "happy", Status.FELT),
        ("are you angry", "angry", Status.FELT),
        ("Are you angry?", "angry", Status.ASKED),
        ("Is she happy in the new flat?", "happy", Status.ASKED),
        ("Why am I so sad?", "sad", Status.FELT),
        ("What is that disgusting smell?", "disgusting", Status.FELT),
        ("If it rains I'll be sad", "sad", Status.IMAGINED),
        ("I'd be furious", "furious", Status.IMAGINED),
        ("That would be great", "great", Status.FELT),
        ("I should be happy", "happy", Status.MISSED),
        ("I used to be afraid of dogs", "afraid", Status.PAST),
        ("I was scared at first", "scared", Status.PAST),
        ("My sister is furious", "furious", Status.OTHERS),
        ("The villagers were afraid of wolves", "afraid", Status.OTHERS),
        ("Anna was surprised", "surprised", Status.OTHERS),
        ("She loves her flat", "loves", Status.OTHERS),
        ("The soup was disgusting", "disgusting", Status.FELT),
        ("The baby and I are scared", "scared", Status.FELT),
        ("我很开心", "开心", Status.FELT),
        ("我不开心", "开心", Status.DENIED),
        ("我并不害怕", "害怕", Status.DENIED),
        ("我从不后悔", "后悔", Status.DENIED),
        ("他不是不高兴", "高兴", Status.OTHERS),
        ("我不得不难过", "难过", Status.FELT),
        ("你生气了吗?", "生气", Status.ASKED),
        ("她在新公司开心吗？", "开心", Status.ASKED),
        ("如果下雨我会难过", "难过", Status.IMAGINED),
        ("我应该高兴", "高兴", Status.MISSED),
        ("以前我很害怕", "害怕", Status.PAST),
        ("我姐姐很生气", "生气", Status.OTHERS),
        ("小王很失望", "失望", Status.OTHERS),
        ("我为我女儿感到难过", "难过", Status.FELT),
    ],
)
def test_what_a_text_says_of_a_feeling(words: str, word: str, wanted: Status) -> None:
    assert status(words, word) is wanted


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("I am sad", Holder.FIRST),
        ("you are sad", Holder.SECOND),
        ("he is sad", Holder.THIRD),
        ("so sad", Holder.NOBODY),
        ("he makes me sad", Holder.FIRST),
        ("我难过", Holder.FIRST),
        ("你难过", Holder.SECOND),
        ("他难过", Holder.THIRD),
        ("真难过", Holder.NOBODY),
    ],
)
def test_whose_feeling_it_is(words: str, wanted: Holder) -> None:
    assert context(words).feelings[0].holder is wanted


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("The house is lovely, but I am sad", Place.YIELDING),
        ("Although it was lovely, I am sad", Place.YIELDING),
        ("虽然很漂亮，但是我难过", Place.YIELDING),
        ("It was lovely. Now I am sad.", Place.EARLIER),
        ("昨天很开心。今天我难过。", Place.EARLIER),
        ("It was lovely", Place.MAIN),
    ],
)
def test_what_comes_before_a_contrast_or_a_later_feeling_weighs_less(words: str, place: Place) -> None:
    feelings = context(words).feelings
    assert feelings[0].place is place
    assert len(feelings) == 1 or feelings[-1].place is Place.MAIN


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("the bus stops here", ["the bus stops here"]),
        ("one. two. three!", ["one. ", "two. ", "three!"]),
        ("it costs 3.50 a week", ["it costs 3.50 a week"]),
        ("nice house, but too small", ["too small"]),
        ("虽然很贵，但是好吃", ["好吃"]),
        ("wow!! what is it", ["wow!! ", "what is it"]),
    ],
)
def test_a_text_is_read_in_its_parts(words: str, parts: list[str]) -> None:
    text = normalised(words, 600)
    assert [text[start:end] for start, end in context(words).parts] == parts


def test_contrast_is_named_and_lookalikes_are_not() -> None:
    assert context("nice, but small").contrast == "but"
    assert context("it is nothing but small").contrast is None
    assert context("这个很可爱").contrast is None


@pytest.mark.parametrize("words", ["I am a bit sad", "I am slightly sad", "我有点难过", "我稍微难过"])
def test_a_diminisher_lessens(words: str) -> None:
    assert context(words).feelings[0].strength == -1


@pytest.mark.parametrize("words", ["I am so sad", "I am really sad", "我非常难过", "难过死了"])
def test_an_intensifier_heightens(words: str) -> None:
    assert context(words).feelings[0].strength == 1


@pytest.mark.parametrize("words", ["I wish I were taller", "if only we could go", "要是能飞就好了", "真希望他在"])
def test_a_wish_is_no_supposition(words: str) -> None:
    assert context(words).wish
    assert not context(words).supposed


@pytest.mark.parametrize("words", ["if it rains we stay", "suppose the dog is ill", "如果下雨就不去", "假如没票怎么办"])
def test_a_supposition_is_no_wish(words: str) -> None:
    assert context(words).supposed
    assert not context(words).wish


@pytest.mark.parametrize("words", ["I wish you would stop", "why can't they answer", "你能不能别唱了", "求你别唱了"])
def test_a_reproach_is_heard(words: str) -> None:
    assert context(words).reproach


@pytest.mark.parametrize(
    ("words", "ironic"),
    [
        ("Great, the train is cancelled", True),
        ("Oh joy, the heating is broken", True),
        ("yeah right", True),
        ("thanks 🙄", True),
        ("太好了，火车又取消了", True),
        ("我信你才怪", True),
        ("Great, the train is here", False),
        ("The train is cancelled", False),
        ("Great, it was broken but now it works", False),
        ("太好了，火车来了", False),
    ],
)
def test_praise_of_a_mishap_may_be_meant_the_other_way(words: str, *, ironic: bool) -> None:
    assert context(words).ironic is ironic


@pytest.mark.parametrize("words", ["according to the paper it rains", "听说那里下雨"])
def test_a_report_is_heard_where_the_speaker_is_not_in_it(words: str) -> None:
    assert context(words).reported
    assert not context(words + (" and I go" if words.isascii() else "，我去")).reported


@pytest.mark.parametrize(
    ("words", "emotion"),
    [
        ("I was over the moon", Emotion.HAPPY),
        ("she drives me up the wall", Emotion.ANGRY),
        ("it was a piece of cake", Emotion.NEUTRAL),
        ("我心里的石头落地了", Emotion.HAPPY),
        ("我如坐针毡", Emotion.FEAR),
        ("心都碎了", Emotion.SAD),
    ],
)
def test_a_turn_of_phrase_means_its_feeling(words: str, emotion: Emotion) -> None:
    feelings = [feeling for feeling in context(words).feelings if feeling.match.entry.idiom]
    assert [feeling.emotion for feeling in feelings] == [emotion]


@pytest.mark.parametrize(
    "words", ["", "the bus stops at the corner", "公交车停在路口", "12 34", "e\u0301 a\u0308", "👩‍👩‍👧"]
)
def test_nothing_is_found_where_nothing_is(words: str) -> None:
    found = context(words)
    assert (found.feelings, found.signs.emotions, found.contrast) == ((), (), None)
    assert not any((found.wish, found.reproach, found.supposed, found.asked, found.reported, found.ironic))
