from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from edge.loop.faults import Conditioned
from edge.sensors.health import FrameHealth
from edge.sensors.settings import CameraHealth, CameraSettings, MicrophoneHealth, MicrophoneSettings
from edge.sensors.sound_health import SoundHealth

if TYPE_CHECKING:
    from numpy.typing import NDArray

S = 1_000_000_000
RNG = np.random.default_rng(4)
RATE = 16_000


def _noisy(grey: int = 120, spread: int = 3) -> NDArray[np.uint8]:
    return RNG.integers(grey - spread, grey + spread + 1, (480, 640), dtype=np.uint8)


def _judge() -> FrameHealth:
    judge = FrameHealth(CameraHealth(), "camera 0")
    judge.begin(640, 480, 0)
    return judge


def test_a_camera_that_sees_something_has_no_condition() -> None:
    judge = _judge()
    assert all(judge.look(_noisy(), at * S // 10) for at in range(100))
    assert judge.condition() is None


def test_black_is_told_after_five_seconds_and_no_longer_when_there_is_light() -> None:
    judge = _judge()
    for second in range(5):
        assert judge.look(_noisy(2, 2), second * S)
    assert judge.condition() is None
    judge.look(_noisy(2, 2), 5 * S)
    assert judge.condition() == (
        "camera 0 delivers black pictures. Open its shutter, uncover the lens or put a light on."
    )
    judge.look(_noisy(), 6 * S)
    assert judge.condition() is None


def test_the_same_black_again_and_again_is_a_covered_lens_and_no_frozen_camera() -> None:
    judge = _judge()
    covered = np.zeros((480, 640), np.uint8)
    assert all(judge.look(covered, second * S) for second in range(60))
    assert "black" in str(judge.condition())
    assert not judge.give_up()


def test_a_frozen_picture_is_no_news_beyond_five_seconds() -> None:
    judge = _judge()
    still = _noisy()
    fresh = [judge.look(still, second * S) for second in range(8)]
    assert fresh == [True] * 5 + [False] * 3
    assert str(judge.condition()).startswith("camera 0 has delivered the very same picture for 5 s. It is opened anew")
    assert judge.look(_noisy(), 8 * S)
    assert judge.condition() is None


def test_one_point_of_noise_is_enough_to_be_alive() -> None:
    judge = _judge()
    still = _noisy()
    for second in range(30):
        still[7::8, 4::8] = still[7::8, 4::8]
        still[7, 4] = second
        assert judge.look(still, second * S)


def test_a_camera_that_is_frozen_when_opened_anew_is_never_fresh_and_is_left_alone_for_longer_each_time() -> None:
    judge = _judge()
    still = _noisy()
    opened = []
    for second in range(400):
        judge.look(still, second * S)
        if judge.give_up():
            opened.append(second)
            judge.end()
            assert judge.condition() is not None
            judge.begin(640, 480, second * S)
            assert not judge.look(still, second * S)
    assert opened == [5, 15, 35, 75, 135, 195, 255, 315, 375]
    assert judge.look(_noisy(), 400 * S)
    assert not judge.give_up()


def _cut() -> NDArray[np.uint8]:
    """A JPEG of which some packets got lost, as libjpeg decodes it."""
    scene = cv2.GaussianBlur(RNG.integers(0, 256, (480, 640, 3), dtype=np.uint8), (9, 9), 3)
    jpeg = cv2.imencode(".jpg", scene)[1].tobytes()
    decoded = cv2.imdecode(np.frombuffer(jpeg[: len(jpeg) * 6 // 10] + jpeg[-2:], np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    return np.asarray(decoded[:, :, 1], np.uint8)


def test_a_jpeg_that_arrives_in_part_is_told_when_it_happens_again_and_again() -> None:
    judge = _judge()
    for at, picture in enumerate([_cut(), _noisy(), _cut(), _noisy()]):
        judge.look(picture, at * S)
    assert judge.condition() is None
    judge.look(_cut(), 4 * S)
    assert "whose lower part is missing. Use a shorter cable" in str(judge.condition())
    judge.look(_noisy(), 7 * S)
    assert judge.condition() is None


@pytest.mark.parametrize("grey", [0, 16, 255])
def test_a_dark_table_or_a_bright_window_below_is_no_half_picture(grey: int) -> None:
    judge = _judge()
    for at in range(5):
        scene = _noisy()
        scene[240:] = grey
        judge.look(scene, at * S)
    assert judge.condition() is None


def test_a_size_that_was_not_granted_is_told() -> None:
    judge = _judge()
    judge.look(np.ascontiguousarray(_noisy()[:240, :320]), 0)
    assert "delivers pictures of 320×240 pixels, 640×480 were granted" in str(judge.condition())
    judge.look(_noisy(), 1)
    assert judge.condition() is None


@pytest.mark.parametrize("shape", [(1, 1), (61, 3), (2160, 3840)])
def test_any_size_can_be_judged(shape: tuple[int, int]) -> None:
    judge = FrameHealth(CameraHealth(), "camera 0")
    judge.begin(shape[1], shape[0], 0)
    for at in range(3):
        assert judge.look(RNG.integers(100, 140, shape, dtype=np.uint8), at)
    assert judge.condition() is None


class _Ear:
    """Feeds a judge with blocks of 50 ms in the time that they take."""

    def __init__(self, rate: int = RATE) -> None:
        self.judge = SoundHealth(MicrophoneHealth(), "microphone usb", rate)
        self.at_ns = 0

    def hear(self, samples: NDArray[np.int16], *, speed: float = 1.0, gap: bool = False) -> str | None:
        for block in np.split(samples, len(samples) // 800):
            self.at_ns += int(S / 20 / speed)
            raw = block.reshape(-1, 1)
            self.judge.hear(raw, raw[:, 0].astype(np.float32) / np.float32(32768), self.at_ns, gap=gap)
        return self.judge.condition()


def _hiss(seconds: float, loud: int = 100) -> NDArray[np.int16]:
    return RNG.integers(-loud, loud + 1, round(seconds * RATE)).astype(np.int16)


def test_a_quiet_room_has_no_condition() -> None:
    assert _Ear().hear(_hiss(20, loud=2)) is None


@pytest.mark.parametrize("value", [0, -1, 900])
def test_nothing_but_one_value_is_told_after_five_seconds(value: int) -> None:
    ear = _Ear()
    still = np.full(5 * RATE, value, np.int16)
    assert ear.hear(still[:-800]) is None
    told = ear.hear(still[:800])
    assert told == (
        f"microphone usb delivers nothing but the value {value}. Switch its mute off, turn its gain up in alsamixer,"
        " or plug it in again."
    )
    assert ear.hear(_hiss(0.05)) is None


def test_clipping_is_measured_and_told() -> None:
    ear = _Ear()
    loud = _hiss(2)
    loud[::50] = 32767
    loud[1::50] = -32768
    told = ear.hear(loud)
    assert told is not None
    assert told.startswith("microphone usb clips: 4.0% of its samples are at full scale. Turn its gain down")
    assert ear.judge.level is not None
    assert ear.judge.level.clipped == pytest.approx(0.04)
    assert ear.hear(_hiss(2)) is None


def test_a_rare_peak_is_no_clipping() -> None:
    ear = _Ear()
    loud = _hiss(4)
    loud[::200] = 32767
    assert ear.hear(loud) is None


def test_the_channels_are_judged_before_they_are_mixed() -> None:
    judge = SoundHealth(MicrophoneHealth(), "microphone usb", RATE)
    raw = np.column_stack([np.tile(np.array([32767, -32768], np.int16), 16_000), np.zeros(32_000, np.int16)])
    judge.hear(raw, raw.mean(axis=1, dtype=np.float32) / np.float32(32768), S)
    assert "clips: 50.0% of" in str(judge.condition())


def test_an_offset_is_told() -> None:
    ear = _Ear()
    assert "has an offset of +25% of full scale" in str(ear.hear((_hiss(2) + 8192).astype(np.int16)))
    assert ear.hear(_hiss(2)) is None


def test_the_level_is_the_root_mean_square_of_a_second() -> None:
    ear = _Ear()
    tone = np.rint(32767 / 10 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)).astype(np.int16)
    ear.hear(tone)
    assert ear.judge.level is not None
    assert ear.judge.level.dbfs == pytest.approx(-20 - 3.01, abs=0.01)
    assert ear.judge.level.clipped == 0
    ear.hear(np.zeros(RATE, np.int16))
    assert ear.judge.level.dbfs == -120


@pytest.mark.parametrize(("speed", "told"), [(44_100 / 48_000, False), (1.05, False), (1.12, True), (0.5, True)])
def test_a_rate_that_is_more_than_a_tenth_off_is_told(speed: float, told: bool) -> None:  # noqa: FBT001 - a parameter
    found = _Ear().hear(_hiss(12), speed=speed)
    assert (found is not None) is told
    if found:
        assert f"delivers {RATE * speed:.0f} samples a second, 16000 were declared" in found


def test_a_rate_that_is_right_again_is_not_told_any_more() -> None:
    ear = _Ear()
    assert ear.hear(_hiss(12), speed=1.5) is not None
    assert ear.hear(_hiss(12)) is None


def test_lost_sound_and_a_process_that_stood_still_are_no_wrong_rate() -> None:
    ear = _Ear()
    for _ in range(10):
        ear.hear(_hiss(2))
        ear.at_ns += 10 * S
        assert ear.hear(_hiss(2)) is None
    for _ in range(200):
        ear.at_ns += S // 10
        assert ear.hear(_hiss(0.05), gap=True) is None


def test_devices_have_a_condition_and_files_have_none() -> None:
    from edge.sensors.camera import open_camera
    from edge.sensors.microphone import open_microphone

    for source, live in (("0", True), ("picamera", True), ("film.avi", False)):
        assert isinstance(open_camera(CameraSettings(source=source)), Conditioned) is live
    for source, live in (("default", True), ("talk.wav", False)):
        assert isinstance(open_microphone(MicrophoneSettings(source=source)), Conditioned) is live
