from __future__ import annotations

import logging
import threading
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np
import pytest

from edge.errors import SensorError, SensorGone
from edge.sensors.camera import DeviceCamera
from edge.sensors.device_camera import captured_ns, format_of, node_of, wanted
from edge.sensors.live_camera import Mode
from edge.sensors.settings import CameraSettings
from edge.sensors.turn import Turn
from tests.edge.sensors.support import open_paths, video

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.sensors.signals import Frame


def _read_on(camera: DeviceCamera) -> None:
    while camera.read() is not None:
        pass


def test_a_camera_that_is_not_there_may_come_back() -> None:
    with pytest.raises(SensorGone, match="there is no /dev/video87"):
        DeviceCamera(CameraSettings(source="87")).attach()


def test_a_link_to_a_camera_is_followed(tmp_path: Path) -> None:
    (tmp_path / "front").symlink_to("/dev/video3")
    assert node_of(str(tmp_path / "front")) == Path("/dev/video3")
    assert node_of("3") == Path("/dev/video3")


def test_the_drivers_stamp_counts_when_it_is_of_our_clock() -> None:
    now = 500_000_000_000
    assert captured_ns(499_970.0, now) == 499_970_000_000
    assert captured_ns(0.0, now) == now
    assert captured_ns(500_001.0, now) == now


def test_a_device_that_ends_is_gone_and_closed(tmp_path: Path) -> None:
    path = video(tmp_path / "v.avi", count=3)
    camera = DeviceCamera(CameraSettings(source="0"), opener=lambda _: cv2.VideoCapture(str(path)))
    assert str(path) not in open_paths()
    camera.attach()
    assert camera.mode is not None
    assert (camera.mode.width, camera.mode.height) == (160, 120)
    with pytest.raises(SensorGone, match="camera 0 is lost"):
        _read_on(camera)
    camera.stop()
    assert str(path) not in open_paths()


class _Stalled:
    """A device whose driver does not return, with as much of cv2.VideoCapture as is used."""

    def __init__(self) -> None:
        self.blocked = threading.Event()
        self.released = threading.Event()

    def set(self, *_: object) -> bool:
        return True

    def get(self, *_: object) -> float:
        return 160.0

    def grab(self) -> bool:
        self.blocked.wait(10)
        return False

    def release(self) -> None:
        self.released.set()


def test_a_stalled_device_is_gone_and_its_reader_can_be_stopped() -> None:
    device = _Stalled()
    camera = DeviceCamera(CameraSettings(source="0", stall_s=1.0), opener=lambda _: cast("cv2.VideoCapture", device))
    camera.attach()
    with pytest.raises(SensorGone, match="camera 0 has delivered nothing for 1 s"):
        camera.read()
    camera.stop()
    assert camera.read() is None
    device.blocked.set()
    assert device.released.wait(5)


class _V4L2:
    """A camera of some formats and sizes, with as much of cv2.VideoCapture as is used; it grants what is nearest."""

    def __init__(self, *, formats: tuple[str, ...] = ("MJPG", "YUYV"), size: tuple[int, int] = (640, 480)) -> None:
        self.formats = formats
        self.has = {cv2.CAP_PROP_FRAME_WIDTH: size[0], cv2.CAP_PROP_FRAME_HEIGHT: size[1], cv2.CAP_PROP_FPS: 30.0}
        self.has[cv2.CAP_PROP_FOURCC] = cv2.VideoWriter.fourcc(*formats[-1])
        self.asked: list[int] = []
        self.values: dict[int, float] = {}
        self.released = threading.Event()
        self.pictures: deque[NDArray[np.uint8] | None] = deque()
        self.shown: NDArray[np.uint8] | None = None

    def set(self, key: int, value: float) -> bool:
        self.asked.append(key)
        self.values[key] = value
        if key == cv2.CAP_PROP_FOURCC and format_of(value) in self.formats:
            self.has[key] = value
        return True

    def get(self, key: int) -> float:
        return float(self.has.get(key, 0.0))

    def grab(self) -> bool:
        threading.Event().wait(0.01)
        self.shown = self.pictures.popleft() if len(self.pictures) > 1 else self.pictures[0]
        return True

    def retrieve(self, into: NDArray[np.uint8]) -> tuple[bool, NDArray[np.uint8] | None]:
        if self.shown is None:
            return False, None
        if into.shape != self.shown.shape:
            return True, self.shown.copy()
        np.copyto(into, self.shown)
        return True, into

    def release(self) -> None:
        self.released.set()


def _device(device: _V4L2, **settings: object) -> DeviceCamera:
    wanted_settings = CameraSettings.model_validate({"source": "0", **settings})
    return DeviceCamera(wanted_settings, opener=lambda _: cast("cv2.VideoCapture", device))


def _scene(seed: int, size: tuple[int, int] = (480, 640)) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(90, 160, (*size, 3), dtype=np.uint8)


@pytest.mark.parametrize(
    ("asked", "width", "height", "fps", "form"),
    [
        ("auto", 640, 480, 15, "MJPG"),
        ("auto", 640, 480, 10, "YUYV"),
        ("auto", 320, 240, 30, "YUYV"),
        ("auto", 1280, 720, 5, "MJPG"),
        ("YUYV", 1280, 720, 30, "YUYV"),
        ("MJPG", 320, 240, 5, "MJPG"),
    ],
)
def test_the_format_is_chosen_by_what_a_usb_bus_carries(
    asked: str, width: int, height: int, fps: int, form: str
) -> None:
    values = {"source": "0", "format": asked, "width": width, "height": height, "fps": fps}
    assert wanted(CameraSettings.model_validate(values)) == Mode(width, height, fps, form)


