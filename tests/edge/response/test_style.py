from __future__ import annotations

from itertools import product

import pytest

from edge.affect import Emotion, Style
from edge.response.strategy import Strategy
from edge.response.style import style_for


@pytest.mark.parametrize("emotion", [Emotion.ANGRY, Emotion.FEAR, Emotion.SAD])
def test_hard_feelings_are_answered_slower_lower_and_softer(emotion: Emotion) -> None:
    style = style_for(emotion, 0.8, Strategy.REFLECT, "home")
    assert style.rate < 0.95
    assert style.pitch < 0
    assert style.volume < 0.95


def test_joy_is_answered_brighter_and_calm_or_unsure_in_the_usual_voice() -> None:
    happy = style_for(Emotion.HAPPY, 0.8, Strategy.AFFIRM, "home")
    assert (happy.rate > 1, happy.pitch > 0) == (True, True)
    assert style_for(Emotion.NEUTRAL, 0.8, Strategy.AFFIRM, "home") == Style()
    assert style_for(None, 0.8, Strategy.QUESTION, "home") == Style()


def test_the_less_sure_the_nearer_to_the_usual_voice() -> None:
    sure, doubtful = (style_for(Emotion.ANGRY, c, Strategy.REFLECT, "home") for c in (0.95, 0.4))
    assert sure.rate < doubtful.rate < 1
    assert sure.pitch < doubtful.pitch < 0


def test_in_a_car_nothing_is_said_more_softly_than_usual() -> None:
    assert style_for(Emotion.ANGRY, 0.8, Strategy.REFLECT, "car").volume == 1.0


@pytest.mark.parametrize(("emotion", "strategy"), list(product(Emotion, Strategy)))
def test_styles_stay_within_what_sounds_natural(emotion: Emotion, strategy: Strategy) -> None:
    style = style_for(emotion, 1.0, strategy, "home")
    assert 0.8 <= style.rate <= 1.1
    assert -2 <= style.pitch <= 2
    assert 0.8 <= style.volume <= 1.0
