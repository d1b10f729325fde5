"""Whether a live camera's pictures can be pictures: not black, not frozen, not cut off, of the size that was granted.

A judge costs some microseconds: it looks at a grid of GRID points, at most. Between pictures it keeps a checksum only.
What it tells is one sentence with the remedy, and it stops telling by itself.
"""

from __future__ import annotations

import zlib
from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from edge.errors import SensorGone

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.sensors.settings import CameraHealth

GRID = (60, 80)
"""Rows and columns that are looked at, at most."""
CUT_ROWS = 0.25
"""Part of the rows, from below, that must be one flat grey for a picture to count as cut off."""
CUT_GREYS = (24, 240)
"""Greys a cut can have. Decoders fill what is missing with grey or green, about 128; black and white parts are real."""
CUTS = 3
"""One picture that is cut off is an accident on the cable; so many within ``half_s`` are a fault."""
FROZEN_REMEDY = "It is opened anew by itself; if that does not help, unplug it and plug it in"
PATIENCE_S = 60.0
"""A camera that is still frozen after it was opened anew is opened again after twice the time, up to this."""


class FrameHealth:
    """Judges the pictures of one camera, for as long as the camera object lives, also over its being opened anew.

    Args:
        settings: the table [camera.health].
        name: the camera, in words for the user.
    """

    def __init__(self, settings: CameraHealth, name: str) -> None:
        self._settings = settings
        self._name = name
        self._grid: NDArray[np.uint8] = np.empty((0, 0), np.uint8)
        self._told: str | None = None
        self._frozen = False
        self._sum = 0
        self._last_ns = 0
        self._changed_ns = 0
        self._attached_ns = 0
        self._black_ns: int | None = None
        self._cuts: deque[int] = deque(maxlen=CUTS)
        self._size = (0, 0)
        self._tries = 0

    def begin(self, width: int, height: int, now_ns: int) -> None:
        """The camera was opened and granted ``width`` × ``height``. Whether it was frozen before is not forgotten."""
        self._size = (height, width)
        self._attached_ns = now_ns
        self._black_ns = None
        self._cuts.clear()

    def end(self) -> None:
        """The camera was closed: nothing of a picture is kept but a checksum."""
        self._grid = np.empty((0, 0), np.uint8)
        if not self._frozen:
            self._told = None

    def condition(self) -> str | None:
        """What is wrong, and the remedy; None when nothing is."""
        return self._told

    def gone(self) -> SensorGone:
        """The error that has the frozen camera opened anew."""
        return SensorGone(self._frozen_problem, FROZEN_REMEDY)

    @property
    def _frozen_problem(self) -> str:
        return f"{self._name} has delivered the very same picture for {self._settings.frozen_s:g} s"

    @property
    def frozen(self) -> bool:
        """The very same picture has come for ``frozen_s`` or longer: none of them says anything about now."""
        return self._frozen

    def give_up(self) -> bool:
        """Whether it is time to open the frozen camera anew: at once, then after twice as long each time."""
        patience_s = min(PATIENCE_S, self._settings.frozen_s * 2**self._tries) if self._tries else 0.0
        due = self._frozen and self._last_ns - self._attached_ns >= patience_s * 1e9
        self._tries += due
        return due

    def look(self, grey: NDArray[np.uint8], now_ns: int) -> bool:
        """Judge a picture. False when it is a frozen one, which is not to be used.

        Args:
            grey: (height, width) uint8, any strides: a Y plane, or one colour of a picture.
            now_ns: CLOCK_MONOTONIC.
        """
        self._last_ns = now_ns
        grid = self._sample(grey)
        same = self._same(grid)
        black = int(grid.sum(dtype=np.uint32)) <= self._settings.black_mean * grid.size
        if black:  # a covered lens gives the same black again and again, which is no frozen camera
            self._black_ns = now_ns if self._black_ns is None else self._black_ns
        else:
            self._black_ns = None
        if black or not same:
            self._changed_ns = now_ns
            self._tries = 0
        if self._cut_off(grid):
            self._cuts.append(now_ns)
        self._frozen = now_ns - self._changed_ns >= self._settings.frozen_s * 1e9
        self._told = self._find(grey.shape, now_ns)
        return not self._frozen

    def damaged(self, now_ns: int) -> None:
        """A picture arrived that could not be decoded at all."""
        self._cuts.append(now_ns)
        self._told = self._find(self._size, now_ns)

    def _find(self, shape: tuple[int, ...], now_ns: int) -> str | None:
        limits = self._settings
        if self._black_ns is not None and now_ns - self._black_ns >= limits.black_s * 1e9:
            return f"{self._name} delivers black pictures. Open its shutter, uncover the lens or put a light on."
        if self._frozen:
            return f"{self._frozen_problem}. {FROZEN_REMEDY}."
        if len(self._cuts) == CUTS and now_ns - self._cuts[0] <= limits.half_s * 1e9:
            return (
                f"{self._name} delivers pictures whose lower part is missing. Use a shorter cable or another USB port,"
                " or a smaller camera.width and camera.height."
            )
        if shape != self._size:
            (height, width), (rows, columns) = self._size, shape
            return (
                f"{self._name} delivers pictures of {columns}×{rows} pixels, {width}×{height} were granted. Set"
                " camera.width and camera.height to a size that it has."
            )
        return None

    def _sample(self, grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """A grid (rows, columns) uint8 of points of the picture, in a buffer that is used again."""
        rows, columns = grey.shape
        down, across = -(-rows // GRID[0]), -(-columns // GRID[1])
        points = grey[(rows - 1) % down :: down, across // 2 :: across]
        grid = self._grid  # end() may take it away meanwhile, when a driver blocks longer than a stop waits
        if grid.shape != points.shape:
            grid = self._grid = np.empty(points.shape, np.uint8)
        np.copyto(grid, points)
        return grid

    def _same(self, grid: NDArray[np.uint8]) -> bool:
        """Whether the grid is that of the picture before, told by a checksum. A real camera always has noise."""
        before, self._sum = self._sum, zlib.crc32(grid.data)
        return self._sum == before

    @staticmethod
    def _cut_off(grid: NDArray[np.uint8]) -> bool:
        """Whether the lower part is one flat grey, and the upper part is not."""
        grey = int(grid[-1, 0])
        if not CUT_GREYS[0] <= grey <= CUT_GREYS[1] or grid[-1, -1] != grey:
            return False
        lower = grid[-max(1, round(CUT_ROWS * len(grid))) :]
        return bool((lower == grey).all()) and not bool((grid == grey).all())
