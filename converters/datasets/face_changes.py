"""Single changes to a grey chip: mirror, shift, turn, light, blur, cover. Each is pure, with a stated range.

A chip is (height, width) uint8, and so is every result. What a change moves in from outside repeats the edge, so that
no black rim tells the net that a picture was changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Chip = NDArray[np.uint8]

SHIFT = 3.0
"""Pixels of 48, each way: how far a tracked face strays from where it should stand."""
TURN_DEG = 12.0
"""Degrees each way: roll that alignment leaves when the eyes are half hidden."""
GAMMA = (0.6, 1.6)
CONTRAST = (0.6, 1.3)
BRIGHTNESS = 40.0
"""Grey levels each way; with the two above: backlight, a lamp from one side, dusk."""
SLOPE = 60.0
"""Grey levels between the two sides of a face that is lit from the side, at most."""
BLUR = (0.4, 1.5)
"""Standard deviation in pixels of 48: a cheap lens, a face in motion, a face far away."""
COVER = (6, 16)
"""Pixels of 48 of a covering hand, mask, cup or lock of hair, each side."""


def flipped(chip: Chip) -> Chip:
    """The face in a mirror."""
    return np.ascontiguousarray(chip[:, ::-1])


def shifted(chip: Chip, right: float, down: float) -> Chip:
    """The face moved by pixels."""
    return _warped(chip, np.array([[1, 0, right], [0, 1, down]], np.float64))


def turned(chip: Chip, degrees: float) -> Chip:
    """The face turned about its middle, counter-clockwise."""
    height, width = chip.shape
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    return _warped(chip, np.asarray(matrix, np.float64))


def lit(chip: Chip, gamma: float = 1.0, contrast: float = 1.0, brightness: float = 0.0, slope: float = 0.0) -> Chip:
    """The face in another light.

    Args:
        chip: grey levels.
        gamma: exponent of the levels as shares of 255; above 1 darkens the middle.
        contrast: factor about the mean.
        brightness: levels to add.
        slope: levels that the right side gains over the left.
    """
    levels = 255.0 * (chip.astype(np.float32) / 255.0) ** np.float32(gamma)
    mean = levels.mean()
    across = np.linspace(-0.5, 0.5, chip.shape[1], dtype=np.float32) * np.float32(slope)
    levels = (levels - mean) * np.float32(contrast) + mean + np.float32(brightness) + across
    return np.asarray(np.clip(np.rint(levels), 0, 255), np.uint8)


def blurred(chip: Chip, deviation: float) -> Chip:
    """The face out of focus: a Gaussian of ``deviation`` pixels."""
    return np.asarray(cv2.GaussianBlur(chip, (0, 0), deviation, borderType=cv2.BORDER_REPLICATE), np.uint8)


def covered(chip: Chip, top: int, left: int, size: tuple[int, int], grey: int) -> Chip:
    """The face behind something of (height, width) ``size`` and one ``grey``; what lies outside is cut off."""
    result = chip.copy()
    result[max(top, 0) : max(top + size[0], 0), max(left, 0) : max(left + size[1], 0)] = grey
    return result


def variant(chip: Chip, random: np.random.Generator, often: float = 0.5) -> Chip:
    """``chip`` after each change with probability ``often``, drawn within the ranges above."""
    changes: tuple[Callable[[Chip], Chip], ...] = (
        flipped,
        lambda face: shifted(face, *random.uniform(-SHIFT, SHIFT, 2)),
        lambda face: turned(face, random.uniform(-TURN_DEG, TURN_DEG)),
        lambda face: blurred(face, random.uniform(*BLUR)),
        lambda face: lit(
            face,
            random.uniform(*GAMMA),
            random.uniform(*CONTRAST),
            random.uniform(-BRIGHTNESS, BRIGHTNESS),
            random.uniform(-SLOPE, SLOPE),
        ),
        lambda face: _covered_somewhere(face, random),
    )
    for change in changes:
        if random.random() < often:
            chip = change(chip)
    return chip


def _covered_somewhere(chip: Chip, random: np.random.Generator) -> Chip:
    height, width = (int(side) for side in random.integers(COVER[0], COVER[1] + 1, 2))
    top, left = int(random.integers(1 - height, chip.shape[0])), int(random.integers(1 - width, chip.shape[1]))
    return covered(chip, top, left, (height, width), int(random.integers(256)))


def _warped(chip: Chip, matrix: NDArray[np.float64]) -> Chip:
    size = (chip.shape[1], chip.shape[0])
    return np.asarray(
        cv2.warpAffine(chip, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )
