from __future__ import annotations

import threading
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np
import pytest

from edge.errors import SensorError, SensorGone
from edge.sensors.buffers import Buffers
from edge.sensors.camera import DeviceCamera, FileCamera, open_camera
from edge.sensors.device_camera import captured_ns, node_of
from edge.sensors.settings import CameraSettings
from tests.edge.sensors.support import QuickClock, open_paths

if TYPE_CHECKING:
    from edge.sensors.signals import Frame


def _video(path: Path, count: int = 12, fps: float = 10) -> Path:
    code = cv2.VideoWriter.fourcc(*"MJPG")
    writer = cv2.VideoWriter(str(path), cv2.CAP_OPENCV_MJPEG, code, fps, (160, 120))
    for index in range(count):
        writer.write(np.full((120, 160, 3), index * 20, np.uint8))
    writer.release()
    return path


def _picture(path: Path, grey: int = 100) -> Path:
    assert cv2.imwrite(str(path), np.full((120, 160, 3), grey, np.uint8))
    return path


def _camera(path: Path, *, repeat: bool = False, clock: QuickClock | None = None, fps: float = 5) -> FileCamera:
    return FileCamera(CameraSettings(source=str(path), fps=fps), repeat=repeat, clock=clock or QuickClock())


def _all(camera: FileCamera, most: int = 100) -> list[Frame]:
    frames: list[Frame] = []
    while len(frames) < most and (frame := camera.read()) is not None:
        frames.append(frame)
    return frames


def _read_on(camera: DeviceCamera) -> None:
    while camera.read() is not None:
        pass


def test_the_source_chooses_the_kind_of_camera() -> None:
    assert open_camera(CameraSettings()) is None
    for source in ("0", "/dev/video0", "/dev/v4l/by-id/usb-cam"):
        assert isinstance(open_camera(CameraSettings(source=source)), DeviceCamera)
    for source in ("film.avi", "some/folder", "/var/p.jpg"):
        assert isinstance(open_camera(CameraSettings(source=source)), FileCamera)


def test_a_video_is_paced_by_its_own_fps(tmp_path: Path) -> None:
    clock = QuickClock()
    camera = _camera(_video(tmp_path / "v.avi"), clock=clock)
    camera.attach()
    frames = _all(camera)
    assert [frame.captured_ns for frame in frames] == [1_000_000_000 + index * 100_000_000 for index in range(12)]
    assert [round(float(frame.image.mean()) / 20) for frame in frames] == list(range(12))


def test_a_video_that_is_too_late_drops_frames_and_counts_them(tmp_path: Path) -> None:
    clock = QuickClock()
    camera = _camera(_video(tmp_path / "v.avi"), clock=clock)
    camera.attach()
    camera.read()
    clock.at_ns += 450_000_000
    frame = camera.read()
    assert frame is not None
    assert round(float(frame.image.mean()) / 20) == 4
    assert camera.dropped == 3


def test_a_video_repeats_when_asked_and_time_goes_on(tmp_path: Path) -> None:
    camera = _camera(_video(tmp_path / "v.avi", count=4), repeat=True)
    camera.attach()
    frames = _all(camera, most=10)
    assert [round(float(frame.image.mean()) / 20) for frame in frames] == [0, 1, 2, 3, 0, 1, 2, 3, 0, 1]
    assert frames[9].captured_ns - frames[0].captured_ns == 900_000_000
    camera.stop()


def test_a_picture_alone_is_delivered_once(tmp_path: Path) -> None:
    camera = _camera(_picture(tmp_path / "p.png"))
    camera.attach()
    assert len(_all(camera)) == 1
    camera.attach()
    assert len(_all(camera)) == 1


def test_a_picture_alone_repeats_at_the_settings_fps(tmp_path: Path) -> None:
    camera = _camera(_picture(tmp_path / "p.png"), repeat=True)
    camera.attach()
    frames = _all(camera, most=3)
    assert [b.captured_ns - a.captured_ns for a, b in pairwise(frames)] == [200_000_000] * 2


def test_a_folder_is_played_in_order_of_names_and_passes_over_what_is_damaged(tmp_path: Path) -> None:
    for name, grey in (("c.png", 30), ("a.png", 10), ("d.bmp", 40)):
        _picture(tmp_path / name, grey)
    (tmp_path / "b.jpg").write_text("no picture")
    (tmp_path / "notes.txt").write_text("not looked at")
    camera = _camera(tmp_path)
    camera.attach()
    assert [int(frame.image[0, 0, 0]) for frame in _all(camera)] == [10, 30, 40]


def test_a_folder_in_which_all_is_damaged_is_an_error(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_text("no picture")
    camera = _camera(tmp_path)
    camera.attach()
    with pytest.raises(SensorError, match=r"b\.jpg is no picture"):
        camera.read()


def test_a_folder_without_pictures_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SensorError, match="holds no pictures"):
        _camera(tmp_path).attach()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("text.avi", b"hello", r"text\.avi is neither a picture nor a video"),
        ("empty.mp4", b"", r"empty\.mp4 is empty"),
        ("text.jpg", b"hello", r"text\.jpg is no picture"),
    ],
)
def test_a_file_that_is_no_video_is_named(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SensorError, match=says):
        _camera(tmp_path / name).attach()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SensorError, match=r"gone\.avi', which cannot be read: No such file"):
        _camera(tmp_path / "gone.avi").attach()


def test_a_video_is_open_from_attach_to_stop_only(tmp_path: Path) -> None:
    path = str(_video(tmp_path / "v.avi"))
    camera = open_camera(CameraSettings(source=path))
    assert camera is not None
    assert path not in open_paths()
    camera.attach()
    assert path in open_paths()
    camera.stop()
    camera.stop()
    assert path not in open_paths()
    assert camera.read() is None


def test_a_waiting_read_ends_when_the_camera_is_stopped(tmp_path: Path) -> None:
    camera = FileCamera(CameraSettings(source=str(_video(tmp_path / "v.avi", fps=1))), repeat=False)
    camera.attach()
    assert camera.read() is not None
    got: list[object] = []
    reader = threading.Thread(target=lambda: got.append(camera.read()))
    reader.start()
    camera.stop()
    reader.join(5)
    assert got == [None]


def test_a_frame_that_is_held_is_not_written_again(tmp_path: Path) -> None:
    camera = _camera(_video(tmp_path / "v.avi"))
    camera.attach()
    first = camera.read()
    assert first is not None
    view = first.image[10:20]
    del first
    _all(camera)
    assert float(view.mean()) < 3


def test_buffers_are_used_again_when_nobody_holds_them() -> None:
    buffers = Buffers((4, 4, 3), kept=2)
    addresses = set()
    for _ in range(50):
        addresses.add(buffers.take().ctypes.data)
    assert len(addresses) == 1
    held = [buffers.take() for _ in range(5)]
    assert len({array.ctypes.data for array in held}) == 5


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
    path = _video(tmp_path / "v.avi", count=3)
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

    def read(self, *_: object) -> tuple[bool, None]:
        self.blocked.wait(10)
        return False, None

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


def test_a_repeated_video_that_is_gone_counts_as_lost_and_can_be_attached_again(tmp_path: Path) -> None:
    path = _video(tmp_path / "film.avi", count=1, fps=100)
    camera = FileCamera(CameraSettings(source=str(path)), repeat=True)
    camera.attach()
    assert camera.read() is not None
    away = path.rename(tmp_path / "away.avi")
    with pytest.raises(SensorGone, match="gone or damaged"):
        camera.read()
    camera.stop()
    away.rename(path)
    camera.attach()
    assert camera.read() is not None
    camera.stop()