def test_a_picture_that_is_not_due_is_not_even_decoded() -> None:
    class Counting(_V4L2):
        decoded = 0

        def retrieve(self, into: NDArray[np.uint8]) -> tuple[bool, NDArray[np.uint8] | None]:
            self.decoded += 1
            return super().retrieve(into)

    device = Counting()
    device.pictures.extend(_scene(seed) for seed in range(60))
    asked: list[int] = []

    def every_tenth(captured_ns: int) -> bool:
        asked.append(captured_ns)
        return len(asked) % 10 == 0

    camera = DeviceCamera(
        CameraSettings(source="0"), opener=lambda _: cast("cv2.VideoCapture", device), due=every_tenth
    )
    camera.attach()
    frames = [camera.read() for _ in range(3)]
    camera.stop()
    assert all(frame is not None for frame in frames)
    assert asked == sorted(asked)
    assert device.decoded == len(asked) // 10


def test_what_is_asked_and_what_is_granted_is_told(caplog: pytest.LogCaptureFixture) -> None:
    device = _V4L2(formats=("YUYV",))
    device.pictures.append(_scene(1))
    camera = _device(device, width=800, height=600, fps=15)
    with caplog.at_level(logging.INFO):
        camera.attach()
    camera.stop()
    assert camera.asked == Mode(800, 600, 15, "MJPG")
    assert camera.mode == Mode(640, 480, 30, "YUYV")
    assert "camera 0 grants 640×480 YUYV at 30 frames per second; asked were 800×600 MJPG at 15" in caplog.text
    assert "camera 0 does not send MJPG but YUYV" in caplog.text
    order = [cv2.CAP_PROP_FOURCC, cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT, cv2.CAP_PROP_FPS]
    assert [key for key in device.asked if key != cv2.CAP_PROP_BUFFERSIZE] == order
    assert device.values[cv2.CAP_PROP_BUFFERSIZE] == 1


@pytest.mark.parametrize("code", [0.0, -1.0, float("nan"), 160.0, 1e12])
def test_a_format_that_is_none_is_unknown(code: float) -> None:
    assert format_of(code) == "unknown"


@pytest.mark.parametrize("size", [(0, 0), (640, 4), (60_000, 40_000), (float("nan"), 480)])
def test_an_absurd_size_is_refused_and_the_camera_closed(size: tuple[int, int]) -> None:
    device = _V4L2(size=size)
    with pytest.raises(SensorError, match=r"camera 0 grants pictures of \d+×\d+ pixels, 32 to 8192 are allowed"):
        _device(device).attach()
    assert device.released.is_set()


def test_a_frozen_camera_is_lost_and_is_no_news_when_it_is_opened_anew() -> None:
    device = _V4L2()
    device.pictures.append(_scene(1))
    camera = _device(device, health={"frozen_s": 0.5})
    camera.attach()
    with pytest.raises(SensorGone, match=r"camera 0 has delivered the very same picture for 0\.5 s"):
        _read_on(camera)
    camera.stop()
    assert "very same picture" in str(camera.condition())
    camera.attach()
    got: list[Frame | None] = []
    reader = threading.Thread(target=lambda: got.append(camera.read()))
    reader.start()
    threading.Event().wait(0.2)
    assert got == []
    device.pictures.extend([_scene(2), _scene(3)])
    reader.join(10)
    assert got[0] is not None
    assert camera.condition() is None
    camera.stop()


def test_a_picture_that_cannot_be_decoded_is_passed_over_and_told() -> None:
    device = _V4L2()
    device.pictures.extend([_scene(1), None, None, None, _scene(2), _scene(3)])
    camera = _device(device)
    camera.attach()
    assert camera.read() is not None
    while len(device.pictures) > 1:
        camera.read()
    assert "whose lower part is missing" in str(camera.condition())
    camera.stop()
    assert camera.condition() is None


@pytest.mark.parametrize(
    ("rotation", "mirror", "corner"),
    [
        (0, False, (0, 0)),
        (90, False, (0, -1)),
        (180, False, (-1, -1)),
        (270, False, (-1, 0)),
        (0, True, (0, -1)),
        (90, True, (0, 0)),
        (180, True, (-1, 0)),
        (270, True, (-1, -1)),
    ],
)
def test_a_camera_that_is_mounted_otherwise_is_turned(rotation: int, mirror: bool, corner: tuple[int, int]) -> None:  # noqa: FBT001 - a parameter
    scene = _scene(1)
    scene[:40, :40] = 255
    device = _V4L2()
    device.pictures.append(scene)
    camera = _device(device, rotation=rotation, mirror=mirror)
    camera.attach()
    frame = camera.read()
    camera.stop()
    assert frame is not None
    assert frame.image.shape == ((640, 480, 3) if rotation in {90, 270} else (480, 640, 3))
    assert frame.image[corner].tolist() == [255] * 3
    assert int((frame.image == 255).all(axis=2).sum()) == 1600


def test_turned_pictures_are_not_written_again_while_held() -> None:
    turn = Turn(CameraSettings(rotation=90, mirror=True))
    first = turn(_scene(1))
    kept = first.copy()
    addresses = {turn(_scene(seed)).ctypes.data for seed in range(2, 20)}
    assert np.array_equal(first, kept)
    assert len(addresses) <= 3


@pytest.mark.parametrize("rotation", [45, -90, 360])
def test_a_rotation_that_is_no_quarter_is_refused(rotation: int) -> None:
    with pytest.raises(ValueError, match="rotation"):
        CameraSettings(rotation=rotation)
