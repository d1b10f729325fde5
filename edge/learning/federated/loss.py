"""What a head is worth on examples, and in which direction it gets better: the pool's formula, for many at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

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
    SIZE,
    WEIGHTS,
    moved,
    nothing,
    numbers_of,
)
from edge.understanding.fusion import FLOOR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.affect import Sense
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

    def only(self, senses: frozenset[Sense]) -> Batch:
        """The examples as if no other sense had said anything, without those that then have none."""
        standing = self.standing * [sense in senses for sense in SENSES]
        rows = standing.sum(axis=1) > 0
        return Batch(self.probabilities[rows], self.quality[rows], standing[rows], self.truth[rows], self.weight[rows])


class Problem:
    """A pool and examples: what never changes while a head is looked for is worked out once."""

    def __init__(self, base: Pool, batch: Batch) -> None:
        """``base``: the pool that a head is added to."""
        self.batch = batch
        self._base = numbers_of(nothing(), base)
        self._rows = np.arange(len(batch))
        self._logs = np.log(np.maximum(batch.probabilities, FLOOR))
        self._many = self._base.knows.sum(axis=1)[:, None]
        self._quality = np.clip(batch.quality / self._base.usual, LEAST_QUALITY, 1.0)
        self._log_quality = np.log(self._quality)
        self._standing = batch.standing[..., None] * self._base.knows

    def predict(self, head: NDArray[np.floating]) -> Floats:
        """(n, 7) what the pool of ``head`` says of each example."""
        return self._forward(moved(self._base, head)).out

    def losses(self, head: NDArray[np.floating]) -> Floats:
        """(n,) −log p(truth) of each example."""
        return np.asarray(-np.log(np.maximum(self.predict(head)[self._rows, self.batch.truth], LEAST)))

    def gradient(self, head: NDArray[np.floating]) -> Floats:
        """(SIZE,) of Σ weight · loss, by the numbers of the head."""
        numbers = moved(self._base, head)
        one = self._forward(numbers)
        back = one.out.copy()
        back[self._rows, self.batch.truth] -= 1
        back *= self.batch.weight[:, None]
        to_mixed = (back[:, None] / numbers.temperature) * self._standing / one.mixed
        to_trust = (to_mixed * (one.said * self._many - 1)).sum(axis=2) * one.trust
        to_said = to_mixed * one.trust[..., None] * self._many
        to_told = one.said * (to_said - (one.said * to_said).sum(axis=2, keepdims=True))
        slope = np.zeros(SIZE)
        each = slope[: len(SENSES) * EACH].reshape(len(SENSES), EACH)
        each[:, WEIGHTS] = (to_told * self._logs).sum(axis=0)
        each[:, OFFSETS] = to_told.sum(axis=0)
        confusions = np.matmul(to_told.transpose(1, 2, 0), self.batch.probabilities.transpose(1, 0, 2))
        each[:, CONFUSIONS] = confusions.reshape(len(SENSES), -1)
        each[:, RELIABILITY] = to_trust.sum(axis=0) * (1 - numbers.reliability)
        each[:, SHARPNESS] = (to_trust * self._log_quality).sum(axis=0) * numbers.sharpness
        slope[-1 - KINDS : -1] = back.sum(axis=0)
        slope[-1] = -(back * one.total).sum() / numbers.temperature
        return slope * SCALE

    def _forward(self, numbers: Numbers) -> _Forward:
        # (3, n, 7) by (3, 7, 7), each sense for itself
        shifted = np.matmul(self.batch.probabilities.transpose(1, 0, 2), numbers.confusions.transpose(0, 2, 1))
        told = numbers.weights * self._logs + numbers.offsets + shifted.transpose(1, 0, 2)
        told = np.where(numbers.knows, told, -np.inf)
        said = np.exp(told - told.max(axis=2, keepdims=True))
        said /= said.sum(axis=2, keepdims=True)
        trust = numbers.reliability * self._quality**numbers.sharpness
        mixed = 1 - trust[..., None] + trust[..., None] * said * self._many
        total = (np.log(mixed) * self._standing).sum(axis=1)
        scores = numbers.prior + total / numbers.temperature
        exponents = np.exp(scores - scores.max(axis=1, keepdims=True))
        return _Forward(said, trust, mixed, total, exponents / exponents.sum(axis=1, keepdims=True))


class _Forward(NamedTuple):
    """What the pool computes on its way; ``said`` and ``mixed`` (n, 3, 7), ``trust`` (n, 3), the others (n, 7)."""

    said: Floats
    trust: Floats
    mixed: Floats
    total: Floats
    out: Floats


def predict(head: NDArray[np.floating], base: Pool, batch: Batch) -> Floats:
    """(n, 7) what the pool of ``head`` says of each example."""
    return Problem(base, batch).predict(head)


def mean_loss(head: NDArray[np.floating], base: Pool, batch: Batch) -> float:
    """Weighted mean of −log p(truth); 0 without examples."""
    total = float(batch.weight.sum())
    return float(batch.weight @ Problem(base, batch).losses(head)) / total if total > 0 else 0.0
