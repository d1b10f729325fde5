from __future__ import annotations

import pytest

from edge.affect import Affect, Emotion, Language
from edge.response.leaning import Leaning, leaning
from edge.understanding.graph.graph import find
from tests.edge.response.support import affect_of

CALM = affect_of(Emotion.NEUTRAL, 0.8)


def of_valence(valence: float) -> Affect:
    return Affect(CALM.probabilities, valence, 0.0)


@pytest.mark.parametrize(
    ("valence", "side"),
    [(-1.0, Leaning.HARD), (-0.25, Leaning.HARD), (-0.24, None), (0.0, None), (0.34, None), (0.35, Leaning.GOOD)],
)
def test_words_lean_by_their_valence(valence: float, side: Leaning | None) -> None:
    assert leaning(of_valence(valence), None) is side


def test_an_event_tells_where_words_do_not_and_nothing_does_where_they_lean_apart() -> None:
    (promotion,) = find("I got a promotion", Language.EN)
    assert leaning(of_valence(0.0), promotion.event) is Leaning.GOOD
    assert leaning(None, promotion.event) is Leaning.GOOD
    assert leaning(of_valence(-0.9), promotion.event) is None
    assert leaning(None, None) is None
