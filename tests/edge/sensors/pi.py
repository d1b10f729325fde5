"""A stand-in for `picamera2` and `libcamera`: what edge.sensors.pi_camera uses of them, as their documentation has it.

A picture is laid out as the ISP does it: Y, U and V one after another, each row padded to the stream's stride. Source:
Raspberry Pi Ltd, "The Picamera2 Library" (2024), chapters 4 to 6 and appendices A and C.
"""

from __future__ import annotations

import queue
import time
from concurrent.futures import Future
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any, Self

import cv2
import numpy as np

if TYPE_CHECKING:
    from types import TracebackType

    from numpy.typing import NDArray

ALIGN = 64
"""Bytes to which the ISP pads a row."""


class Job:
    def __init__(self) -> None:
        self.future: Future[Request] = Future()

    def get_result(self, timeout: float | None = None) -> Request:
        return self.future.result(timeout=timeout)


class Request:
    """A completed request: it must be released, or the camera runs out of buffers."""

    def __init__(self, camera: Picamera2, image: NDArray[np.uint8], stamp_ns: int) -> None:
        self.camera = camera
        self.released = 0
        self.stamp_ns = stamp_ns
        self.buffer = planes(image, camera.stride)

    def get_metadata(self) -> dict[str, Any]:
        return {"SensorTimestamp": self.stamp_ns, "ExposureTime": 10_000}

    def release(self) -> None:
        self.released += 1
        self.buffer.fill(77)  # the next picture is written into it


def planes(image: NDArray[np.uint8], stride: int) -> NDArray[np.uint8]:
    """(height * 3 / 2, stride) uint8 of a BGR picture."""
    height, width = image.shape[:2]
    yuv = cv2.cvtColor(image, cv2.COLOR_BGR2YUV_I420).reshape(-1)
    luma = np.full((height, stride), 200, np.uint8)
    luma[:, :width] = yuv[: height * width].reshape(height, width)
    chroma = np.full((height, stride // 2), 50, np.uint8)
    chroma[:, : width // 2] = yuv[height * width :].reshape(height, width // 2)
    return np.concatenate((luma, chroma.reshape(-1, stride)))


class MappedArray:
    def __init__(self, request: Request, stream: str, reshape: bool = True, write: bool = True) -> None:  # noqa: FBT001, FBT002 - as documented
        assert stream == "main"
        assert reshape
        assert not write, "the buffer belongs to the camera"
        self.array: NDArray[np.uint8] | None = None
        self.request = request

    def __enter__(self) -> Self:
        assert not self.request.released
        self.array = self.request.buffer
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.array = None


class Picamera2:
    there: list[dict[str, Any]]
    busy = False
    opened: list[Picamera2]

    @staticmethod
    def global_camera_info() -> list[dict[str, Any]]:
        return Picamera2.there

    def __init__(self, camera_num: int = 0) -> None:
        if Picamera2.busy:
            message = "Camera __init__ sequence did not complete."
            raise RuntimeError(message)
        Picamera2.opened.append(self)
        self.number = camera_num
        self.camera_controls: dict[str, Any] = {"FrameDurationLimits": (100, 1_000_000, None)}
        self.sensor_modes: list[dict[str, Any]] = [
            {"size": (640, 480), "fps": 103.3, "bit_depth": 10, "crop_limits": (1000, 752, 1280, 960)},
            {"size": (1640, 1232), "fps": 41.85, "bit_depth": 10, "crop_limits": (0, 0, 3280, 2464)},
            {"size": (1920, 1080), "fps": 47.57, "bit_depth": 10, "crop_limits": (680, 692, 1920, 1080)},
            {"size": (3280, 2464), "fps": 21.19, "bit_depth": 10, "crop_limits": (0, 0, 3280, 2464)},
        ]
        self.configuration: dict[str, Any] = {}
        self.asked: dict[str, Any] = {}
        self.state = "opened"
        self.stride = 0
        self.jobs: queue.Queue[Job] = queue.Queue()

    def create_video_configuration(  # the keywords that are used, and no others
        self,
        *,
        main: dict[str, Any],
        sensor: dict[str, Any],
        colour_space: object,
        buffer_count: int,
        controls: dict[str, Any],
        display: None,
        encode: None,
    ) -> dict[str, Any]:
        assert set(sensor) <= {"output_size", "bit_depth"}
        self.asked = {"sensor": sensor, "colour_space": colour_space, "controls": controls, "buffers": buffer_count}
        return {"main": dict(main), "display": display, "encode": encode}

    def configure(self, configuration: dict[str, Any]) -> None:
        width, height = configuration["main"]["size"]
        if width > 2592:
            message = f"Configuration failed: {configuration}"
            raise RuntimeError(message)
        self.stride = -(-width // ALIGN) * ALIGN
        self.configuration = configuration
        fastest = next(mode["fps"] for mode in self.sensor_modes if mode["size"] == self.asked["sensor"]["output_size"])
        self.camera_controls["FrameDurationLimits"] = (round(1e6 / fastest), 11_767_556, None)
        self.configuration["main"] |= {"stride": self.stride, "framesize": self.stride * height * 3 // 2}

    def camera_configuration(self) -> dict[str, Any]:
        return self.configuration

    def start(self) -> None:
        assert self.configuration
        self.state = "started"

    def capture_request(self, *, wait: bool | None = None) -> Job:
        assert wait is False
        job = Job()
        self.jobs.put(job)
        return job

    def stop(self) -> None:
        self.state = "stopped"

    def close(self) -> None:
        self.state = "closed"

    def expose(self, image: NDArray[np.uint8], stamp_ns: int | None = None) -> Request:
        """The camera completes a request, and gives it to the job that has waited longest."""
        request = Request(self, image, time.clock_gettime_ns(time.CLOCK_BOOTTIME) if stamp_ns is None else stamp_ns)
        self.jobs.get(timeout=10).future.set_result(request)
        return request


def modules() -> dict[str, ModuleType]:
    """What to put into sys.modules."""
    Picamera2.there = [
        {"Model": "imx219", "Num": 0, "Id": "/base/axi/pcie@120000/rp1/i2c@88000/imx219@10"},
        {"Model": "imx708", "Num": 1, "Id": "/base/axi/pcie@120000/rp1/i2c@80000/imx708@1a"},
        {"Model": "C920", "Num": 2, "Id": "/base/axi/pcie@120000/rp1/usb@200000-1:1.0-046d:0825"},
    ]
    Picamera2.busy = False
    Picamera2.opened = []
    picamera2, libcamera = ModuleType("picamera2"), ModuleType("libcamera")
    vars(picamera2).update(Picamera2=Picamera2, MappedArray=MappedArray)
    vars(libcamera).update(
        ColorSpace=SimpleNamespace(Smpte170m=lambda: "BT.601"),
        controls=SimpleNamespace(AfModeEnum=SimpleNamespace(Continuous=2)),
    )
    return {"picamera2": picamera2, "libcamera": libcamera}
