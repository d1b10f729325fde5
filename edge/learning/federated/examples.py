"""What a person said that they felt, beside what each sense had said: the examples that a head is learned from.

An example is 27 numbers: of each sense the 7 probabilities, the quality, and what the user and its age left of it. Words,
pictures and sound are not among them. "You read me wrong, I am sad" is a correction; "that helped" after a State with a
label is a confirmation of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.affect import EMOTIONS, Emotion, Sense
from edge.learning.federated.loss import Batch

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edge.understanding.fusion import Evidence

SENSES = tuple(Sense)
KINDS = len(EMOTIONS)
EACH = KINDS + 2
WIDTH = len(SENSES) * EACH
HELD = 3
"""Every third example is held out: it is never learned from, only judged by."""
RIGHT = 0.75
"""How often the State is right before anything is learned, as far as is known (docs/understanding/fusion.md: with one or
two senses on the sets as met 0.65 to 0.96). People say more often that they were read wrong than that they were read
right, so corrections and confirmations are weighed as if they came as often as errors do."""


@dataclass(frozen=True, slots=True)
class Example:
    """One.

    Attributes:
        evidence: (27,) float32: for each sense, in the order of Sense, 7 probabilities, quality, standing; all 0 where it
            said nothing.
        truth: what the person felt.
        confirmed: whether the device had told that; else it was corrected.
    """

    evidence: np.ndarray
    truth: Emotion
    confirmed: bool

    @property
    def senses(self) -> int:
        """Which senses are in it, as bits in the order of Sense."""
        standing = self.evidence.reshape(len(SENSES), EACH)[:, -1]
        return sum(1 << place for place in range(len(SENSES)) if standing[place] > 0)


def example_of(
    evidence: Iterable[Evidence], truth: Emotion, allowed: frozenset[Sense], *, confirmed: bool
) -> Example | None:
    """The example of what a State rested on; None where no sense of it is ``allowed`` to be kept."""
    found = np.zeros((len(SENSES), EACH), np.float32)
    for item in evidence:
        sense = item.reading.sense
        if sense in allowed:
            found[SENSES.index(sense)] = [*item.said.affect.probabilities, item.reading.quality, item.standing]
    return Example(found.reshape(-1), truth, confirmed) if found.any() else None


def batch_of(examples: Sequence[Example]) -> Batch:
    """The examples as arrays, weighed: confirmations weigh RIGHT together and corrections the rest, in all as much as
    there are examples; where there is but one kind, it has no more weight than its part."""
    count = len(examples)
    evidence = np.array([one.evidence for one in examples], np.float64).reshape(count, len(SENSES), EACH)
    confirmed = np.array([one.confirmed for one in examples], bool)
    weight = np.zeros(count)
    for kind, part in ((confirmed, RIGHT), (~confirmed, 1 - RIGHT)):
        if kind.any():
            weight[kind] = part * count / kind.sum()
    return Batch(
        evidence[..., :KINDS],
        evidence[..., KINDS],
        evidence[..., KINDS + 1],
        np.array([EMOTIONS.index(one.truth) for one in examples], np.int64),
        weight,
    )
