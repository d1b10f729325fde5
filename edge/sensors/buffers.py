"""Picture buffers that are used again, and never while somebody still looks at the picture in them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNSHARED = 2
"""``sys.getrefcount`` of an item that only the list holds: the list's own reference and that of the call."""


class Buffers:
    """A pool of arrays of one shape.

    A ring of fixed length would overwrite a Frame that a slow receiver still holds. Here an array is handed out again
    only when nobody holds it, nor any view of it (a view keeps its base alive). With a mailbox of one between sensor
    and perception at most four are ever in use: written, waiting in the sensor, waiting in the mailbox, looked at.
    """

    def __init__(self, shape: tuple[int, int, int], kept: int = 4) -> None:
        self._shape = shape
        self._kept = kept
        self._arrays: list[NDArray[np.uint8]] = []

    def take(self) -> NDArray[np.uint8]:
        """An array (height, width, 3) uint8 with arbitrary content that nobody else holds.

        All are made at the first call, so that a device whose memory is flat on the first day stays so on a busy one.
        """
        if not self._arrays:
            self._arrays = [np.full(self._shape, 0, np.uint8) for _ in range(self._kept)]  # written to: pages are there
        for index in range(len(self._arrays)):
            if sys.getrefcount(self._arrays[index]) == UNSHARED:
                return self._arrays[index]
        return np.empty(self._shape, np.uint8)
