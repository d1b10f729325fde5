"""How far each eye is open, by MediaPipe's net for the iris and the lids around it.

The face mesh draws its lids where open lids mostly are: on a portrait whose lids are shut in the picture its openness
falls by 2 %, that of this net by two thirds (docs/understanding/driver.md). It costs two invocations a picture, so it
runs only where somebody asked for the driver to be watched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.perception.face.alignment import inverse, region_between

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.accelerators.model import Model
    from edge.perception.face.alignment import Cropper
    from edge.perception.face.landmarks import Mesh

NAME = "face-eyes"
TASK = "face-eyes"
SIDE = 64
POINTS = 71
"""Outline of the eye (16) and rings around it."""
MARGIN = 2.3
"""Side of the region over the distance of the eye's corners (MediaPipe's iris graph, ``ROI_SCALE``)."""
CORNERS = ((33, 133), (362, 263))
"""Points of the face mesh: the corners of the eye on the left and on the right of the picture, left to right."""

# Points of the net, of an eye on the left of the picture; one on the right is mirrored first.
OUTER, INNER = 0, 8
LOWER, UPPER = (2, 3, 4, 5, 6), (10, 11, 12, 13, 14)
"""Five points along the middle of each lid, one above the other."""


class Eyes:
    """Measures both eyes; its buffers are made once."""

    def __init__(self, model: Model, cropper: Cropper) -> None:
        self._model = model
        self._cropper = cropper
        self._crop = np.zeros((SIDE, SIDE, 3), np.uint8)
        self._rgb = np.zeros_like(self._crop)
        self._input = np.zeros((1, SIDE, SIDE, 3), np.float32)

    def openness(self, image: NDArray[np.uint8], mesh: Mesh) -> tuple[float, float]:
        """Height over width of the eye on the left and of that on the right of the picture.

        About 0.29 when open (median over 1,418 FER2013 training faces), 0.1 when shut. Raises ModelError.

        Args:
            image: (height, width, 3) uint8 BGR.
            mesh: of the face in it.
        """
        left, right = (openness_of(self._points(image, mesh, side)[0]) for side in (0, 1))
        return left, right

    def outlines(self, image: NDArray[np.uint8], mesh: Mesh) -> list[NDArray[np.float64]]:
        """(71, 2) points of each eye in pixels of the picture: of the left one, of the right one."""
        found = []
        for side in (0, 1):
            points, onto = self._points(image, mesh, side)
            back = inverse(onto)
            if side:
                points = np.stack([SIDE - 1 - points[:, 0], points[:, 1]], axis=1)
            found.append(points @ back[:, :2].T + back[:, 2])
        return found

    def _points(
        self, image: NDArray[np.uint8], mesh: Mesh, side: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """(71, 2) points in pixels of the crop, as of an eye on the left, and the (2, 3) map to the crop unmirrored."""
        left, right = (mesh.picture[index] for index in CORNERS[side])
        middle = (left + right) / 2
        width = max(float(np.linalg.norm(right - left)), 1.0)
        region = region_between(left, right, (float(middle[0]), float(middle[1])), width * MARGIN)
        onto = self._cropper.crop(image, region, self._crop, cv2.BORDER_REPLICATE)
        cv2.cvtColor(self._crop, cv2.COLOR_BGR2RGB, dst=self._rgb)
        np.multiply(self._rgb[:, ::-1] if side else self._rgb, np.float32(1 / 255), out=self._input[0])
        outline, _ = self._model.run(self._input)
        return np.asarray(outline.reshape(POINTS, 3)[:, :2]), onto


def lids_of(outline: NDArray[np.floating]) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Upper and lower lid of a (71, 2) outline: nine points each, from corner to corner, left to right."""
    upper, lower = ([OUTER, *range(9, 16), INNER], list(range(9)))
    first, second = (outline[points][np.argsort(outline[points][:, 0])] for points in (upper, lower))
    return first, second


def openness_of(points: NDArray[np.float32]) -> float:
    """Mean height of the middle of the eye over its width, from (71, 2) points of the net."""
    height = np.linalg.norm(points[list(UPPER)] - points[list(LOWER)], axis=1).mean()
    return float(height / max(float(np.linalg.norm(points[OUTER] - points[INNER])), 1e-6))
