"""The camera module of a Raspberry Pi, by picamera2: the ISP scales, and hands over YUV 4:2:0.

YUV 4:2:0 is half the bytes of BGR and what the ISP makes anyway. Its Y plane is the grey picture, judged where it lies;
the models want colour, so that each picture is converted once, from the ISP's own buffer into one that is used again.
"""

from __future__ import annotations

import logging
import re
import time
from typing import TYPE_CHECKING, Any

from edge.errors import SensorError, SensorGone
from edge.sensors.buffers import Buffers
from edge.sensors.live_camera import Device, LiveCamera, Mode, Shot

if TYPE_CHECKING:
    from edge.sensors.health import FrameHealth
    from edge.sensors.live_camera import Due
    from edge.sensors.settings import CameraSettings

log = logging.getLogger(__name__)

SOURCE = re.compile(r"(?:picamera|csi)(?::(\d{1,3}))?")
"""What camera.source is called for such a camera; the number is that of `rpicam-hello --list-cameras`."""
BUFFERS = 3
"""One is exposed, one is processed, one is read. Each more costs memory (CMA) and can only hold an older picture."""
WAIT_S = 0.1
"""A stop is noticed within it."""
STAMP_NS = 1_000_000_000
"""A stamp that is older than this, or ahead of now, is of another clock and is not used."""
INSTALL = (
    "Type: sudo apt install python3-picamera2, and make the environment with `python3 -m venv --system-site-packages`: "
    "libcamera comes with Raspberry Pi OS only"
)


class PiCamera(LiveCamera):
    """Pictures from a camera module."""

    def _open(self) -> Device:
        return _Module(self._settings, self.source)


class _Module:
    """An open and running ``Picamera2``."""

    def __init__(self, settings: CameraSettings, source: str) -> None:
        try:
            import libcamera
            import picamera2
        except ImportError as error:
            problem = f"camera.source is {settings.source!r}, and picamera2 cannot be imported: {error}"
            raise SensorError(problem, INSTALL) from error
        self._source = source
        self._mapped = picamera2.MappedArray
        self._job: Any = None
        width, height = (side - side % 2 for side in (settings.width, settings.height))  # 4:2:0 halves both
        self.asked = Mode(width, height, settings.fps, "YUV420")
        self._camera: Any = _open(picamera2.Picamera2, settings)
        try:
            self._camera.configure(_configuration(self._camera, libcamera, self.asked))
            stream = self._camera.camera_configuration()["main"]
            self._camera.start()
        except (RuntimeError, OSError) as error:
            self._camera.close()
            problem = f"{source} cannot be set to {self.asked}: {error}"
            raise SensorGone(problem, "Try other values of camera.width and camera.height") from error
        (self._width, self._height), self._stride = stream["size"], int(stream["stride"])
        fastest = 1e6 / self._camera.camera_controls["FrameDurationLimits"][0]
        self.mode = Mode(self._width, self._height, round(min(settings.fps, fastest), 2), str(stream["format"]))
        self._buffers = Buffers((self._height, self._stride, 3))

    def pull(self, health: FrameHealth, due: Due) -> Shot | None:
        """The next picture; None when there is none within WAIT_S, or it is not due. Raises SensorGone."""
        try:
            # One job is kept until it is done: another would leave a finished request that nobody gives back.
            self._job = self._job or self._camera.capture_request(wait=False)
            request = self._job.get_result(timeout=WAIT_S)
        except TimeoutError:
            return None
        except (RuntimeError, OSError) as error:
            problem = f"{self._source} failed: {error}"
            raise SensorGone(problem, "Check its ribbon cable; it is opened again by itself") from error
        self._job = None
        try:
            return self._shot(request, health) if due(time.monotonic_ns()) else None
        finally:
            request.release()

    def close(self) -> None:
        """Stop the camera and let go of it."""
        try:
            self._camera.stop()
        except RuntimeError as error:
            log.info("%s: %s while stopping", self._source, error)
        finally:
            self._camera.close()

    def _shot(self, request: Any, health: FrameHealth) -> Shot:  # noqa: ANN401 - picamera2 has no types
        import cv2

        now_ns = time.monotonic_ns()
        stamp_ns = int(request.get_metadata().get("SensorTimestamp", 0))
        image = self._buffers.take()
        with self._mapped(request, "main", write=False) as mapped:
            planes = mapped.array  # (height * 3 / 2, stride) uint8: Y, then U and V of half the stride
            fresh = health.look(planes[: self._height, : self._width], now_ns)
            cv2.cvtColor(planes, cv2.COLOR_YUV2BGR_I420, dst=image)
        return Shot(image[:, : self._width], captured_ns(stamp_ns, now_ns, _asleep_ns()), fresh)


