"""The expression net: an upright grey chip, framed as FER2013 frames faces, becomes probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.accelerators.model import softmax
from edge.affect import EMOTIONS
from edge.perception.domain import trust
from edge.perception.face.alignment import Cropper, Region

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.accelerators.model import Model
    from edge.perception.face.landmarks import Mesh
    from edge.perception.settings import DomainSettings

NAME = "face-expression"
TASK = "face-expression"
LABELS = tuple(emotion.value for emotion in EMOTIONS)
SIDE = 48

# Framing of FER2013: medians over 1,513 clear training chips (up to 250 an emotion) that went through this detector and
# this mesh. Measured by converters/datasets/face_framing.py.
FEATURE_SPAN = 18.8
"""Pixels of a chip: geometric mean of the distance of the eyes and the distance from between the eyes to the mouth,
both in three dimensions, so that neither turning nor nodding changes the scale."""
FEATURE_MIDDLE = (23.5, 27.5)
"""Where the point half-way between eyes and mouth stands in a chip; x is the axis of symmetry (the median is
23.54)."""
LEFT_EYE, RIGHT_EYE, MOUTH = (33, 133), (362, 263), (13, 14)
"""Points of MediaPipe's face mesh: corners of the eye on the left and on the right of the picture, inner lips."""


# Grey levels are given to the net in standard deviations of the chip's own: rooms and cameras differ more in light and
# contrast than faces do, and int8 then spends its steps on the face. What it is worth stands in the model's card.
LEAST_SPREAD = 8.0
"""Grey levels. A chip with less contrast than this is not blown up to full contrast: that would show noise."""
FURTHEST = 3.0
"""Standard deviations; what lies further out is cut off, so that a step of int8 stays 0.024 of them."""


def standardised(chip: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(side, side) float32 in -FURTHEST..FURTHEST: a grey chip's distance from its mean, in standard deviations."""
    mean, spread = cv2.meanStdDev(chip)  # ten times as fast as numpy's here
    levels = np.subtract(chip, np.float32(mean[0, 0]), dtype=np.float32)
    levels /= np.float32(max(spread[0, 0], LEAST_SPREAD))
    return np.clip(levels, -FURTHEST, FURTHEST, out=levels)


def framed(mesh: Mesh) -> Region:
    """The upright square on the picture that FER2013 would have cut around this face."""
    solid = mesh.upright
    left, right, mouth = (solid[list(pair)].mean(axis=0) for pair in (LEFT_EYE, RIGHT_EYE, MOUTH))
    eyes = (left + right) / 2
    span = np.sqrt(np.linalg.norm(right - left) * np.linalg.norm(mouth - eyes)) * mesh.scale
    side = float(SIDE / FEATURE_SPAN * span)
    eye, other_eye = _mean(mesh, LEFT_EYE), _mean(mesh, RIGHT_EYE)
    middle = (eye + other_eye) / 4 + _mean(mesh, MOUTH) / 2
    across = other_eye - eye
    angle = np.arctan2(across[1], across[0])
    along, down = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    half = (SIDE - 1) / 2
    x, y = middle + (along * (half - FEATURE_MIDDLE[0]) + down * (half - FEATURE_MIDDLE[1])) * side / SIDE
    return Region(float(x), float(y), side, float(angle))


def _mean(mesh: Mesh, pair: tuple[int, int]) -> NDArray[np.float64]:
    return np.asarray(mesh.picture[list(pair)].mean(axis=0))


class Chipper:
    """Cuts upright grey chips; its buffers are made once."""

    def __init__(self, cropper: Cropper) -> None:
        self._cropper = cropper
        self._fine = np.zeros((2 * SIDE, 2 * SIDE, 3), np.uint8)
        self._colour = np.zeros((SIDE, SIDE, 3), np.uint8)
        self._grey = np.zeros((SIDE, SIDE), np.uint8)

    def chip(self, image: NDArray[np.uint8], mesh: Mesh) -> NDArray[np.uint8]:
        """(48, 48) uint8 grey chip of the face in (height, width, 3) BGR; the array is reused by the next call."""
        region = framed(mesh)
        if region.side > 2 * SIDE:
            self._cropper.crop(image, region, self._fine, cv2.BORDER_REPLICATE)
            cv2.resize(self._fine, (SIDE, SIDE), dst=self._colour, interpolation=cv2.INTER_AREA)
        else:
            self._cropper.crop(image, region, self._colour, cv2.BORDER_REPLICATE)
        cv2.cvtColor(self._colour, cv2.COLOR_BGR2GRAY, dst=self._grey)
        return self._grey


class Expression:
    """Classifies chips; its buffer is made once."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._input = np.zeros((1, SIDE, SIDE, 1), np.float32)

    def logits(self, chip: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(7,) in the order of EMOTIONS for a (48, 48) uint8 grey chip."""
        np.copyto(self._input[0, :, :, 0], standardised(chip))
        (logits,) = self._model.run(self._input)
        return np.asarray(logits[0])

    def probabilities(self, logits: NDArray[np.float32]) -> tuple[float, ...]:
        """Calibrated probabilities of ``logits`` (7,)."""
        return softmax(logits, self._model.card.temperature)

    def trust(self, logits: NDArray[np.float32], settings: DomainSettings) -> float:
        """Factor on the quality: whether ``logits`` (7,) are those of a face; see ``edge.perception.domain``."""
        return trust(self._model.card, logits, settings)
