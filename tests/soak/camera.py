"""A stand-in for a V4L2 camera at OpenCV's boundary, which does what it is wished to do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from edge.errors import SensorGone

if TYPE_CHECKING:
    from pathlib import Path

    from edge.sensors.settings import CameraSettings
    from tests.soak.control import Wished

FPS = 10.0
PICTURES = 60
"""Of the session's first scene, in which the face is bright; they stay compressed, as a camera's MJPG stream is."""


def pictures(video: Path) -> list[np.ndarray[Any, Any]]:
    """The first PICTURES pictures of a video, each as JPEG."""
    capture = cv2.VideoCapture(str(video))
    kept = []
    for _ in range(PICTURES):
        there, image = capture.read()
        if not there:
            break
        kept.append(cv2.imencode(".jpg", image)[1])
    capture.release()
    return kept


class Cameras:
    """What ``open_v4l2`` is replaced by."""

    def __init__(self, video: Path, wished: Wished) -> None:
        self._pictures = pictures(video)
        self._wished = wished

    def open(self, settings: CameraSettings) -> Capture:
        """A capture that behaves as a device. Raises SensorGone while there shall be none."""
        if self._wished["camera"] == "gone":
            problem = f"camera.source is {settings.source!r}, but there is no such device"
            raise SensorGone(problem, "Plug the camera in")
        return Capture(self._pictures, self._wished)


class Capture:
    """What the runtime uses of ``cv2.VideoCapture``: 640×480 at 10 frames per second."""

    def __init__(self, kept: list[np.ndarray[Any, Any]], wished: Wished) -> None:
        self._there_and_back = [*kept, *kept[-2:0:-1]]
        self._wished = wished
        self._at = 0
        self._due = time.monotonic()

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return True

    def set(self, _key: int, _value: float) -> bool:
        return True

    def get(self, key: int) -> float:
        given = {cv2.CAP_PROP_FRAME_WIDTH: 640.0, cv2.CAP_PROP_FRAME_HEIGHT: 480.0, cv2.CAP_PROP_FPS: FPS}
        given[cv2.CAP_PROP_FOURCC] = float(cv2.VideoWriter.fourcc(*"MJPG"))
        return given.get(key, 0.0)

    def grab(self) -> bool:
        """Wait for the next picture; False when the device has gone."""
        time.sleep(max(0.0, self._due - time.monotonic()))
        self._due = max(self._due + 1 / FPS, time.monotonic())
        if self._wished["camera"] == "gone":
            return False
        if self._wished["camera"] != "frozen":
            self._at = (self._at + 1) % len(self._there_and_back)
        return True

    def retrieve(self, image: np.ndarray[Any, Any] | None = None) -> tuple[bool, np.ndarray[Any, Any]]:
        """The picture that was grabbed, as it shall be."""
        decoded = cv2.imdecode(self._there_and_back[self._at], cv2.IMREAD_COLOR)
        assert decoded is not None
        if self._wished["camera"] == "black":
            decoded[:] = 0
        elif self._wished["camera"] == "half":
            decoded[decoded.shape[0] // 2 :] = 128  # a decoder's own grey, where the data ended
        if image is None or image.shape != decoded.shape:
            return True, decoded
        np.copyto(image, decoded)
        return True, image

    def read(self, image: np.ndarray[Any, Any] | None = None) -> tuple[bool, np.ndarray[Any, Any] | None]:
        """Both in one."""
        return self.retrieve(image) if self.grab() else (False, None)

    def release(self) -> None: ...
