"""What the text networks learn from: texts, and what is known of their emotion, fine labels, valence and arousal.

What is not known is NaN. A teacher's opinion is mixed into what is known and stands alone where nothing is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.affect import EMOTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

FINE = 28
WEIGHTS = (1.0, 0.35, 0.6)
"""Of the losses of emotion, fine labels, and valence with arousal."""


@dataclass(frozen=True, slots=True)
class Material:
    """Texts with targets: ``emotion`` (n, 7) distributions, ``fine`` (n, 28) 0 to 1, ``affect`` (n, 2); NaN: unknown.

    ``weight`` (n,) is how much a text counts, about 1.
    """

    words: tuple[str, ...]
    emotion: Floats
    fine: Floats
    affect: Floats
    weight: Floats

    def __len__(self) -> int:
        """Number of texts."""
        return len(self.words)

    def targets(self, rows: NDArray[np.integer]) -> tuple[Floats, Floats, Floats]:
        """For the loss."""
        return self.emotion[rows], self.fine[rows], self.affect[rows]

    def part(self, rows: NDArray[np.integer] | NDArray[np.bool_]) -> Material:
        """The chosen texts."""
        chosen = np.arange(len(self))[rows]
        words = tuple(self.words[i] for i in chosen)
        return Material(words, self.emotion[chosen], self.fine[chosen], self.affect[chosen], self.weight[chosen])

    def weighing(self, times: NDArray[np.floating] | float) -> Material:
        """The same texts, each counting ``times`` (n,) as much."""
        weight = (self.weight * times).astype(np.float32)
        return Material(self.words, self.emotion, self.fine, self.affect, weight)

    def taught(self, emotion: Floats, fine: Floats, affect: Floats, share: float) -> Material:
        """With a teacher's opinion of every text mixed in by ``share``; alone where nothing is known."""
        return Material(
            self.words,
            _mixed(self.emotion, emotion, share),
            _mixed(self.fine, fine, share),
            _mixed(self.affect, affect, share),
            self.weight,
        )


def material(
    words: Sequence[str],
    emotion: Floats | None = None,
    *,
    fine: Floats | None = None,
    affect: Floats | None = None,
    weight: float = 1.0,
) -> Material:
    """Texts of which only that is known which is given."""
    count = len(words)

    def known(values: Floats | None, width: int) -> Floats:
        return np.full((count, width), np.nan, np.float32) if values is None else np.asarray(values, np.float32)

    return Material(
        tuple(words),
        known(emotion, len(EMOTIONS)),
        known(fine, FINE),
        known(affect, 2),
        np.full(count, weight, np.float32),
    )


def joined(parts: Sequence[Material]) -> Material:
    """All parts, one after the other."""
    return Material(
        tuple(word for part in parts for word in part.words),
        *(np.concatenate([getattr(part, name) for part in parts]) for name in ("emotion", "fine", "affect", "weight")),
    )


def _mixed(known: Floats, taught: Floats, share: float) -> Floats:
    return np.where(np.isnan(known), taught, (1 - share) * known + share * taught).astype(np.float32)
