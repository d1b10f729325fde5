from __future__ import annotations

import pytest

from edge.affect import Emotion, Language, Reading, Sense
from edge.understanding.graph.graph import graph
from edge.understanding.sarcasm import SarcasmSettings, doubted, tempered
from tests.edge.understanding.words import affect, phrases, said, sensed

E, FACE, VOICE = Emotion, Sense.FACE, Sense.VOICE


def judged(reading: Reading, *others: Reading, **settings: object) -> Reading:
    words = reading.words or ""
    language = Language.EN if words.isascii() else Language.ZH
    near = {other.sense: other for other in others}
    return doubted(reading, graph(language).read(words), near, SarcasmSettings.model_validate(settings))


@pytest.mark.parametrize(
    ("words", "other", "why"),
    [
        ("What a beautiful day", sensed(VOICE, E.ANGRY), "in another voice"),
        ("今天真开心", sensed(VOICE, E.SAD), "in another voice"),
        ("Oh great.", sensed(VOICE, E.NEUTRAL, cue="flat melody"), "in a flat voice"),
        ("Thanks a lot!", sensed(VOICE, E.NEUTRAL, cue="slow speech"), "in a flat voice"),
        ("太好了。", sensed(VOICE, E.NEUTRAL, cue="flat melody"), "in a flat voice"),
        ("你可真行", sensed(VOICE, E.NEUTRAL, cue="low voice"), "in a flat voice"),
        ("What a beautiful day", sensed(FACE, E.DISGUST), "with another face"),
        ("Just what I needed", sensed(FACE, E.NEUTRAL, cue="mouth corners down"), "with another face"),
    ],
)
def test_cheerful_words_that_do_not_fit_are_less_sure_and_the_reason_is_told(
    words: str, other: Reading, why: str
) -> None:
    reading = said(words, E.HAPPY, 0.8)
    found = judged(reading, other)
    assert reading.affect is not None
    assert found.affect is not None
    assert found.affect.confidence < reading.affect.confidence - 0.1
    assert found.affect.label is E.HAPPY
    assert 0 < found.affect.valence < reading.affect.valence
    assert phrases(found) == [f"cheerful words {why}: perhaps not meant"]
    assert not found.cues[0].quotes


def test_cheerful_words_for_bad_news_are_doubted_and_the_reason_stays_on_the_device() -> None:
    found = judged(said("Oh great, my car broke down.", E.HAPPY, 0.8))
    assert phrases(found) == ["cheerful words for bad news: perhaps not meant"]
    assert found.cues[0].quotes


def test_several_signs_are_all_told() -> None:
    found = judged(said("太好了，车又抛锚了。", E.HAPPY), sensed(VOICE, E.ANGRY), sensed(FACE, E.ANGRY))
    assert [phrase.split(":")[0] for phrase in phrases(found)] == [
        "cheerful words in another voice",
        "cheerful words with another face",
        "cheerful words for bad news",
    ]


@pytest.mark.parametrize(
    ("reading", "other"),
    [
        (said("What a beautiful day", E.HAPPY), sensed(VOICE, E.HAPPY)),
        (said("What a beautiful day", E.HAPPY), sensed(VOICE, E.NEUTRAL, cue="flat melody")),
        (said("What a beautiful day", E.HAPPY), sensed(VOICE, E.ANGRY, 0.4)),
        (said("What a beautiful day", E.HAPPY, at_s=10), sensed(VOICE, E.ANGRY, at_s=5)),
        (said("This is awful", E.SAD), sensed(VOICE, E.ANGRY)),
        (said("Thanks a lot!", E.HAPPY), sensed(FACE, E.HAPPY, cue="smiling")),
        (said("I got a raise!", E.HAPPY), sensed(FACE, E.HAPPY)),
        (said("mumble", None), sensed(FACE, E.ANGRY)),
        (said("It may be so", E.HAPPY, 0.3), sensed(FACE, E.ANGRY)),
    ],
)
def test_words_that_fit_or_are_not_cheerful_stay_as_they_are(reading: Reading, other: Reading) -> None:
    assert judged(reading, other) == reading


def test_nothing_is_doubted_where_the_settings_say_so() -> None:
    reading = said("Oh great", E.HAPPY)
    assert judged(reading, sensed(VOICE, E.ANGRY), lowered=0) == reading
    assert judged(reading, sensed(VOICE, E.ANGRY), contrary=0.9) == reading
    assert judged(reading, sensed(VOICE, E.ANGRY), cheerful=0.9) == reading


def test_lowered_to_the_full_the_words_say_nothing() -> None:
    found = judged(said("Oh great", E.HAPPY), sensed(VOICE, E.ANGRY), lowered=1)
    assert found.affect is not None
    assert found.affect.probabilities == pytest.approx((1 / 7,) * 7)
    assert found.affect.valence == 0


def test_a_power_of_one_changes_nothing() -> None:
    joy = affect(E.HAPPY, 0.7)
    assert tempered(joy, 1).probabilities == pytest.approx(joy.probabilities)
