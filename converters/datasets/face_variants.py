"""Changes that make more faces of one: what a tracked face still does after alignment, and what rooms do to light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from converters.datasets.face_changes import BLUR, SHIFT, TURN_DEG, blurred, covered, lit
from edge.perception.face.expression import SIDE

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Changes:
    """How far a chip is changed at random; lengths are pixels of a chip of SIDE, chances are of one chip."""

    turn: float = TURN_DEG
    scale: tuple[float, float] = (0.92, 1.1)
    shift: float = SHIFT
    mirrored: float = 0.5
    relit: float = 0.5
    gamma: tuple[float, float] = (0.7, 1.4)
    """Brightness and contrast need no change: the net is given standardised chips."""
    blurred: float = 0.0
    covered: float = 0.15
    """Chance of a plain rectangle over a part, from a sixth to a third of the side."""


GENTLE = Changes()
CALM = Changes(turn=7.2, scale=(0.95, 1.06), shift=1.8, relit=0.0, covered=0.0)
"""For the end of a training: a net of this size does not learn its pictures by heart, it fits them too little."""
STRONG = Changes(scale=(0.85, 1.18), shift=4.0, turn=18.0, relit=1.0, gamma=(0.6, 1.6), blurred=0.2, covered=0.4)
PRESETS = {"gentle": GENTLE, "strong": STRONG}


def augmented(
    image: NDArray[np.uint8], generator: np.random.Generator, changes: Changes = GENTLE, side: int = SIDE
) -> NDArray[np.uint8]:
    """One chip (SIDE, SIDE) changed at random, as (side, side) uint8."""
    chip = _moved(image, generator, changes, side)
    if generator.random() < changes.blurred:
        chip = blurred(chip, generator.uniform(*BLUR) * side / SIDE)
    if generator.random() < changes.relit:
        chip = lit(chip, gamma=generator.uniform(*changes.gamma))
    if generator.random() < changes.covered:
        high, wide = generator.integers(side // 6, side // 3, 2)
        top, left = generator.integers(0, side - side // 8, 2)
        chip = covered(chip, int(top), int(left), (int(high), int(wide)), int(generator.integers(256)))
    return chip


def _moved(image: NDArray[np.uint8], generator: np.random.Generator, changes: Changes, side: int) -> NDArray[np.uint8]:
    """Turned, scaled, moved, mirrored and brought to ``side`` in one warp, which blurs once."""
    middle = (SIDE - 1) / 2
    angle, scale = generator.uniform(-changes.turn, changes.turn), generator.uniform(*changes.scale)
    warp = np.array(cv2.getRotationMatrix2D((middle, middle), angle, scale), np.float64)
    warp[:, 2] += generator.uniform(-changes.shift, changes.shift, 2)
    if generator.random() < changes.mirrored:
        warp[:, 2] += warp[:, 0] * (SIDE - 1)
        warp[:, 0] *= -1
    factor = side / SIDE
    warp *= factor
    warp[:, 2] += (factor - 1) / 2
    moved = cv2.warpAffine(image, warp, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.uint8)
