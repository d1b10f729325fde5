"""A camera that Video4Linux knows: USB, or the CSI camera of a board whose driver speaks V4L2."""

from __future__ import annotations

import os
import re
import time
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, cast

from edge.errors import SensorError, SensorGone
from edge.sensors.buffers import Buffers
from edge.sensors.live_camera import Device, LiveCamera, Mode, Shot, always

if TYPE_CHECKING:
    from collections.abc import Callable

    import cv2
    import numpy as np
    from numpy.typing import NDArray

    from edge.sensors.health import FrameHealth
    from edge.sensors.live_camera import Due
    from edge.sensors.settings import CameraSettings

STAMP_NS = 1_000_000_000
"""A driver's time stamp that is older than this, or ahead of now, is of another clock and is not used."""
YUYV_BYTES = 2
"""Bytes of a pixel in YUYV (4:2:2)."""
USB2_BYTES_S = 24_576_000
"""Bytes a second that a high-speed isochronous endpoint carries at most: 3 × 1024 in each of 8000 microframes (USB 2.0,
5.6.3). All devices of a hub share it."""
USB2_SHARE = 1 / 3
"""What one camera may take of it: a microphone and an accelerator have to live on the same bus."""


class DeviceCamera(LiveCamera):
    """Pictures from a V4L2 device.

    Args:
        settings: ``source`` is a number or a path under /dev.
        opener: opens the device; another one than V4L2's is for tests on machines without a camera.
        due: says which pictures are wanted.
    """

    def __init__(
        self,
        settings: CameraSettings,
        opener: Callable[[CameraSettings], cv2.VideoCapture] | None = None,
        *,
        due: Due = always,
    ) -> None:
        super().__init__(settings, due=due)
        self._opener = opener or open_v4l2

    def _open(self) -> Device:
        return _Capture(self._opener(self._settings), self._settings, self.source)


class _Capture:
    """An open ``cv2.VideoCapture`` after negotiation."""

    def __init__(self, capture: cv2.VideoCapture, settings: CameraSettings, source: str) -> None:
        self.asked = wanted(settings)
        self.mode = negotiate(capture, self.asked)
        self._capture = capture
        self._source = source
        self._buffers = Buffers((self.mode.height, self.mode.width, 3))

    def pull(self, health: FrameHealth, due: Due) -> Shot | None:
        """The next picture; None for one that cannot be decoded, or is not due and not decoded. Raises SensorGone."""
        import cv2

        try:
            there = self._capture.grab()
            now_ns = time.monotonic_ns()
            if there and not due(now_ns):
                return None
            decoded, found = self._capture.retrieve(self._buffers.take()) if there else (False, None)
        except cv2.error as error:
            problem = f"{self._source} failed: {error}"
            raise SensorGone(problem, "Check its cable; it is opened again by itself") from error
        if not there:
            problem = f"{self._source} is lost: it was unplugged or its driver gave up"
            raise SensorGone(problem, "Check its cable; it is opened again by itself")
        if not decoded:
            health.damaged(now_ns)
            return None
        image = cast("NDArray[np.uint8]", found)
        stamp_ms = self._capture.get(cv2.CAP_PROP_POS_MSEC)
        return Shot(image, captured_ns(stamp_ms, now_ns), health.look(image[:, :, 1], now_ns))

    def close(self) -> None:
        """Close the device."""
        self._capture.release()


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


def wanted(settings: CameraSettings) -> Mode:
    """What to ask of a camera.

    "auto" is YUYV while that leaves room on a USB 2 bus, since it needs no decoding and has no artefacts, and MJPG
    beyond: at 640 × 480 from 14 frames per second on.
    """
    form: str = settings.format
    if form == "auto":
        bytes_s = settings.width * settings.height * YUYV_BYTES * settings.fps
        form = "YUYV" if bytes_s <= USB2_BYTES_S * USB2_SHARE else "MJPG"
    return Mode(settings.width, settings.height, settings.fps, form)


def negotiate(capture: cv2.VideoCapture, asked: Mode) -> Mode:
    """Ask, and say what was granted. The format goes first: drivers offer sizes and rates by format.

    One waiting picture is asked for, so that what is read is the newest; a driver that keeps more says nothing.
    """
    import cv2

    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*asked.format))
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, asked.width)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, asked.height)
    capture.set(cv2.CAP_PROP_FPS, asked.fps)
    width, height = capture.get(cv2.CAP_PROP_FRAME_WIDTH), capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
    code, fps = capture.get(cv2.CAP_PROP_FOURCC), capture.get(cv2.CAP_PROP_FPS)
    return Mode(_whole(width), _whole(height), fps if isfinite(fps) else 0.0, format_of(code))


def _whole(value: float) -> int:
    return int(value) if isfinite(value) else 0


def format_of(code: float) -> str:
    """A FOURCC as OpenCV gives it, as text: "MJPG"; "unknown" when it is none."""
    if not isfinite(code) or not 0 < code < 2**32:
        return "unknown"
    text = int(code).to_bytes(4, "little").decode("latin-1").strip()
    return text if text.isascii() and text.isprintable() and text else "unknown"


def captured_ns(stamp_ms: float, now_ns: int) -> int:
    """When the light reached the sensor: the driver's stamp (V4L2 stamps with CLOCK_MONOTONIC), else now."""
    stamp_ns = int(stamp_ms * 1e6)
    return stamp_ns if 0 <= now_ns - stamp_ns <= STAMP_NS else now_ns