def is_module(source: str) -> bool:
    """Whether ``source`` names the camera module of a Raspberry Pi: "picamera", "csi", "csi:1"."""
    return SOURCE.fullmatch(source) is not None


def captured_ns(stamp_ns: int, now_ns: int, asleep_ns: int) -> int:
    """CLOCK_MONOTONIC ns of the light in the first row.

    libcamera's documentation has SensorTimestamp in CLOCK_BOOTTIME, which counts on while the machine sleeps; kernels
    before that stamp with CLOCK_MONOTONIC. The two are the same until the machine sleeps for the first time; then the
    wrong one lies outside of the last second.

    Args:
        stamp_ns: SensorTimestamp.
        now_ns: CLOCK_MONOTONIC.
        asleep_ns: CLOCK_BOOTTIME - CLOCK_MONOTONIC.
    """
    for candidate in (stamp_ns - asleep_ns, stamp_ns):
        if 0 <= now_ns - candidate <= STAMP_NS:
            return candidate
    return now_ns


def _asleep_ns() -> int:
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) - time.monotonic_ns()


def _open(kind: Any, settings: CameraSettings) -> Any:  # noqa: ANN401 - picamera2 has no types
    """A ``Picamera2`` of the number in ``settings.source``. Raises SensorGone."""
    named = SOURCE.fullmatch(settings.source)
    number = int(named[1] or 0) if named else 0
    there = [info for info in kind.global_camera_info() if "/usb" not in info.get("Id", "")]  # they come last
    if number >= len(there):
        names = "; ".join(f"{index}: {info.get('Model', 'unknown')}" for index, info in enumerate(there)) or "none"
        problem = f"camera.source is {settings.source!r}, and libcamera knows no such camera; there are: {names}"
        raise SensorGone(problem, "Check the ribbon cable at both ends, and `rpicam-hello --list-cameras`")
    try:
        return kind(number)
    except (RuntimeError, IndexError) as error:
        problem = f"camera {settings.source} cannot be opened: {error}"
        raise SensorGone(problem, "Close the program that uses it; it is tried again by itself") from error


def _configuration(camera: Any, libcamera: Any, asked: Mode) -> Any:  # noqa: ANN401 - picamera2 has no types
    """One stream, scaled by the ISP. Exposure, gain and white balance stay automatic; the lens follows if it can."""
    frame_us = round(1e6 / asked.fps)
    controls: dict[str, Any] = {"FrameDurationLimits": (frame_us, frame_us)}
    if "AfMode" in camera.camera_controls:
        controls["AfMode"] = libcamera.controls.AfModeEnum.Continuous
    return camera.create_video_configuration(
        main={"size": (asked.width, asked.height), "format": "YUV420"},
        sensor=sensor_mode(camera.sensor_modes, asked),
        colour_space=libcamera.ColorSpace.Smpte170m(),  # BT.601 in video range, which is what OpenCV converts from
        buffer_count=BUFFERS,
        controls=controls,
        display=None,
        encode=None,
    )


def sensor_mode(modes: list[dict[str, Any]], asked: Mode) -> dict[str, Any]:
    """The smallest mode that sees the whole field, is no smaller than what is asked, and is fast enough.

    Left to itself libcamera takes the mode of the nearest size; for 640 × 480 that often is a cut-out of the middle.
    What cannot be had is given up in this order: size, rate, field.

    Args:
        modes: as ``Picamera2.sensor_modes`` lists them: size, fps, bit_depth, crop_limits (x, y, width, height).
        asked: size and rate.

    Returns:
        output_size and bit_depth; empty when there are no modes.
    """
    if not modes:
        return {}
    widest = max(mode["crop_limits"][2] * mode["crop_limits"][3] for mode in modes)

    def badness(mode: dict[str, Any]) -> tuple[bool, bool, bool, int]:
        (width, height), crop = mode["size"], mode["crop_limits"]
        narrow = crop[2] * crop[3] < 0.9 * widest
        return narrow, mode["fps"] < asked.fps, width < asked.width or height < asked.height, width * height

    best = min(modes, key=badness)
    return {"output_size": best["size"], "bit_depth": best["bit_depth"]}
