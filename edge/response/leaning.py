"""Whether something was told that is likely hard or likely good, where no feeling can be named.

"The bus was forty minutes late and I got soaked" names no feeling, and is still no good news.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from edge.affect import CIRCUMPLEX, EMOTIONS

if TYPE_CHECKING:
    from edge.affect import Affect
    from edge.understanding.graph.graph import Event

HARD_VALENCE, GOOD_VALENCE = -0.25, 0.35
"""Valence of words or of an event up to which it counts as hard, and from which it counts as good. To answer something
hard as if it were good is worse than the other way round."""


class Leaning(StrEnum):
    """What is told, without a feeling. Each has templates of its own."""

    HARD = "hard"
    GOOD = "good"


def leaning(said: Affect | None, event: Event | None) -> Leaning | None:
    """What the words and the event in them lean to; None where nothing tells, or the two lean apart."""
    found = {_side(valence) for valence in (_valence_of(event), None if said is None else said.valence)} - {None}
    return found.pop() if len(found) == 1 else None


def _side(valence: float | None) -> Leaning | None:
    if valence is None or HARD_VALENCE < valence < GOOD_VALENCE:
        return None
    return Leaning.HARD if valence <= HARD_VALENCE else Leaning.GOOD


def _valence_of(event: Event | None) -> float | None:
    """Mean valence of what is likely felt."""
    if event is None:
        return None
    return sum(part * CIRCUMPLEX[emotion][0] for part, emotion in zip(event.feel, EMOTIONS, strict=True))
