from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.affect import Emotion, Language, Reading
from edge.understanding.graph.graph import graph
from edge.understanding.turns import Turns, TurnsSettings
from tests.edge.understanding.words import phrases, probability, said

E = Emotion


def take(turns: Turns, reading: Reading, believed: Emotion | None = None) -> Reading:
    words = reading.words or ""
    language = Language.EN if words.isascii() else Language.ZH
    return turns.take(reading, graph(language).read(words), believed)


def turns(**settings: object) -> Turns:
    return Turns(TurnsSettings.model_validate(settings))


CONTENTLESS = [
    "Yes.", "yeah", "Still.", "Same as before.", "Mm, yes", "I'm still the same.", "like I said", "嗯", "嗯嗯。",
    "是的", "还是那样", "老样子", "跟刚才一样。", "对，是啊",
]  # fmt: skip


@pytest.mark.parametrize("words", CONTENTLESS)
def test_an_answer_without_content_keeps_the_mood_of_the_turn_before(words: str) -> None:
    remembering = turns(carry=0.5)
    first = take(remembering, said("It all went to pieces today", E.SAD))
    kept = take(remembering, said(words, E.NEUTRAL, at_s=5))
    assert kept.affect == first.affect
    assert kept.quality == pytest.approx(first.quality * 0.5)
    assert "goes on from what was said before" in phrases(kept)


@pytest.mark.parametrize("words", CONTENTLESS)
def test_it_also_keeps_it_where_the_text_sense_abstains(words: str) -> None:
    remembering = turns()
    take(remembering, said("这日子没法过了", E.ANGRY))
    kept = take(remembering, said(words, None, at_s=5))
    assert kept.affect is not None
    assert kept.affect.label is E.ANGRY
    assert kept.reason is None


def test_a_mood_that_is_kept_again_and_again_fades() -> None:
    remembering = turns()
    qualities = [take(remembering, said("It hurts", E.SAD)).quality]
    qualities += [take(remembering, said("yes", at_s=t)).quality for t in (1, 2, 3)]
    assert qualities == sorted(qualities, reverse=True)
    assert len(set(qualities)) == 4


@pytest.mark.parametrize(
    "words", ["Yes, and I lost my job.", "Still waiting for the bus to come", "是的我被裁了", "No."]
)
def test_an_answer_with_content_stands_for_itself(words: str) -> None:
    remembering = turns()
    take(remembering, said("We had fun", E.HAPPY))
    reading = said(words, E.SAD, at_s=5)
    assert take(remembering, reading).affect == reading.affect


def test_without_a_turn_before_nothing_is_kept() -> None:
    reading = said("yes")
    assert take(turns(), reading) == reading


@pytest.mark.parametrize("at_s", [120.1, 4000, -1])
def test_what_was_said_too_long_ago_or_in_another_time_is_forgotten(at_s: float) -> None:
    remembering = turns(seconds=120)
    take(remembering, said("It hurts", E.SAD))
    reading = said("yes", at_s=at_s)
    assert take(remembering, reading) == reading


def test_forgetting_leaves_nothing() -> None:
    remembering = turns()
    take(remembering, said("It hurts", E.SAD))
    remembering.forget()
    reading = said("yes", at_s=1)
    assert take(remembering, reading) == reading


def test_no_turn_is_remembered_when_none_may_be() -> None:
    remembering = turns(utterances=0)
    take(remembering, said("It hurts", E.SAD))
    reading = said("yes", at_s=1)
    assert take(remembering, reading) == reading


@pytest.mark.parametrize(
    ("words", "believed", "denied"),
    [
        ("No, I'm fine.", E.SAD, E.SAD),
        ("I'm okay, really.", E.ANGRY, E.ANGRY),
        ("You're wrong.", E.FEAR, E.FEAR),
        ("I'm not angry!", E.ANGRY, E.ANGRY),
        ("I'm not really scared", E.SAD, E.FEAR),
        ("我没生气", E.ANGRY, E.ANGRY),
        ("没事，我挺好的", E.SAD, E.SAD),
        ("我才没有哭呢", E.SAD, E.SAD),
        ("你看错了", E.FEAR, E.FEAR),
        ("I'm not happy.", E.HAPPY, E.HAPPY),
    ],
)
def test_a_denial_takes_from_what_was_believed(words: str, believed: Emotion, denied: Emotion) -> None:
    reading = said(words, denied, 0.5)
    lowered = take(turns(denied=0.8), reading, believed)
    assert probability(lowered, denied) == pytest.approx(0.1)
    assert probability(lowered, E.NEUTRAL) > probability(reading, E.NEUTRAL) + 0.3
    assert phrases(lowered)[-1] == f"denies being {denied}"


def test_a_denial_counts_where_the_text_sense_abstains() -> None:
    lowered = take(turns(), said("我没生气", None), E.ANGRY)
    assert probability(lowered, E.ANGRY) < 0.05
    assert lowered.quality == 0.5


@pytest.mark.parametrize(
    ("words", "believed"),
    [
        ("I'm fine.", E.HAPPY),
        ("I'm fine.", None),
        ("I'm not fine.", E.SAD),
        ("我不是很好", E.SAD),
        ("He is not angry", E.ANGRY),
        ("If I'm okay we go out", E.SAD),
    ],
)
def test_what_denies_nothing_takes_nothing(words: str, believed: Emotion | None) -> None:
    reading = said(words, E.SAD, 0.5)
    assert take(turns(), reading, believed) == reading


def test_an_event_that_comes_back_counts_for_more_each_time() -> None:
    remembering = turns(returning=0.1)
    qualities = []
    for at_s, words in enumerate(
        ("I failed the exam.", "It rains.", "I failed the exam, you know", "I failed that exam")
    ):
        reading = take(remembering, said(words, E.SAD, at_s=at_s))
        qualities.append(reading.quality)
    assert qualities == pytest.approx([0.8, 0.8, 0.88, 0.96])
    assert "comes back to the exam" in phrases(reading)
    assert next(cue for cue in reading.cues if cue.name == "return").quotes


def test_what_is_remembered_is_bounded() -> None:
    remembering = turns(utterances=3)
    for at_s in range(50):
        take(remembering, said("I failed the exam.", E.SAD, at_s=at_s))
    assert len(remembering._turns) == 3
    remembering.adopt(TurnsSettings(utterances=1))
    assert len(remembering._turns) == 1


def test_no_word_is_remembered() -> None:
    remembering = turns()
    take(remembering, said("I failed the exam with Rosalind", E.SAD))
    assert "Rosalind" not in repr(remembering._turns)


@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from([*CONTENTLESS, "I'm fine", "我没生气", "I failed the exam", "hello"]),
            st.sampled_from([None, *Emotion]),
            st.sampled_from([None, *Emotion]),
            st.integers(-5, 400),
        ),
        max_size=12,
    )
)
def test_any_talk_gives_readings_that_can_be_used(
    steps: list[tuple[str, Emotion | None, Emotion | None, int]],
) -> None:
    remembering = turns()
    for words, emotion, believed, at_s in steps:
        reading = take(remembering, said(words, emotion, at_s=at_s), believed)
        assert 0 <= reading.quality <= 1
        assert (reading.affect is None) == (reading.reason is not None)
        assert reading.words == words
