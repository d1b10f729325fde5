"""Training rows: standardised, and drawn so that each emotion comes as often as any other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.affect import EMOTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from converters.expression.vectors import Vectors

    Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Rows:
    """Standardised values (n, parts) and their emotion, with the mean and deviation (parts,) that undo it."""

    values: Floats
    emotion: NDArray[np.int64]
    mean: Floats
    deviation: Floats

    @classmethod
    def of(cls, vectors: Vectors) -> Rows:
        """The rows of ``vectors``; mean and deviation are theirs."""
        mean, deviation = vectors.values.mean(axis=0), vectors.values.std(axis=0)
        return cls((vectors.values - mean) / deviation, vectors.emotion, mean, deviation)

    def batches(self, size: int, steps: int, seed: int) -> Iterator[tuple[Floats, Floats]]:
        """``steps`` batches (size, parts) and (size, kinds): an emotion is drawn, then one of its rows."""
        generator = np.random.default_rng(seed)
        order = np.argsort(self.emotion, kind="stable")
        counts = np.bincount(self.emotion, minlength=len(EMOTIONS))
        starts = np.cumsum(counts) - counts
        there = np.flatnonzero(counts)
        for _ in range(steps):
            kinds = there[generator.integers(len(there), size=size)]
            chosen = order[starts[kinds] + generator.integers(counts[kinds])]
            yield self.values[chosen], one_hot(kinds)


def one_hot(kinds: NDArray[np.int64]) -> Floats:
    """(n, kinds) float32 of (n,) indices into EMOTIONS."""
    return np.eye(len(EMOTIONS), dtype=np.float32)[kinds]
