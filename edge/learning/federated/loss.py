"""What a head is worth on examples, and in which direction it gets better: the device's own formula, for many at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.learning.federated.head import (
    CONFUSIONS,
    EACH,
    KINDS,
    OFFSETS,
    RELIABILITY,
    SCALE,
    SENSES,
    SHARPNESS,
    WEIGHTS,
    numbers_of,
)
from edge.understanding.fusion import FLOOR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.learning.federated.head import Floats, Numbers
    from edge.understanding.fusion import Pool

LEAST_QUALITY = 1e-3
"""Of the usual quality; so that its logarithm is a number. ``Trust.at`` takes a quality of 0 as no trust at all."""
LEAST = 1e-12
"""Probability that enters the loss at least."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Examples as arrays; the senses in the order of Sense.

    Attributes:
        probabilities: (n, 3, 7) what each sense said; anything where it said nothing.
        quality: (n, 3) of its Readings.
        standing: (n, 3) what the user and its age left of it; 0 where it said nothing.
        truth: (n,) index into EMOTIONS of what the person says that they felt.
        weight: (n,) how much each example counts.
    """

    probabilities: Floats
    quality: Floats
    standing: Floats
    truth: NDArray[np.int64]
    weight: Floats

    def __len__(self) -> int:
        """How many."""
        return len(self.truth)

    def take(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> Batch:
        """The chosen examples."""
        return Batch(
            self.probabilities[rows], self.quality[rows], self.standing[rows], self.truth[rows], self.weight[rows]
        )


def predict(head: NDArray[np.floating], base: Pool, batch: Batch) -> Floats:
    """(n, 7) what the pool of ``head`` says of each example."""
    return _Forward(numbers_of(head, base), batch).out


def losses(head: NDArray[np.floating], base: Pool, batch: Batch) -> Floats:
    """(n,) −log p(truth) of each example."""
    out = predict(head, base, batch)
    return np.asarray(-np.log(np.maximum(out[np.arange(len(batch)), batch.truth], LEAST)))


def mean_loss(head: NDArray[np.floating], base: Pool, batch: Batch) -> float:
    """Weighted mean of the losses; 0 without examples."""
    total = float(batch.weight.sum())
    return float(batch.weight @ losses(head, base, batch)) / total if total > 0 else 0.0


def gradient(head: NDArray[np.floating], base: Pool, batch: Batch) -> Floats:
    """(SIZE,) of Σ weight · loss, by the numbers of the head."""
    numbers = numbers_of(head, base)
    one = _Forward(numbers, batch)
    back = one.out.copy()
    back[np.arange(len(batch)), batch.truth] -= 1
    back *= batch.weight[:, None]
    to_mixed = (back[:, None] / numbers.temperature) * batch.standing[..., None] * numbers.knows / one.mixed
    to_trust = (to_mixed * (one.said * one.many - 1)).sum(axis=2)
    to_said = to_mixed * one.trust[..., None] * one.many
    to_told = one.said * (to_said - (one.said * to_said).sum(axis=2, keepdims=True))
    slope = np.zeros(len(SCALE))
    each = slope[: len(SENSES) * EACH].reshape(len(SENSES), EACH)
    each[:, WEIGHTS] = (to_told * one.logs).sum(axis=0)
    each[:, OFFSETS] = to_told.sum(axis=0)
    confusions = np.einsum("nse,nsj->sej", to_told, batch.probabilities)
    each[:, CONFUSIONS] = confusions.reshape(len(SENSES), -1)
    each[:, RELIABILITY] = (to_trust * one.trust).sum(axis=0) * (1 - numbers.reliability)
    each[:, SHARPNESS] = (to_trust * one.trust * np.log(one.quality)).sum(axis=0) * numbers.sharpness
    slope[-1 - KINDS : -1] = back.sum(axis=0)
    slope[-1] = -(back * one.total).sum() / numbers.temperature
    return slope * SCALE


class _Forward:
    """What the pool computes on its way; (n, 3, 7) or (n, 3) where not said otherwise."""

    __slots__ = ("logs", "many", "mixed", "out", "quality", "said", "total", "trust")

    def __init__(self, numbers: Numbers, batch: Batch) -> None:
        self.logs = np.log(np.maximum(batch.probabilities, FLOOR))
        shifted = np.einsum("sej,nsj->nse", numbers.confusions, batch.probabilities)
        told = np.where(numbers.knows, numbers.weights * self.logs + numbers.offsets + shifted, -np.inf)
        said = np.exp(told - told.max(axis=2, keepdims=True))
        self.said = said / said.sum(axis=2, keepdims=True)
        self.many = numbers.knows.sum(axis=1)[:, None]
        self.quality = np.clip(batch.quality / numbers.usual, LEAST_QUALITY, 1.0)
        self.trust = numbers.reliability * self.quality**numbers.sharpness
        self.mixed = 1 - self.trust[..., None] + self.trust[..., None] * self.said * self.many
        added = np.where(numbers.knows, np.log(self.mixed), 0.0)
        self.total = (added * batch.standing[..., None]).sum(axis=1)
        """(n, 7)"""
        scores = numbers.prior + self.total / numbers.temperature
        exponents = np.exp(scores - scores.max(axis=1, keepdims=True))
        self.out = exponents / exponents.sum(axis=1, keepdims=True)
        """(n, 7)"""
