"""Pictures that are no upright face, for the expression net: made here, or cut from the one portrait of set-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.errors import InputError
from edge.perception.face.expression import SIDE

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Chips = NDArray[np.uint8]

EACH = 200
"""Pictures of each kind."""
FACE = (120, 0, 340, 240)
"""Left, top, right and bottom of head and hair in the portrait of 512 × 512 pixels."""
PIECES = 3
"""A face is cut into 3 × 3 pieces."""


def strangers(own: Chips, portrait: Path, seed: int = 0) -> dict[str, Chips]:
    """Kinds of strangers, each (n, SIDE, SIDE) uint8.

    Args:
        own: (n, SIDE, SIDE) uint8 faces of the validation set, to be turned upside down and cut to pieces.
        portrait: the picture of the astronaut, fetched at set-up: suit, flag and background are no face.
        seed: of all that is drawn.

    Raises:
        InputError: the portrait is missing.
    """
    chance = np.random.default_rng(seed)
    some = own[chance.permutation(len(own))[:EACH]]
    return {
        "noise": chance.integers(0, 256, (EACH, SIDE, SIDE), np.uint8),
        "soft noise": np.array([_soft(chance) for _ in range(EACH)]),
        "stripes and checks": np.array([_stripes(chance) for _ in range(EACH)]),
        "parts of a picture without a face": _parts(portrait, chance),
        "faces upside down": some[:, ::-1],
        "faces in pieces": np.array([_pieces(face, chance) for face in some]),
    }


def _soft(chance: np.random.Generator) -> Chips:
    """Blobs of light and dark."""
    side = int(chance.integers(3, 10))
    coarse = chance.integers(0, 256, (side, side), np.uint8)
    return np.asarray(cv2.resize(coarse, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC), np.uint8)


def _stripes(chance: np.random.Generator) -> Chips:
    """A grating or a plaid of any direction, width and sharpness."""
    y, x = np.mgrid[:SIDE, :SIDE]
    waves = []
    for _ in range(2):
        angle, period, phase = chance.uniform(0, np.pi), chance.uniform(4, 40), chance.uniform(0, 2 * np.pi)
        waves.append(np.sin(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / period + phase))
    pattern = waves[0] if chance.random() < 0.5 else waves[0] * waves[1]  # noqa: PLR2004 - one in two
    sharp = np.tanh(pattern * chance.uniform(0.5, 8))
    return np.asarray(128 + sharp * chance.uniform(20, 120), np.uint8)


def _parts(portrait: Path, chance: np.random.Generator) -> Chips:
    picture = cv2.imread(str(portrait), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        problem = f"the portrait {portrait} is missing or is no picture"
        raise InputError(problem, "Run `rapport models fetch`")
    high, wide = picture.shape
    left, top, right, bottom = FACE
    parts: list[Chips] = []
    while len(parts) < EACH:
        side = int(chance.integers(SIDE, 161))
        x, y = int(chance.integers(0, wide - side + 1)), int(chance.integers(0, high - side + 1))
        if x < right and x + side > left and y < bottom and y + side > top:
            continue
        part = cv2.resize(picture[y : y + side, x : x + side], (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        parts.append(np.asarray(part, np.uint8))
    return np.array(parts)


def _pieces(face: Chips, chance: np.random.Generator) -> Chips:
    """The face's PIECES × PIECES squares in another order."""
    size = SIDE // PIECES
    squares = [face[y : y + size, x : x + size] for y in range(0, SIDE, size) for x in range(0, SIDE, size)]
    order = chance.permutation(len(squares))
    rows = [np.hstack([squares[i] for i in order[start : start + PIECES]]) for start in range(0, PIECES**2, PIECES)]
    return np.vstack(rows)
