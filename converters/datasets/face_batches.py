"""Batches of faces for training: rare emotions more often, two cuts of each face, changed at random, standardised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from converters.datasets.face import NAMES
from converters.datasets.face_variants import CALM, GENTLE, Changes, augmented
from edge.perception.face.expression import SIDE, standardised

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from converters.datasets.face import Faces

    Floats = NDArray[np.float32]
    Batch = tuple[Floats, Floats | tuple[Floats, Floats], None]

ROWS = 64
TIMES = {"disgust": 4, "fear": 2}
"""How often an epoch shows a face whose votes lead with an emotion that FER+ hardly knows (191 and 652 pictures)."""
ALIGNED = 0.35
"""Chance of the device's own cut. The net must read both: FER2013's cuts are what it is measured on, the device's
cuts are what it will see."""
GROWING = ((0.3, 32), (0.58, 40), (1.0, SIDE))
"""Up to which part of the training chips have which side: small ones first, as they cost less and the coarse look of
a face is learnt first (Tan & Le, EfficientNetV2, ICML 2021, section 4)."""
CALM_FROM = 0.8
"""Part of the training after which chips are changed little."""


@dataclass(frozen=True, slots=True)
class FaceBatches:
    """``batches(epoch)`` of a training.

    Attributes:
        faces: training rows.
        aligned: (n, 48, 48) uint8, the same faces as the device cuts them.
        epochs: of the whole training, for the sides.
        seed: with the epoch's number it gives order and changes.
        changes: how far chips are changed, up to CALM_FROM of the training.
        sides: see GROWING.
        teacher: (n, 7) probabilities of a teacher; targets are then (votes, teacher's).
    """

    faces: Faces
    aligned: NDArray[np.uint8]
    epochs: int
    seed: int = 0
    changes: Changes = GENTLE
    sides: Sequence[tuple[float, int]] = GROWING
    teacher: Floats | None = None

    @property
    def steps(self) -> int:
        """Batches of an epoch."""
        return len(shown(self.faces.votes)) // ROWS

    def side(self, epoch: int) -> int:
        """Pixels of a chip's side in that epoch, counted from 0."""
        return next(side for until, side in self.sides if epoch < until * self.epochs)

    def __call__(self, epoch: int) -> Iterator[Batch]:
        """(ROWS, side, side, 1) standardised chips and their targets."""
        generator = np.random.default_rng((self.seed, epoch))
        side = self.side(epoch)
        changes = self.changes if epoch < CALM_FROM * self.epochs else CALM
        rows = generator.permutation(shown(self.faces.votes))
        for step in range(self.steps):
            picked = rows[step * ROWS : (step + 1) * ROWS]
            device = generator.random(ROWS) < ALIGNED
            cuts = (self.aligned if own else self.faces.images for own in device)
            chips = [
                standardised(augmented(cut[row], generator, changes, side))
                for cut, row in zip(cuts, picked, strict=True)
            ]
            votes = self.faces.votes[picked]
            targets = votes if self.teacher is None else (votes, self.teacher[picked])
            yield np.stack(chips)[..., None], targets, None


def shown(votes: NDArray[np.float32]) -> NDArray[np.int64]:
    """The rows of one epoch in their own order: each once, rare emotions TIMES as often."""
    times = np.ones(len(NAMES), np.int64)
    for name, often in TIMES.items():
        times[NAMES.index(name)] = often
    return np.repeat(np.arange(len(votes)), times[votes.argmax(axis=1)])


def stacked(images: NDArray[np.uint8]) -> Floats:
    """(n, side, side, 1) standardised chips, as the net takes them."""
    return np.stack([standardised(image) for image in images])[..., None]
