from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from edge.errors import SensorError, SensorGone
from edge.sensors.camera import PiCamera, open_camera
from edge.sensors.live_camera import Mode
from edge.sensors.pi_camera import captured_ns, sensor_mode
from edge.sensors.settings import CameraHealth, CameraSettings
from tests.edge.sensors.pi import Picamera2, modules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from edge.sensors.signals import Frame

S = 1_000_000_000


@pytest.fixture
def pi(monkeypatch: pytest.MonkeyPatch) -> type[Picamera2]:
    for name, module in modules().items():
        monkeypatch.setitem(sys.modules, name, module)
    return Picamera2


@pytest.fixture
def camera(pi: type[Picamera2]) -> Iterator[PiCamera]:
    assert pi.opened == []
    found = PiCamera(CameraSettings(source="picamera", width=600, height=450, fps=10))
    assert pi.opened == []
    found.attach()
    yield found
    found.stop()


def _scene(width: int = 600, height: int = 450) -> NDArray[np.uint8]:
    """Four colours, blurred at their borders."""
    scene = np.empty((height, width, 3), np.uint8)
    for row, column, colour in (
        (0, 0, (40, 60, 200)),
        (0, 1, (200, 80, 40)),
        (1, 0, (60, 180, 90)),
        (1, 1, (150,) * 3),
    ):
        scene[row * height // 2 :, column * width // 2 :] = colour
    return cv2.GaussianBlur(scene, (31, 31), 0).astype(np.uint8)


def _halved(scene: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What is left of a picture whose colours have half the resolution."""
    there = cv2.cvtColor(scene, cv2.COLOR_BGR2YUV_I420)
    return cv2.cvtColor(there, cv2.COLOR_YUV2BGR_I420).astype(np.uint8)


def test_the_source_names_the_camera_module() -> None:
    for source in ("picamera", "csi", "csi:1", "picamera:0", "csi:99"):
        assert isinstance(open_camera(CameraSettings(source=source)), PiCamera)
    for source in ("csi.avi", "csi:x", "picamera2"):
        assert not isinstance(open_camera(CameraSettings(source=source)), PiCamera)


def test_the_number_chooses_among_several(pi: type[Picamera2]) -> None:
    camera = PiCamera(CameraSettings(source="csi:1"))
    camera.attach()
    assert pi.opened[0].number == 1
    camera.stop()
    assert pi.opened[0].state == "closed"


def test_without_picamera2_it_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "libcamera", None)
    with pytest.raises(SensorError, match=r"apt install python3-picamera2, .*--system-site-packages") as raised:
        PiCamera(CameraSettings(source="csi")).attach()
    assert not isinstance(raised.value, SensorGone)


def test_a_module_that_is_not_there_is_told_beside_those_that_are(pi: type[Picamera2]) -> None:
    with pytest.raises(
        SensorGone, match="'csi:2', and libcamera knows no such camera; there are: 0: imx219; 1: imx708"
    ):
        PiCamera(CameraSettings(source="csi:2")).attach()
    pi.there = []
    with pytest.raises(SensorGone, match="there are: none"):
        PiCamera(CameraSettings(source="csi")).attach()


def test_a_module_that_another_program_holds_is_told(pi: type[Picamera2]) -> None:
    pi.busy = True
    with pytest.raises(SensorGone, match="camera csi cannot be opened: Camera __init__ sequence did not complete"):
        PiCamera(CameraSettings(source="csi")).attach()


def test_what_libcamera_refuses_is_told_and_the_camera_closed(pi: type[Picamera2]) -> None:
    with pytest.raises(SensorGone, match="camera csi cannot be set to 3840×2160 YUV420 at 15 frames per second"):
        PiCamera(CameraSettings(source="csi", width=3840, height=2160)).attach()
    assert pi.opened[0].state == "closed"


def test_the_isp_scales_the_whole_field_and_all_but_the_rate_stays_automatic(
    pi: type[Picamera2], camera: PiCamera
) -> None:
    module = pi.opened[0]
    assert module.state == "started"
    assert module.asked["sensor"] == {"output_size": (1640, 1232), "bit_depth": 10}
    assert module.asked["controls"] == {"FrameDurationLimits": (100_000, 100_000)}
    assert module.asked["colour_space"] == "BT.601"
    assert module.asked["buffers"] == 3
    assert camera.mode == camera.asked == Mode(600, 450, 10, "YUV420")


@pytest.mark.usefixtures("pi")
def test_a_rate_that_the_sensor_does_not_reach_is_told() -> None:
    camera = PiCamera(CameraSettings(source="csi", fps=60))
    camera.attach()
    camera.stop()
    assert camera.asked == Mode(640, 480, 60, "YUV420")
    assert camera.mode == Mode(640, 480, 41.85, "YUV420")


def test_a_lens_that_can_follow_does(pi: type[Picamera2], monkeypatch: pytest.MonkeyPatch) -> None:
    opens = pi.__init__

    def with_lens(self: Picamera2, number: int = 0) -> None:
        opens(self, number)
        self.camera_controls["AfMode"] = (0, 2, 0)

    monkeypatch.setattr(pi, "__init__", with_lens)
    camera = PiCamera(CameraSettings(source="csi"))
    camera.attach()
    camera.stop()
    assert pi.opened[0].asked["controls"]["AfMode"] == 2


def test_a_picture_has_its_colours_whatever_the_padding(pi: type[Picamera2], camera: PiCamera) -> None:
    scene = _scene()
    assert pi.opened[0].stride == 640
    request = pi.opened[0].expose(scene)
    frame = camera.read()
    assert frame is not None
    assert frame.image.shape == (450, 600, 3)
    assert np.array_equal(frame.image, _halved(scene))
    _eventually(lambda: request.released == 1)
    assert np.array_equal(frame.image, _halved(scene)), "the frame looks into the camera's own buffer"


def _eventually(holds: object) -> None:
    assert callable(holds)
    for _ in range(500):
        if holds():
            return
        threading.Event().wait(0.01)
    assert holds()


def test_buffers_are_used_again_and_never_while_held(pi: type[Picamera2], camera: PiCamera) -> None:
    seen, held = set(), None
    for at in range(12):
        pi.opened[0].expose(np.full((450, 600, 3), 40 + at * 10, np.uint8))
        frame = camera.read()
        assert frame is not None
        seen.add(frame.image.ctypes.data)
        held = frame.image if held is None else held
    assert len(seen) <= 4
    assert held is not None
    assert abs(float(held.mean()) - 40) < 3


def test_nothing_is_lost_while_the_camera_is_slow(pi: type[Picamera2], camera: PiCamera) -> None:
    threading.Event().wait(0.35)  # some waits of WAIT_S end without a picture
    request = pi.opened[0].expose(_scene())
    assert camera.read() is not None
    assert request.released == 1
    assert pi.opened[0].jobs.qsize() <= 1, "a job was left behind, and would swallow a picture"


def test_a_module_that_says_nothing_is_gone(pi: type[Picamera2]) -> None:
    camera = PiCamera(CameraSettings(source="csi", stall_s=1))
    camera.attach()
    with pytest.raises(SensorGone, match="camera csi has delivered nothing for 1 s"):
        camera.read()
    camera.stop()
    _eventually(lambda: pi.opened[0].state == "closed")


def test_a_job_that_fails_is_gone(pi: type[Picamera2], camera: PiCamera) -> None:
    pi.opened[0].jobs.get(timeout=10).future.set_exception(RuntimeError("Camera frontend has timed out"))
    with pytest.raises(SensorGone, match="camera picamera failed: Camera frontend has timed out"):
        camera.read()


def test_a_frozen_module_is_no_news_and_is_opened_anew(pi: type[Picamera2]) -> None:
    camera = PiCamera(CameraSettings(source="csi", health=CameraHealth(frozen_s=0.5)))
    camera.attach()
    still = cv2.resize(_scene(), (640, 480)).astype(np.uint8)
    ended = time.monotonic() + 20
    with pytest.raises(SensorGone, match=r"has delivered the very same picture for 0\.5 s"):  # noqa: PT012 - until it raises
        while time.monotonic() < ended:
            pi.opened[0].expose(still)
            assert camera.read() is not None
    assert "very same picture" in str(camera.condition())
    camera.attach()
    got: list[Frame | None] = []
    reader = threading.Thread(target=lambda: got.append(camera.read()))
    reader.start()
    for _ in range(3):
        pi.opened[1].expose(still)
        threading.Event().wait(0.05)
    assert got == [], "a frozen picture was taken for news"
    other = np.asarray(255 - still, np.uint8)
    pi.opened[1].expose(other)
    reader.join(10)
    assert got[0] is not None
    assert np.array_equal(got[0].image, _halved(other))
    assert camera.condition() is None
    camera.stop()


def test_the_stamp_of_the_sensor_is_brought_to_our_clock() -> None:
    now = 500 * S
    asleep = 3600 * S
    light = now - 40_000_000
    assert captured_ns(light, now, 0) == light
    assert captured_ns(light + asleep, now, asleep) == light, "CLOCK_BOOTTIME, as documented"
    assert captured_ns(light, now, asleep) == light, "CLOCK_MONOTONIC, as some kernels do"
    assert captured_ns(0, now, asleep) == now
    assert captured_ns(now + S, now, 0) == now


def test_a_frame_is_stamped_with_its_light(pi: type[Picamera2], camera: PiCamera) -> None:
    asleep = time.clock_gettime_ns(time.CLOCK_BOOTTIME) - time.monotonic_ns()
    light = time.monotonic_ns() - 20_000_000
    pi.opened[0].expose(_scene(), stamp_ns=light + asleep)
    frame = camera.read()
    assert frame is not None
    assert abs(frame.captured_ns - light) < 1_000_000, "two clocks were read one after the other, no more"


def test_a_sensor_mode_is_chosen_for_field_then_rate_then_size() -> None:
    modules()
    modes = Picamera2().sensor_modes
    assert sensor_mode(modes, Mode(640, 480, 15))["output_size"] == (1640, 1232)
    assert sensor_mode(modes, Mode(2000, 1500, 15))["output_size"] == (3280, 2464)
    assert sensor_mode(modes, Mode(2000, 1500, 30))["output_size"] == (1640, 1232)
    assert sensor_mode(modes, Mode(640, 480, 90))["output_size"] == (1640, 1232)
    assert sensor_mode([], Mode(640, 480, 15)) == {}
