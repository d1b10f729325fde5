"""Pictures of a camera that is mounted otherwise are turned upright."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from edge.sensors.buffers import Buffers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from edge.sensors.settings import CameraSettings

QUARTER, HALF, THREE_QUARTERS = 90, 180, 270


class Turn:
    """Rotation clockwise, then mirroring, as the settings say; each costs one pass into a buffer that is used again."""

    def __init__(self, settings: CameraSettings) -> None:
        self._rotation = settings.rotation
        self._mirror = settings.mirror
        self._buffers: dict[tuple[int, int], Buffers] = {}

    def __call__(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The picture (height, width, 3) upright; the very same array when nothing is to be done."""
        if not self._rotation and not self._mirror:
            return image
        import cv2

        if self._rotation:
            codes = {
                QUARTER: cv2.ROTATE_90_CLOCKWISE,
                HALF: cv2.ROTATE_180,
                THREE_QUARTERS: cv2.ROTATE_90_COUNTERCLOCKWISE,
            }
            rows, columns = image.shape[:2]
            size = (rows, columns) if self._rotation == HALF else (columns, rows)
            image = cast("NDArray[np.uint8]", cv2.rotate(image, codes[self._rotation], dst=self._take(size)))
        if self._mirror:
            image = cast("NDArray[np.uint8]", cv2.flip(image, 1, dst=self._take(image.shape[:2])))
        return image

    def _take(self, size: tuple[int, int]) -> NDArray[np.uint8]:
        if size not in self._buffers:
            if len(self._buffers) > 1:  # a folder of pictures may hold any number of sizes
                self._buffers.clear()
            self._buffers[size] = Buffers((*size, 3))
        return self._buffers[size].take()
