"""Lids drawn shut on a picture: the skin above each eye is drawn down over it, its lashes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Lid = NDArray[np.floating]

LASHES = 0.14
"""Height of the lashes, in widths of the eye: they move and are not stretched."""
SKIN = 0.45
"""Height of the skin above the lid that is stretched over the eye, in widths of the eye."""


def shut_lids(image: NDArray[np.uint8], eyes: Sequence[tuple[Lid, Lid]], closed: float) -> NDArray[np.uint8]:
    """A copy of ``image`` (height, width, 3) whose upper lids are drawn down.

    Args:
        image: with a face.
        eyes: upper and lower lid of each, (n, 2) points in pixels of the picture from corner to corner, left to right.
        closed: 0 as they are, 1 shut.
    """
    import cv2

    height, width = image.shape[:2]
    across, down = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    for upper, lower in eyes:
        _draw(down, upper, lower, closed)
    return np.asarray(cv2.remap(image, across, down, cv2.INTER_LINEAR), np.uint8)


def _draw(down: NDArray[np.float32], upper: Lid, lower: Lid, closed: float) -> None:
    """Change, for one eye, from which row each pixel is taken."""
    first, last = float(upper[0, 0]), float(upper[-1, 0])
    for column in range(int(np.ceil(first)), int(last) + 1):
        lid = float(np.interp(column, upper[:, 0], upper[:, 1]))
        falls = closed * (float(np.interp(column, lower[:, 0], lower[:, 1])) - lid)
        if falls <= 0:
            continue
        top, edge = lid - SKIN * (last - first), lid - LASHES * (last - first)
        rows = np.arange(int(np.ceil(top)), int(np.ceil(lid + falls)) + 1, dtype=np.float32)
        skin = top + (rows - top) * (edge - top) / (edge + falls - top)
        taken = np.where(rows <= edge + falls, skin, np.where(rows <= lid + falls, rows - falls, rows))
        down[rows.astype(int), column] = taken
