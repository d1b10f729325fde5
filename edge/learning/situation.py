"""What was the case when the device answered, as it is kept, and as the numbers that learning looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.affect import EMOTIONS, UNSURE
from edge.response.contexts import MANNERS
from edge.response.strategy import RECENT, Strategy
from edge.response.talk import Talk
from edge.response.template import Part

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.response.strategy import Moment

LABELS = (*(emotion.value for emotion in EMOTIONS), UNSURE)
SAID = ("nothing", Talk.STATEMENT.value, Talk.SHORT.value, "other")
"""What was said, as far as learning tells it apart."""
MOST_TURNS = 5
"""From here on a talk is long, and no longer longer."""


@dataclass(frozen=True, slots=True)
class Situation:
    """One moment, coarsely: no words, no time but the part of the day (None where nobody knew it).

    ``label`` is the emotion that was answered, or "unsure"; ``talk`` a ``Talk`` or None; ``recent`` the latest
    strategies, the newest last; ``place`` a context of ``edge.response.contexts``.
    """

    label: str
    valence: float
    arousal: float
    confidence: float
    talk: str | None
    turns: int
    recent: tuple[str, ...]
    part: str | None
    place: str

    @classmethod
    def of(cls, moment: Moment, place: str) -> Situation:
        """The situation of a moment; numbers to two decimals, which is finer than the models can tell."""
        return cls(
            UNSURE if moment.label is None else moment.label.value,
            round(moment.valence, 2),
            round(moment.arousal, 2),
            round(moment.confidence, 2),
            None if moment.talk is None else moment.talk.value,
            min(moment.turns, MOST_TURNS),
            tuple(strategy.value for strategy in moment.recent),
            None if moment.minute is None else Part.at(moment.minute).value,
            place,
        )


def _named(prefix: str, names: tuple[str, ...]) -> list[str]:
    return [f"{prefix} {name}" for name in names]


STRATEGIES = tuple(strategy.value for strategy in Strategy)
FEATURES = (
    "always",
    *_named("feels", LABELS),
    *_named("said", SAID),
    *_named("after", STRATEGIES),
    *_named("part", tuple(part.value for part in Part)),
    *_named("place", tuple(MANNERS)),
    "valence",
    "arousal",
    "confidence",
    "turns",
    "lately",
    "rank",
)
"""Names of the numbers of ``vector``, in order."""
_AT = {name: place for place, name in enumerate(FEATURES)}


def vector(situation: Situation) -> NDArray[np.float64]:
    """(len(FEATURES),) numbers within [-1, 1]: 1 for what is the case, and four that are measured.

    The last two depend on the strategy and are 0 here: ``lately``, which the function gives, and ``rank``, its place in
    the rules' order.
    """
    row = np.zeros(len(FEATURES))
    talk = situation.talk or "nothing"
    said = talk if talk in SAID else "other"
    held = ["always", f"feels {situation.label}", f"said {said}", f"place {situation.place}"]
    if situation.recent:
        held.append(f"after {situation.recent[-1]}")
    if situation.part is not None:
        held.append(f"part {situation.part}")
    for name in held:
        if name in _AT:  # what a later version does not know any more says nothing
            row[_AT[name]] = 1.0
    row[_AT["valence"]] = situation.valence
    row[_AT["arousal"]] = situation.arousal
    row[_AT["confidence"]] = situation.confidence
    row[_AT["turns"]] = situation.turns / MOST_TURNS
    return row


def lately(situation: Situation, strategy: str) -> float:
    """How much of what was lately answered was this strategy, 0 to 1."""
    return situation.recent.count(strategy) / RECENT
