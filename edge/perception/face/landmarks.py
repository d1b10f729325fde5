"""The 468 points of a face: MediaPipe's face mesh on the turned region around a detected face.

Source: Kartynnik et al., Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs, 2019; MediaPipe's
face_landmark_cpu.pbtxt and face_detection_front_detection_to_roi.pbtxt (square of 1.5 times the longer side).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.perception.face.alignment import Cropper, Region, inverse, region_between

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.accelerators.model import Model
    from edge.perception.face.detector import Face

TASK = "face-landmarks"
SIDE = 192
POINTS = 468
MARGIN = 1.5
"""Side of the region over the longer side of the detected box."""
OUTER_EYES = (33, 263)
"""Outer corners of the eyes on the left and on the right of the picture (MediaPipe's numbering)."""
MOST_LEAN = 8.0
"""Degrees that the eyes may lean within the region before it is turned anew; costs a second invocation."""
LEAST_PRESENCE = 0.1
"""Below it the mesh says nothing about how the head leans."""


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

    @property
    def middle(self) -> NDArray[np.float64]:
        """(2,) middle of the points in pixels of the picture."""
        return np.asarray((self.picture.min(axis=0) + self.picture.max(axis=0)) / 2)

    @property
    def extent(self) -> float:
        """Longer side of the upright box around the points, in pixels of the picture."""
        flat = self.upright[:, :2]
        return float((flat.max(axis=0) - flat.min(axis=0)).max()) * self.scale


class Landmarks:
    """Fits the mesh; its buffers are made once."""

    def __init__(self, model: Model, cropper: Cropper) -> None:
        self._model = model
        self._cropper = cropper
        self._crop = np.zeros((SIDE, SIDE, 3), np.uint8)
        self._rgb = np.zeros_like(self._crop)
        self._input = np.zeros((1, SIDE, SIDE, 3), np.float32)

    def fit(self, image: NDArray[np.uint8], face: Face) -> Mesh:
        """The mesh of ``face`` in ``image`` (height, width, 3) uint8 BGR.

        The detector tells only about half of how far a head leans. Where the mesh shows that the region does not stand
        upright, it is fitted once more in one that does.
        """
        left, top, right, bottom = face.box
        centre = ((left + right) / 2, (top + bottom) / 2)
        mesh = self._fit(image, region_between(face.points[0], face.points[1], centre, face.size * MARGIN))
        better = _region_of(mesh, face.size)
        if abs(np.degrees(better.angle) - mesh.roll) > MOST_LEAN and mesh.presence > LEAST_PRESENCE:
            return self._fit(image, better)
        return mesh

    def follow(self, image: NDArray[np.uint8], before: Mesh, size: float) -> Mesh:
        """The mesh in ``image`` of the face that had the mesh ``before`` and ``size`` pixels in the frame before."""
        return self._fit(image, _region_of(before, size))

    def _fit(self, image: NDArray[np.uint8], region: Region) -> Mesh:
        affine = self._cropper.crop(image, region, self._crop, cv2.BORDER_CONSTANT)
        cv2.cvtColor(self._crop, cv2.COLOR_BGR2RGB, dst=self._rgb)
        np.multiply(self._rgb, np.float32(1 / 255), out=self._input[0])
        raw, logit = self._model.run(self._input)
        upright = raw.reshape(POINTS, 3).copy()
        back = inverse(affine)
        picture = upright[:, :2] @ back[:, :2].T + back[:, 2]
        presence = 1 / (1 + np.exp(-float(logit.ravel()[0])))
        return Mesh(presence, picture, upright, float(np.degrees(region.angle)), region.side / SIDE)


def _region_of(mesh: Mesh, size: float) -> Region:
    """The upright square around a face whose box has ``size`` pixels on its longer side."""
    left, right = mesh.picture[OUTER_EYES[0]], mesh.picture[OUTER_EYES[1]]
    middle = mesh.middle
    return region_between(left, right, (float(middle[0]), float(middle[1])), size * MARGIN)
