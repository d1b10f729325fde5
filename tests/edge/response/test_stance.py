from __future__ import annotations

from dataclasses import fields
from itertools import product

import pytest

from edge.affect import EMOTIONS, Emotion, Look, Style
from edge.response.contexts import MANNERS
from edge.response.stance import BEARINGS, ROWS, Stance, stance_for
from edge.response.strategy import Strategy

EVERY = list(product(Strategy, (*EMOTIONS, None), MANNERS))


@pytest.mark.parametrize("emotion", [Emotion.ANGRY, Emotion.FEAR, Emotion.DISGUST])
def test_who_is_stirred_up_is_calmed_whatever_is_said(emotion: Emotion) -> None:
    assert {stance_for(strategy, emotion, "home") for strategy in Strategy} == {Stance.CALM}


def test_joy_is_shared_but_for_where_reserve_is_in_place() -> None:
    assert stance_for(Strategy.AFFIRM, Emotion.HAPPY, "home") is Stance.MIRROR
    assert stance_for(Strategy.AFFIRM, Emotion.HAPPY, "car") is Stance.HALFWAY
    assert stance_for(Strategy.AFFIRM, Emotion.HAPPY, "service") is Stance.HALFWAY


def test_sadness_is_met_halfway_and_calmed_by_what_is_meant_to_reassure() -> None:
    assert stance_for(Strategy.REFLECT, Emotion.SAD, "home") is Stance.HALFWAY
    assert stance_for(Strategy.REASSURE, Emotion.SAD, "home") is Stance.CALM


@pytest.mark.parametrize("label", [None, Emotion.NEUTRAL])
def test_where_nothing_is_clear_nothing_is_gone_along_with(label: Emotion | None) -> None:
    assert {stance_for(strategy, label, "home") for strategy in Strategy} == {Stance.STEADY}


def test_a_fact_is_told_plainly() -> None:
    assert stance_for(Strategy.INFORM, Emotion.HAPPY, "home") is Stance.STEADY


def test_every_row_decides_something_and_every_case_is_decided() -> None:
    first = [next(row for row in ROWS if row.matches(*case)) for case in EVERY]
    assert {row.why for row in first} == {row.why for row in ROWS}


@pytest.mark.parametrize("stance", Stance)
def test_the_bounds_of_a_stance_hold_the_usual_voice_or_lie_on_one_side_of_it(stance: Stance) -> None:
    bearing = BEARINGS[stance]
    for low, high in ((bearing.lowest, bearing.highest), (bearing.least, bearing.most)):
        assert all(getattr(low, field.name) <= getattr(high, field.name) for field in fields(low))
    if stance is Stance.CALM:
        calm, usual = bearing.highest, Style()
        assert (calm.rate < usual.rate, calm.pitch <= usual.pitch, calm.volume < usual.volume) == (True, True, True)
        assert bearing.lowest.pause >= usual.pause
    assert bearing.least.mouth == Look().mouth
