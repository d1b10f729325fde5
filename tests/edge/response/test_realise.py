"""Which of the sentences that fit are offered."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from edge.affect import Emotion, Language
from edge.response.contexts import manner
from edge.response.library import load_library
from edge.response.realise import DAY_NS, Realiser
from edge.response.settings import ResponseSettings
from edge.response.strategy import Moment, Strategy
from edge.response.talk import Talk
from tests.edge.response.support import state_of

if TYPE_CHECKING:
    from edge.response.candidates import Candidate

GLAD = Moment(Talk.GLAD, Emotion.HAPPY, 0.8, 0.3, 0.9)


def offered(realiser: Realiser, day: int) -> list[Candidate]:
    filling = realiser.filling(state_of(Emotion.HAPPY), "We did it", Talk.GLAD)
    return realiser.options(Talk.GLAD, Strategy.REFLECT, GLAD, filling, day * (DAY_NS + 1))


@pytest.mark.parametrize("language", Language)
def test_who_always_takes_the_favourite_does_not_say_the_same_every_day(language: Language) -> None:
    library = load_library(language)
    realiser = Realiser(library, ResponseSettings(seed=1), "home", manner("home").longest(language))
    texts = len(library.of(Talk.GLAD, Strategy.REFLECT))
    spoken = []
    for day in range(2 * texts):
        best = min(offered(realiser, day), key=lambda candidate: candidate.text)
        realiser.spoken(best, day * (DAY_NS + 1))
        spoken.append(best.text)
    assert all(one != other for one, other in pairwise(spoken))
    assert max(spoken.count(text) for text in spoken) <= -(-len(spoken) // 2)
