"""Moments, answers and hands on the clocks for the tests of learning."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from edge.affect import Affect, Emotion, Sense, State
from edge.learning.answers import Answer
from edge.learning.learner import Learner
from edge.learning.settings import LearningSettings
from edge.learning.situation import Situation
from edge.outlets.calendar import Calendar, Clocks
from edge.response.strategy import Moment, Strategy, rule_for
from edge.response.talk import Talk
from tests.edge.response.support import affect_of

if TYPE_CHECKING:
    from edge.learning.feedback import Verdict
    from edge.privacy.clerk import Clerk

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
DAY = date(2026, 5, 10)


def moment(label: Emotion | None = Emotion.SAD, turns: int = 0, talk: Talk | None = Talk.STATEMENT) -> Moment:
    affect = affect_of(label or Emotion.NEUTRAL, 0.8)
    return Moment(talk, label, affect.valence, affect.arousal, affect.confidence, turns, minute=600)


def situation(label: str = "sad", valence: float = -0.5, **what: object) -> Situation:
    plain = Situation(label, valence, -0.2, 0.8, "statement", 0, (), "afternoon", "home")
    return replace(plain, **what)  # type: ignore[arg-type]


def answer(
    strategy: str = "reflect", label: str = "sad", valence: float = -0.5, *, rank: int = 0, **what: object
) -> Answer:
    plain = Answer(DAY, strategy, rank, situation(label, valence))
    return replace(plain, **what)  # type: ignore[arg-type]


def verdicts(*told: tuple[str, Verdict]) -> list[Answer]:
    return [answer(strategy, verdict=verdict) for strategy, verdict in told]


def state(valence: float, label: Emotion | None = Emotion.SAD, *, sensed: bool = True) -> State:
    affect = affect_of(label or Emotion.NEUTRAL, 0.8)
    affect = Affect(affect.probabilities, valence, affect.arousal)
    shares = ((Sense.FACE, 1.0),) if sensed else ()
    return State(0, label, affect, None if label else "nothing", shares, (), ())


class Wall:
    """Clocks that are turned by hand."""

    def __init__(self) -> None:
        self.ran_s = 0.0
        self.wall_s = 1_778_400_000.0  # 2026-05-10, UTC

    def run(self, seconds: float) -> None:
        self.ran_s += seconds
        self.wall_s += seconds

    def calendar(self) -> Calendar:
        def ns() -> int:
            return int(self.ran_s * 1e9)

        return Calendar("UTC", Clocks(ns, ns, lambda: self.wall_s))


def learner(clerk: Clerk | None = None, wall: Wall | None = None, **settings: object) -> Learner:
    return Learner(
        LearningSettings.model_validate(settings), "home", seed=1, clerk=clerk, calendar=(wall or Wall()).calendar()
    )


def answered(made: Learner, now_ns: int, label: Emotion | None = Emotion.SAD, turns: int = 0) -> Strategy:
    """Let it order, and answer by the first."""
    at = moment(label, turns)
    strategy = made.order(rule_for(at), at)[0]
    made.learn(at, strategy, now_ns)
    return strategy
