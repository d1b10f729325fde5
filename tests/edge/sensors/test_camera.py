from __future__ import annotations

import threading
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from edge.errors import SensorError, SensorGone
from edge.sensors.buffers import Buffers
from edge.sensors.camera import DeviceCamera, FileCamera, open_camera
from edge.sensors.settings import CameraSettings
from tests.edge.sensors.support import QuickClock, open_paths, video

if TYPE_CHECKING:
    from pathlib import Path

    from edge.sensors.signals import Frame


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


def test_the_source_chooses_the_kind_of_camera() -> None:
    assert open_camera(CameraSettings()) is None
    for source in ("0", "/dev/video0", "/dev/v4l/by-id/usb-cam"):
        assert isinstance(open_camera(CameraSettings(source=source)), DeviceCamera)
    for source in ("film.avi", "some/folder", "/var/p.jpg"):
        assert isinstance(open_camera(CameraSettings(source=source)), FileCamera)


def test_a_video_is_paced_by_its_own_fps(tmp_path: Path) -> None:
    clock = QuickClock()
    camera = _camera(video(tmp_path / "v.avi"), clock=clock)
    camera.attach()
    frames = _all(camera)
    assert [frame.captured_ns for frame in frames] == [1_000_000_000 + index * 100_000_000 for index in range(12)]
    assert [round(float(frame.image.mean()) / 20) for frame in frames] == list(range(12))


def test_a_video_that_is_too_late_drops_frames_and_counts_them(tmp_path: Path) -> None:
    clock = QuickClock()
    camera = _camera(video(tmp_path / "v.avi"), clock=clock)
    camera.attach()
    camera.read()
    clock.at_ns += 450_000_000
    frame = camera.read()
    assert frame is not None
    assert round(float(frame.image.mean()) / 20) == 4
    assert camera.dropped == 3


def test_a_video_repeats_when_asked_and_time_goes_on(tmp_path: Path) -> None:
    camera = _camera(video(tmp_path / "v.avi", count=4), repeat=True)
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
    path = str(video(tmp_path / "v.avi"))
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
    camera = FileCamera(CameraSettings(source=str(video(tmp_path / "v.avi", fps=1))), repeat=False)
    camera.attach()
    assert camera.read() is not None
    got: list[object] = []
    reader = threading.Thread(target=lambda: got.append(camera.read()))
    reader.start()
    camera.stop()
    reader.join(5)
    assert got == [None]


def test_a_frame_that_is_held_is_not_written_again(tmp_path: Path) -> None:
    camera = _camera(video(tmp_path / "v.avi"))
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


def test_a_picture_file_is_turned_too(tmp_path: Path) -> None:
    picture = np.zeros((120, 160, 3), np.uint8)
    picture[:10, :10] = 255
    assert cv2.imwrite(str(tmp_path / "p.png"), picture)
    camera = FileCamera(CameraSettings(source=str(tmp_path / "p.png"), rotation=90), repeat=False, clock=QuickClock())
    camera.attach()
    frame = camera.read()
    assert frame is not None
    assert frame.image.shape == (160, 120, 3)
    assert frame.image[0, -1].tolist() == [255] * 3


def _repeats(camera: FileCamera, times: int = 20) -> None:
    for _ in range(times):
        assert camera.read() is not None


@pytest.mark.parametrize("kind", ["picture", "folder", "video"])
def test_a_file_that_vanishes_is_gone_and_goes_on_when_it_returns(tmp_path: Path, kind: str) -> None:
    path = tmp_path / {"picture": "p.png", "folder": "shots", "video": "v.avi"}[kind]
    if kind == "folder":
        path.mkdir()
        _picture(path / "a.png")
        _picture(path / "b.png")
    else:
        _picture(path) if kind == "picture" else video(path, count=3)
    camera = _camera(path, repeat=True)
    camera.attach()
    _repeats(camera)
    away = path.rename(tmp_path / "away")
    with pytest.raises(SensorGone, match="Put it back; it is tried again by itself"):
        _repeats(camera)
    for _ in range(3):
        with pytest.raises(SensorGone, match="Put it back"):
            camera.attach()
    away.rename(path)
    camera.attach()
    _repeats(camera)
    camera.stop()


def test_a_file_that_never_was_there_is_a_mistake_even_when_repeated(tmp_path: Path) -> None:
    with pytest.raises(SensorError) as raised:
        _camera(tmp_path / "gone.avi", repeat=True).attach()
    assert not isinstance(raised.value, SensorGone)


def test_a_picture_that_is_replaced_is_read_anew_and_half_of_one_is_gone(tmp_path: Path) -> None:
    path = _picture(tmp_path / "p.jpg", grey=10)
    camera = _camera(path, repeat=True)
    camera.attach()
    _repeats(camera, 3)
    _picture(path, grey=200)
    frames = _all(camera, most=2)
    assert int(frames[-1].image.mean()) == 200
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SensorGone, match=r"p\.jpg begins as a JPEG but is cut short"):
        _repeats(camera)
    path.write_bytes(whole)
    camera.attach()
    _repeats(camera)


def test_a_folder_is_looked_through_anew(tmp_path: Path) -> None:
    _picture(tmp_path / "a.png", 10)
    camera = _camera(tmp_path, repeat=True)
    camera.attach()
    _repeats(camera, 2)
    _picture(tmp_path / "b.png", 90)
    assert {int(frame.image[0, 0, 0]) for frame in _all(camera, most=4)} == {10, 90}
    (tmp_path / "a.png").write_text("half")
    (tmp_path / "b.png").unlink()
    with pytest.raises(SensorGone, match=r"a\.png is no picture"):
        _repeats(camera)
    camera.stop()


def test_a_video_that_is_cut_short_is_played_as_far_as_it_goes(tmp_path: Path) -> None:
    path = video(tmp_path / "v.avi", count=8)
    path.write_bytes(path.read_bytes()[:-3000])
    camera = _camera(path, repeat=True)
    camera.attach()
    _repeats(camera)
    path.write_bytes(b"")
    with pytest.raises(SensorGone):
        _repeats(camera)
