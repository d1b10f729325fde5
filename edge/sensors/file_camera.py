"""A video, a picture or a folder of pictures that behaves as a camera: paced in real time."""

from __future__ import annotations

import logging
import threading
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from edge.affect import Sense
from edge.errors import SensorError, SensorGone
from edge.sensors.buffers import Buffers
from edge.sensors.clock import Clock
from edge.sensors.picture import SUFFIXES, is_picture, read_picture
from edge.sensors.signals import Frame

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from edge.sensors.settings import CameraSettings, PictureLimits

log = logging.getLogger(__name__)

FASTEST_FPS = 240.0
"""A video that claims more, or nothing, is played at the fps of the settings."""


class _Film(Protocol):
    """A row of pictures. ``skip`` and ``next`` are False and None at its end."""

    fps: float
    may_skip: bool

    def skip(self) -> bool: ...
    def next(self) -> NDArray[np.uint8] | None: ...
    def rewind(self) -> None: ...
    def close(self) -> None: ...


class FileCamera:
    """Pictures from files. ``captured_ns`` is when a picture was due, or was ready where it was ready later.

    A video drops what it is too late for, as a camera does; of separate pictures each is delivered. A picture alone
    is delivered once. With ``repeat`` everything is delivered again and again.
    """

    sense = Sense.FACE
    live = False

    def __init__(self, settings: CameraSettings, *, repeat: bool, clock: Clock | None = None) -> None:
        self.source = f"file {settings.source}"
        self.dropped = 0
        self._settings = settings
        self._repeat = repeat
        self._clock = clock or Clock()
        self._film: _Film | None = None
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._due_ns = 0

    def attach(self) -> None:
        """Open the file. Raises SensorError when it is missing or no picture or video."""
        self.stop()
        film = _open(Path(self._settings.source), self._settings)
        with self._lock:
            self._film = film
            self._stopped.clear()
            self._due_ns = self._clock.now_ns()

    def read(self) -> Frame | None:
        """The next picture when it is due. Raises SensorError when a picture alone cannot be decoded."""
        with self._lock:
            if self._film is None:
                return None
            period_ns = int(1e9 / self._film.fps)
            self._catch_up(self._film, period_ns)
            image = self._next(self._film)
            may_skip = self._film.may_skip
            if image is None:
                self._film.close()
                self._film = None
                return None
        captured_ns = max(self._due_ns, self._clock.now_ns())
        self._due_ns = (self._due_ns if may_skip else captured_ns) + period_ns
        return Frame(image, captured_ns) if self._clock.wait_until(captured_ns, self._stopped) else None

    def stop(self) -> None:
        """Close the file; a waiting read returns None."""
        self._stopped.set()
        with self._lock:
            if self._film is not None:
                self._film.close()
                self._film = None

    def _catch_up(self, film: _Film, period_ns: int) -> None:
        while film.may_skip and self._clock.now_ns() - self._due_ns > period_ns and film.skip():
            self._due_ns += period_ns
            self.dropped += 1

    def _next(self, film: _Film) -> NDArray[np.uint8] | None:
        image = film.next()
        if image is None and self._repeat:
            film.rewind()
            image = film.next()
            if image is None:
                problem = f"{self.source} cannot be played again: it is gone or damaged"
                raise SensorGone(problem, "Put it back; it is tried again by itself")
        return image


def _open(path: Path, settings: CameraSettings) -> _Film:
    try:
        if path.is_dir():
            return _Pictures(_pictures_in(path), settings)
        if path.stat().st_size == 0:
            problem = f"{path} is empty"
            raise SensorError(problem, "Use a video, a picture or a folder of pictures")
        return _Pictures([path], settings) if is_picture(path) else _Video(path, settings.fps)
    except OSError as error:
        problem = f"camera.source is {settings.source!r}, which cannot be read: {error.strerror}"
        raise SensorError(problem, "Check the path and its permissions") from error


def _pictures_in(folder: Path) -> list[Path]:
    pictures = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file())
    if not pictures:
        problem = f"the folder {folder} holds no pictures ({', '.join(sorted(SUFFIXES))})"
        raise SensorError(problem, "Put some into it, or name another folder")
    return pictures


class _Pictures:
    """Separate pictures. One that is damaged is passed over with a log line, unless no other is left."""

    may_skip = False

    def __init__(self, paths: list[Path], settings: CameraSettings) -> None:
        self.fps = settings.fps
        self._limits: PictureLimits = settings.limits
        self._paths = paths
        self._at = 0
        self._good = 0
        if len(paths) == 1:
            self._first: NDArray[np.uint8] | None = read_picture(paths[0], self._limits)
        else:
            self._first = None

    def skip(self) -> bool:
        return False

    def next(self) -> NDArray[np.uint8] | None:
        if self._first is not None:
            self._at += 1
            return self._first if self._at == 1 else None
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
        self._at = 0

    def close(self) -> None:
        self._first = None


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
