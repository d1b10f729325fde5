"""A camera that Video4Linux knows: USB, or the CSI camera of a board whose driver speaks V4L2."""

from __future__ import annotations

import logging
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from edge.affect import Sense
from edge.errors import SensorError, SensorGone
from edge.sensors.buffers import Buffers
from edge.sensors.pump import Pump
from edge.sensors.signals import Frame

if TYPE_CHECKING:
    from collections.abc import Callable

    import cv2
    import numpy as np
    from numpy.typing import NDArray

    from edge.sensors.settings import CameraSettings

log = logging.getLogger(__name__)

STAMP_NS = 1_000_000_000
"""A driver's time stamp that is older than this, or ahead of now, is of another clock and is not used."""


@dataclass(frozen=True, slots=True)
class Mode:
    """What the camera granted, which need not be what was asked of it."""

    width: int
    height: int
    fps: float


class DeviceCamera:
    """Pictures from a V4L2 device. The node is opened by ``attach`` and closed by ``stop``; nothing else touches it.

    Args:
        settings: ``source`` is a number or a path under /dev.
        opener: opens the device; another one than V4L2's is for tests on machines without a camera.
    """

    sense = Sense.FACE
    live = True

    def __init__(
        self, settings: CameraSettings, opener: Callable[[CameraSettings], cv2.VideoCapture] | None = None
    ) -> None:
        self.source = f"camera {settings.source}"
        self.mode: Mode | None = None
        self._settings = settings
        self._opener = opener or open_v4l2
        self._pump: Pump[Frame] | None = None

    def attach(self) -> None:
        """Open the camera and negotiate. Raises SensorGone when it is not there, SensorError when it is refused."""
        self.stop()
        capture = self._opener(self._settings)
        self.mode = _negotiate(capture, self._settings)
        log.info("%s grants %d×%d at %g frames per second", self.source, *_numbers(self.mode))
        buffers = Buffers((self.mode.height, self.mode.width, 3))

        def pull() -> Frame:
            return _pull(capture, buffers, self.source)

        self._pump = Pump(self.source, pull, capture.release, newest_wins=True, stall_s=self._settings.stall_s)
        self._pump.start()

    def read(self) -> Frame | None:
        """The newest picture. Its image is not written again while anyone holds it. Raises SensorGone."""
        pump = self._pump
        return None if pump is None else pump.take()

    def stop(self) -> None:
        """Close the camera."""
        pump, self._pump = self._pump, None
        if pump is not None:
            pump.stop()


def open_v4l2(settings: CameraSettings) -> cv2.VideoCapture:
    """The device of ``settings.source``. Raises SensorGone when it is not there, SensorError when it is refused."""
    import cv2

    node = node_of(settings.source)
    if not node.exists():
        problem = f"camera.source is {settings.source!r}, but there is no {node}"
        raise SensorGone(problem, "Plug the camera in, or list what is there with `ls /dev/video*`")
    if not os.access(node, os.R_OK | os.W_OK):
        problem = f"camera.source is {settings.source!r}, but this user may not open {node}"
        raise SensorError(problem, "Add the user to the group video: sudo usermod -aG video $USER, then log in again")
    number = re.fullmatch(r"/dev/video(\d+)", str(node))
    if number is None:
        problem = f"camera.source is {settings.source!r}, which leads to {node}; wanted /dev/video0, /dev/video1, …"
        raise SensorError(problem, "List the cameras with `ls -l /dev/v4l/by-id`")
    capture = cv2.VideoCapture(int(number[1]), cv2.CAP_V4L2)
    if not capture.isOpened():
        problem = f"{node} cannot be opened as a camera: it is in use by another program, or is no capture device"
        raise SensorGone(problem, f"See who holds it with `fuser {node}`, or try the next number")
    return capture


def node_of(source: str) -> Path:
    """Device node of a camera source: "0" is /dev/video0; links such as /dev/v4l/by-id/… are followed."""
    return Path(f"/dev/video{source}") if source.isdigit() else Path(source).resolve()


def _negotiate(capture: cv2.VideoCapture, settings: CameraSettings) -> Mode:
    import cv2

    capture.set(cv2.CAP_PROP_FRAME_WIDTH, settings.width)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, settings.height)
    capture.set(cv2.CAP_PROP_FPS, settings.fps)
    width, height = capture.get(cv2.CAP_PROP_FRAME_WIDTH), capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
    return Mode(int(width), int(height), capture.get(cv2.CAP_PROP_FPS))


def _numbers(mode: Mode) -> tuple[int, int, float]:
    return mode.width, mode.height, mode.fps


def _pull(capture: cv2.VideoCapture, buffers: Buffers, source: str) -> Frame:
    import cv2

    try:
        there, image = capture.read(buffers.take())
    except cv2.error as error:
        problem = f"{source} failed: {error}"
        raise SensorGone(problem, "Check its cable; it is opened again by itself") from error
    if not there:
        problem = f"{source} is lost: it was unplugged or its driver gave up"
        raise SensorGone(problem, "Check its cable; it is opened again by itself")
    stamp_ms = capture.get(cv2.CAP_PROP_POS_MSEC)
    return Frame(cast("NDArray[np.uint8]", image), captured_ns(stamp_ms, time.monotonic_ns()))


def captured_ns(stamp_ms: float, now_ns: int) -> int:
    """When the light reached the sensor: the driver's stamp (V4L2 stamps with CLOCK_MONOTONIC), else now."""
    stamp_ns = int(stamp_ms * 1e6)
    return stamp_ns if 0 <= now_ns - stamp_ns <= STAMP_NS else now_ns
