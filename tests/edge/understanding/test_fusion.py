from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.affect import EMOTIONS, Affect, Emotion, Reading, Sense
from edge.understanding.fusion import BUILT_IN, FADE_S, KINDS, Pool, Trust, agreement, heard, pool, weigh

SECOND = 10**9
ALL = dict.fromkeys(Sense, 1.0)
FITTED = Pool(
    {
        Sense.FACE: Trust(0.93, (0.9, 1.0, 0.8, 1.1, 1.1, 1.1, 0.9), (0.0, 0.3, 0.2, 0.0, 0.0, 0.0, -0.4)),
        Sense.VOICE: Trust(0.92, knows=BUILT_IN.trusts[Sense.VOICE].knows, sharpness=0.5),
        Sense.TEXT: Trust(0.9, offsets=(-0.2, 0.1, 0.1, 0.0, 0.1, 0.0, -0.1), sharpness=0.5),
    },
    temperature=0.8,
)


def affect(emotion: Emotion, confidence: float) -> Affect:
    rest = (1 - confidence) / (KINDS - 1)
    return Affect.of(tuple(confidence if e is emotion else rest for e in EMOTIONS))


@st.composite
def affects(draw: st.DrawFn) -> Affect:
    weights = draw(st.lists(st.floats(0, 1), min_size=KINDS, max_size=KINDS).filter(lambda found: sum(found) > 0.01))
    return Affect.of(tuple(weight / sum(weights) for weight in weights))


@st.composite
def trios(draw: st.DrawFn) -> dict[Sense, Reading]:
    senses = draw(st.sets(st.sampled_from(Sense), min_size=1))
    return {
        sense: Reading(sense, draw(st.integers(0, 5)) * SECOND, draw(affects()), draw(st.floats(0, 1)))
        for sense in senses
    }


@pytest.mark.parametrize("by", [BUILT_IN, FITTED], ids=["built in", "fitted"])
@given(readings=trios())
def test_probabilities_sum_to_one_and_nothing_is_ruled_out(by: Pool, readings: dict[Sense, Reading]) -> None:
    found = pool(weigh(heard(readings, by), ALL, 5 * SECOND), by)
    assert sum(found.probabilities) == pytest.approx(1)
    assert all(p > 0 for p in found.probabilities)
    assert -1 <= found.valence <= 1
    assert -1 <= found.arousal <= 1


@pytest.mark.parametrize("by", [BUILT_IN, FITTED], ids=["built in", "fitted"])
@given(readings=trios())
def test_the_order_in_which_senses_spoke_does_not_matter(by: Pool, readings: dict[Sense, Reading]) -> None:
    found = [pool(weigh(heard(dict(order), by), ALL, 5 * SECOND), by) for order in permutations(readings.items())]
    assert all(one == found[0] for one in found)


@given(readings=trios(), absent=st.sampled_from(Sense), way=st.sampled_from(["abstains", "faded", "ignored", "poor"]))
def test_an_absent_sense_changes_nothing(readings: dict[Sense, Reading], absent: Sense, way: str) -> None:
    others = {sense: one for sense, one in readings.items() if sense is not absent}
    now_ns, factors, said = 10 * SECOND, dict(ALL), affect(Emotion.HAPPY, 0.9)
    there = {
        "abstains": Reading(absent, now_ns, None, 0.0, reason="too dark"),
        "faded": Reading(absent, int(now_ns - 3 * FADE_S[absent] * SECOND) - 1, said, 1.0),
        "ignored": Reading(absent, now_ns, said, 1.0),
        "poor": Reading(absent, now_ns, said, 0.0),
    }[way]
    if way == "ignored":
        factors[absent] = 0.0
    with_it = pool(weigh(heard(others | {absent: there}, FITTED), factors, now_ns), FITTED)
    assert with_it == pool(weigh(heard(others, FITTED), factors, now_ns), FITTED)


def test_two_that_agree_outvote_a_third_however_sure_it_is() -> None:
    readings = {
        Sense.FACE: Reading(Sense.FACE, 0, affect(Emotion.SAD, 0.8), 1.0),
        Sense.TEXT: Reading(Sense.TEXT, 0, affect(Emotion.SAD, 0.8), 1.0),
        Sense.VOICE: Reading(Sense.VOICE, 0, affect(Emotion.HAPPY, 1.0), 1.0),
    }
    assert pool(weigh(heard(readings, FITTED), ALL, 0), FITTED).label is Emotion.SAD


def test_the_voice_says_nothing_of_surprise() -> None:
    silent = {Sense.FACE: Reading(Sense.FACE, 0, affect(Emotion.SURPRISE, 0.7), 1.0)}
    said = silent | {Sense.VOICE: Reading(Sense.VOICE, 0, affect(Emotion.SURPRISE, 0.125), 1.0)}
    logs = FITTED.trusts[Sense.VOICE].logs(affect(Emotion.SURPRISE, 0.125).probabilities, 1.0)
    assert logs[EMOTIONS.index(Emotion.SURPRISE)] == 0.0
    assert pool(weigh(heard(said, FITTED), ALL, 0), FITTED).label is Emotion.SURPRISE


def test_poor_quality_and_a_lower_factor_of_the_user_weaken_a_sense() -> None:
    def sad(quality: float, factor: float) -> float:
        readings = {Sense.TEXT: Reading(Sense.TEXT, 0, affect(Emotion.SAD, 0.9), quality)}
        return pool(weigh(heard(readings, FITTED), ALL | {Sense.TEXT: factor}, 0), FITTED).confidence

    assert sad(1.0, 1.0) > sad(0.3, 1.0) > sad(0.05, 1.0)
    assert sad(1.0, 1.0) > sad(1.0, 0.5) > sad(1.0, 0.1)


def test_agreement_is_none_for_one_sense_above_it_where_they_agree_and_below_where_they_do_not() -> None:
    def of(face: Emotion, text: Emotion | None) -> float:
        readings = {Sense.FACE: Reading(Sense.FACE, 0, affect(face, 0.95), 1.0)}
        if text is not None:
            readings[Sense.TEXT] = Reading(Sense.TEXT, 0, affect(text, 0.95), 1.0)
        return agreement(weigh(heard(readings, BUILT_IN), ALL, 0), BUILT_IN)

    assert of(Emotion.SAD, None) == pytest.approx(0, abs=1e-9)
    assert of(Emotion.SAD, Emotion.SAD) > 0.5
    assert of(Emotion.SAD, Emotion.HAPPY) < -0.2
