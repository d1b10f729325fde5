"""What a face always looks like to the model is the face, and not a feeling: a bounded correction.

As decision 0008 does for the voice, in another way: the median over time of each emotion's log-probability, less what
the model says of people at rest, is taken away from what it says now. The median and not the mean, so that what
somebody feels in less than half of the time is not taken for their face; and never more than a bound, so that nobody's
real feeling is explained away. It is off by default: docs/understanding/person.md tells what it was worth.
"""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING

from edge.affect import CIRCUMPLEX, EMOTIONS, Affect

if TYPE_CHECKING:
    from collections.abc import Sequence

EVERYONE = (-4.61, -4.61, -4.61, -4.61, -3.43, -4.61, -0.10)
"""(emotions,) median log-probability, at least log(FLOOR), that the face sense gives to the faces of FER+ PublicTest
that most people call neutral: ``python -m converters evaluate person`` measures it, and what a correction is worth."""


def corrected(affect: Affect, shift: Sequence[float]) -> Affect:
    """``affect`` with ``shift`` (emotions,), in nats, added to its log-probabilities.

    Valence and arousal move by what the circumplex means of the probabilities move by, within [-1, 1].
    """
    weights = [p * exp(nats) for p, nats in zip(affect.probabilities, shift, strict=True)]
    p = tuple(weight / sum(weights) for weight in weights)
    moved = [now - before for now, before in zip(p, affect.probabilities, strict=True)]
    valence, arousal = (
        sum(step * CIRCUMPLEX[emotion][axis] for step, emotion in zip(moved, EMOTIONS, strict=True)) for axis in (0, 1)
    )
    return Affect(p, _within(affect.valence + valence), _within(affect.arousal + arousal))


def shift_of(theirs: Sequence[float], everyone: Sequence[float], most: float) -> list[float]:
    """(emotions,) nats to add: everyone's usual less this person's, both centred, each within ± ``most``."""
    ours, others = _centred(theirs), _centred(everyone)
    return [min(max(other - own, -most), most) for own, other in zip(ours, others, strict=True)]


def _centred(values: Sequence[float]) -> list[float]:
    mean = sum(values) / len(values)
    return [value - mean for value in values]


def _within(value: float) -> float:
    return min(max(value, -1.0), 1.0)
