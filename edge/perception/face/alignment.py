"""From the picture to an upright face: regions, and the two crops that the nets see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_SIDE = 256
"""Pixels. A region that is larger is shrunk by area first, so that the crops do not alias and work stays bounded."""
BOUND = int(np.ceil(MOST_SIDE * np.sqrt(2))) + 4
"""Side of the upright square around a turned one of MOST_SIDE, with a rim for interpolation."""


@dataclass(frozen=True, slots=True)
class Region:
    """A square on the picture: centre and side in pixels; ``angle`` in radians is that of its x axis, clockwise."""

    x: float
    y: float
    side: float
    angle: float

    def onto(self, side: int) -> NDArray[np.float64]:
        """(2, 3) affine map from the picture to a crop of ``side`` pixels, in pixel centres."""
        scale = side / self.side
        cos, sin = np.cos(self.angle) * scale, np.sin(self.angle) * scale
        middle = (side - 1) / 2
        return np.array(
            [
                [cos, sin, middle - cos * self.x - sin * self.y],
                [-sin, cos, middle + sin * self.x - cos * self.y],
            ]
        )


def region_between(
    left: NDArray[np.floating], right: NDArray[np.floating], centre: tuple[float, float], side: float
) -> Region:
    """A region whose x axis runs along the eyes, given as (2,) points as seen in the picture."""
    across = right - left
    return Region(centre[0], centre[1], side, float(np.arctan2(across[1], across[0])))


def inverse(affine: NDArray[np.float64]) -> NDArray[np.float64]:
    """The (2, 3) map that undoes ``affine``."""
    turn = np.linalg.inv(affine[:, :2])
    return np.hstack([turn, -turn @ affine[:, 2:]])


class Cropper:
    """Cuts turned squares out of pictures of any size without copying the picture; its buffer is made once."""

    def __init__(self) -> None:
        self._patch = np.zeros((BOUND, BOUND, 3), np.uint8)

    def crop(
        self, image: NDArray[np.uint8], region: Region, into: NDArray[np.uint8], border: int
    ) -> NDArray[np.float64]:
        """Fill ``into`` (side, side, 3) with the region, and give the (2, 3) map from the picture to it.

        Args:
            image: (height, width, 3) uint8.
            region: what to cut; it may reach beyond the picture.
            into: the crop.
            border: what lies beyond: cv2.BORDER_CONSTANT (black) or cv2.BORDER_REPLICATE.
        """
        affine = region.onto(into.shape[0])
        patch, place = self._shrunk(image, region)
        # picture = place(patch), so patch -> crop is affine ∘ place
        chained = np.hstack([affine[:, :2] @ place[:, :2], affine[:, :2] @ place[:, 2:] + affine[:, 2:]])
        cv2.warpAffine(patch, chained, into.shape[1::-1], dst=into, flags=cv2.INTER_LINEAR, borderMode=border)
        return affine

    def _shrunk(self, image: NDArray[np.uint8], region: Region) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
        """The part of the picture around the region, no finer than needed, and the map from it to the picture."""
        high, wide = image.shape[:2]
        reach = region.side * (abs(np.cos(region.angle)) + abs(np.sin(region.angle))) / 2 + 1
        left, right = _within(region.x - reach, wide), _within(region.x + reach + 1, wide)
        top, bottom = _within(region.y - reach, high), _within(region.y + reach + 1, high)
        if right - left < 1 or bottom - top < 1:
            left, top, right, bottom = 0, 0, 1, 1
        part = image[top:bottom, left:right]
        if region.side <= MOST_SIDE:
            return part, np.array([[1.0, 0.0, left], [0.0, 1.0, top]])
        scale = MOST_SIDE / region.side
        columns = min(max(round((right - left) * scale), 1), BOUND)
        rows = min(max(round((bottom - top) * scale), 1), BOUND)
        patch = self._patch[:rows, :columns]
        cv2.resize(part, (columns, rows), dst=patch, interpolation=cv2.INTER_AREA)
        across, down = (right - left) / columns, (bottom - top) / rows
        return patch, np.array([[across, 0.0, left + (across - 1) / 2], [0.0, down, top + (down - 1) / 2]])


def _within(value: float, most: int) -> int:
    """``value`` cut to 0..most; numpy's clip takes far longer for one number."""
    return int(min(max(value, 0.0), most))
