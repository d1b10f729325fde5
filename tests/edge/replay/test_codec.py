from __future__ import annotations

import json
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.affect import Affect, Alertness, Cue, Emotion, Episode, Language, Reading, Sense, Stage, State
from edge.replay.codec import built, line, parsed, plain, state_without_words, without_words
from edge.understanding.settings import UnderstandingSettings
from edge.understanding.understanding import Understanding
from tests.edge.replay.support import SAID, reading, said

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(value=FINITE, strength=FINITE)
def test_a_float_comes_back_with_the_same_bits(value: float, strength: float) -> None:
    cue = Cue("x", value, "Hz", "…", strength, quotes=True)
    back = built(Cue, parsed(line(plain(cue))))
    assert (back.value.hex(), back.strength.hex()) == (value.hex(), strength.hex())


@given(weights=st.lists(st.floats(min_value=1e-6, max_value=1), min_size=7, max_size=7), quality=st.floats(0, 1))
def test_a_reading_and_its_state_come_back_as_they_were(weights: list[float], quality: float) -> None:
    total = sum(weights)
    given = Reading(
        Sense.TEXT, 2**62, Affect.of(tuple(w / total for w in weights)), quality, words="嗯", language=Language.ZH
    )
    state = Understanding(UnderstandingSettings()).update(given)
    assert built(Reading, parsed(line(plain(given)))) == given
    assert built(State, parsed(line(plain(state)))) == state


def test_what_views_tell_comes_back_as_it_was() -> None:
    for event in (Episode(Emotion.SAD, 1, 2, 0.1 + 0.2, None), Alertness(3, Stage.TIRED, "blinks", 0.1, None, 2)):
        assert built(type(event), parsed(line(plain(event)))) == event


@pytest.mark.parametrize("number", [nan, inf, -inf])
def test_what_is_no_number_is_neither_written_nor_read(number: float) -> None:
    record = plain(Cue("x", number, "", "…", 0.5))
    with pytest.raises(ValueError, match="not JSON compliant"):
        line(record)
    with pytest.raises(ValueError, match="is no number"):
        parsed(json.dumps(record).encode())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"quality": "0.3"}, "quality"),
        ({"quality": None}, "quality"),
        ({"sense": "nose"}, "sense"),
        ({"cues": [{"name": "x"}]}, "cues.0"),
        ({"affect": {"probabilities": [1.0] * 7, "valence": 0.0, "arousal": 0.0}}, "affect"),
        ({"captured_ns": 1.5}, "captured_ns"),
        ({"mood": 1}, "mood: this version does not know"),
        ({"affect": {**plain(reading().affect), "dominance": 1}}, r"affect\.dominance"),
    ],
)
def test_what_does_not_fit_is_named(change: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        built(Reading, plain(reading()) | change)


def test_what_is_no_object_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON object"):
        parsed(b"[]")


def test_nothing_that_was_said_is_left_and_all_else_is() -> None:
    given = said()
    state = Understanding(UnderstandingSettings()).update(given)
    for value in (without_words(given), state_without_words(state)):
        assert SAID not in repr(value)
    kept = without_words(given)
    assert (kept.affect, kept.language, kept.cues[0].strength) == (given.affect, given.language, 0.9)
    assert without_words(reading()) == reading()


def test_understanding_makes_of_a_reading_without_its_words_the_state_without_them() -> None:
    one, other = Understanding(UnderstandingSettings()), Understanding(UnderstandingSettings())
    for said_or_seen in (reading(), said(0.1), reading(at_s=0.2)):
        assert other.update(without_words(said_or_seen)) == state_without_words(one.update(said_or_seen))
