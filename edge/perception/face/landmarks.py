"""The 468 points of a face: MediaPipe's face mesh on the turned region around a detected face.

Source: Kartynnik et al., Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs, 2019; MediaPipe's
face_landmark_cpu.pbtxt and face_detection_front_detection_to_roi.pbtxt (square of 1.5 times the longer side).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.perception.face.alignment import Cropper, inverse, region_between

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.accelerators.model import Model
    from edge.perception.face.detector import Face

TASK = "face-landmarks"
SIDE = 192
POINTS = 468
MARGIN = 1.5
"""Side of the region over the longer side of the detected box."""


@dataclass(frozen=True, slots=True)
class Mesh:
    """The points of one face.

    Attributes:
        presence: probability that there is a face in the region.
        picture: (468, 2) float64 x and y in pixels of the picture.
        upright: (468, 3) float32 x, y, z in pixels of the upright region: x to the right, y down, z away from the
            camera, all on one scale.
        roll: degrees by which the region was turned; positive when the head leans clockwise as seen in the picture.
        scale: pixels of the picture per pixel of the region.
    """

    presence: float
    picture: NDArray[np.float64]
    upright: NDArray[np.float32]
    roll: float
    scale: float


class Landmarks:
    """Fits the mesh; its buffers are made once."""

    def __init__(self, model: Model, cropper: Cropper) -> None:
        self._model = model
        self._cropper = cropper
        self._crop = np.zeros((SIDE, SIDE, 3), np.uint8)
        self._input = np.zeros((1, SIDE, SIDE, 3), np.float32)

    def fit(self, image: NDArray[np.uint8], face: Face) -> Mesh:
        """The mesh of ``face`` in ``image`` (height, width, 3) uint8 BGR."""
        left, top, right, bottom = face.box
        centre = ((left + right) / 2, (top + bottom) / 2)
        region = region_between(face.points[0], face.points[1], centre, face.size * MARGIN)
        affine = self._cropper.crop(image, region, self._crop, cv2.BORDER_CONSTANT)
        self._input[0] = self._crop[..., ::-1]
        self._input *= np.float32(1 / 255)
        raw, logit = self._model.run(self._input)
        upright = raw.reshape(POINTS, 3).copy()
        back = inverse(affine)
        picture = upright[:, :2] @ back[:, :2].T + back[:, 2]
        presence = 1 / (1 + np.exp(-float(logit.ravel()[0])))
        return Mesh(presence, picture, upright, float(np.degrees(region.angle)), region.side / SIDE)
