"""Rows of pictures from files: a picture alone, a folder, a video. Each can be begun again, as its file is then."""

from __future__ import annotations

import logging
from math import isfinite
from typing import TYPE_CHECKING, Protocol, cast

from edge.errors import SensorError
from edge.sensors.buffers import Buffers
from edge.sensors.picture import SUFFIXES, is_picture, read_picture

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from edge.sensors.settings import CameraSettings, PictureLimits

log = logging.getLogger(__name__)

GONE_REMEDY = "Put it back; it is tried again by itself"
FASTEST_FPS = 240.0
"""A video that claims more, or nothing, is played at the fps of the settings."""


class Film(Protocol):
    """A row of pictures. ``skip`` and ``next`` are False and None at its end."""

    fps: float
    may_skip: bool

    def skip(self) -> bool:
        """Pass one picture over."""
        ...

    def next(self) -> NDArray[np.uint8] | None:
        """The next picture (height, width, 3) uint8, BGR. Raises SensorError."""
        ...

    def rewind(self) -> None:
        """Begin again. Raises SensorError when the file is not there any more."""
        ...

    def close(self) -> None:
        """Close the file."""
        ...


def open_film(path: Path, settings: CameraSettings) -> Film:
    """The film of a file or a folder. Raises SensorError."""
    try:
        if path.is_dir():
            return _Folder(path, settings)
        if path.stat().st_size == 0:
            problem = f"{path} is empty"
            raise SensorError(problem, "Use a video, a picture or a folder of pictures")
        return _Picture(path, settings) if is_picture(path) else _Video(path, settings.fps)
    except OSError as error:
        problem = f"camera.source is {settings.source!r}, which cannot be read: {error.strerror}"
        raise SensorError(problem, "Check the path and its permissions") from error


def _pictures_in(folder: Path) -> list[Path]:
    pictures = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file())
    if not pictures:
        problem = f"the folder {folder} holds no pictures ({', '.join(sorted(SUFFIXES))})"
        raise SensorError(problem, "Put some into it, or name another folder")
    return pictures


class _Picture:
    """A picture alone, kept in memory, and read again only when its file has changed."""

    may_skip = False

    def __init__(self, path: Path, settings: CameraSettings) -> None:
        self.fps = settings.fps
        self._path = path
        self._limits = settings.limits
        self._stamp = _stamp(path)
        self._image: NDArray[np.uint8] | None = read_picture(path, self._limits)
        self._shown = False

    def skip(self) -> bool:
        return False

    def next(self) -> NDArray[np.uint8] | None:
        image = None if self._shown else self._image
        self._shown = True
        return image

    def rewind(self) -> None:
        try:
            stamp = _stamp(self._path)
        except OSError as error:
            problem = f"{self._path} is not there any more: {error.strerror}"
            raise SensorError(problem, GONE_REMEDY) from error
        if stamp != self._stamp:
            self._image = read_picture(self._path, self._limits)
            self._stamp = stamp
        self._shown = False

    def close(self) -> None:
        self._image = None


def _stamp(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


class _Folder:
    """The pictures of a folder. One that is damaged is passed over with a log line, unless no other is left."""

    may_skip = False

    def __init__(self, path: Path, settings: CameraSettings) -> None:
        self.fps = settings.fps
        self._limits: PictureLimits = settings.limits
        self._path = path
        self._paths = _pictures_in(path)
        self._at = 0
        self._good = 0

    def skip(self) -> bool:
        return False

    def next(self) -> NDArray[np.uint8] | None:
        while self._at < len(self._paths):
            path = self._paths[self._at]
            self._at += 1
            try:
                image = read_picture(path, self._limits)
            except SensorError as error:
                if self._good == 0 and self._at == len(self._paths):
                    raise
                log.warning("passed over: %s", error)
                continue
            self._good += 1
            return image
        return None

    def rewind(self) -> None:
        try:
            self._paths = _pictures_in(self._path)
        except OSError as error:
            problem = f"the folder {self._path} cannot be read any more: {error.strerror}"
            raise SensorError(problem, GONE_REMEDY) from error
        self._at = self._good = 0

    def close(self) -> None:
        self._paths = []


class _Video:
    """A video by OpenCV, decoded into buffers that are used again."""

    may_skip = True

    def __init__(self, path: Path, fps: float) -> None:
        import cv2

        self._path = path
        self._capture = cv2.VideoCapture(str(path))
        there = self._capture.isOpened() and self._capture.grab()
        if not there:
            self._capture.release()
            problem = f"{path} is neither a picture nor a video that OpenCV can decode"
            raise SensorError(problem, "Use AVI (MJPG), MP4, JPEG, PNG, BMP or WebP")
        own = self._capture.get(cv2.CAP_PROP_FPS)
        self.fps = own if isfinite(own) and 0 < own <= FASTEST_FPS else fps
        width, height = self._capture.get(cv2.CAP_PROP_FRAME_WIDTH), self._capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
        self._buffers = Buffers((int(height), int(width), 3))
        self._grabbed = True

    def skip(self) -> bool:
        there = self._grabbed or self._capture.grab()
        self._grabbed = False
        return there

    def next(self) -> NDArray[np.uint8] | None:
        if not self._grabbed and not self._capture.grab():
            return None
        self._grabbed = False
        there, image = self._capture.retrieve(self._buffers.take())
        return cast("NDArray[np.uint8]", image) if there else None

    def rewind(self) -> None:
        self._capture.release()
        self._capture.open(str(self._path))

    def close(self) -> None:
        self._capture.release()
