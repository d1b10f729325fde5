from __future__ import annotations

import stat
import threading
import time
import wave
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from edge.affect import Reading, Sense
from edge.errors import InputError
from edge.replay.raw import Beside, RawStore
from edge.sensors.signals import AudioChunk, Frame, Utterance

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PICTURE = Frame(np.full((48, 64, 3), 90, np.uint8), 77)
SOUND = AudioChunk(np.arange(1600, dtype=np.int16), 78)


def until(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 5
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.01)
    return holds()


def test_pictures_and_sound_are_kept_for_this_user_only_and_words_are_not(tmp_path: Path) -> None:
    store = RawStore(tmp_path / "raw", 10**6, lambda _: True)
    store.open()
    for signal in (PICTURE, SOUND, SOUND, Utterance("my secret", 79)):
        store.keep(signal)
    store.stop()
    files = {path.name: path for path in (tmp_path / "raw").iterdir()}
    assert set(files) == {"face-77.jpg", "voice.wav"}
    picture = cv2.imread(str(files["face-77.jpg"]))
    assert picture is not None
    assert picture.shape == (48, 64, 3)
    with wave.open(str(files["voice.wav"])) as sound:
        assert (sound.getframerate(), sound.getnchannels()) == (16_000, 1)
        kept = np.frombuffer(sound.readframes(10_000), "<i2")
    assert np.array_equal(kept, np.concatenate([SOUND.samples, SOUND.samples]))
    assert {stat.S_IMODE(path.stat().st_mode) for path in files.values()} == {0o600}
    assert stat.S_IMODE((tmp_path / "raw").stat().st_mode) == 0o700


def test_what_was_kept_of_a_sense_goes_when_its_consent_does_and_the_other_stays(tmp_path: Path) -> None:
    may = threading.Event()
    may.set()
    store = RawStore(tmp_path / "raw", 10**6, lambda sense: sense is Sense.FACE or may.is_set())
    store.open()
    store.keep(PICTURE)
    store.keep(SOUND)
    sound = tmp_path / "raw" / "voice.wav"
    assert until(sound.exists)
    may.clear()
    assert until(lambda: not sound.exists())
    store.keep(SOUND)
    store.stop()
    assert [path.name for path in (tmp_path / "raw").iterdir()] == ["face-77.jpg"]


def test_no_more_is_kept_than_the_limit(tmp_path: Path) -> None:
    store = RawStore(tmp_path / "raw", 5000, lambda _: True)
    store.open()
    for _ in range(5):
        store.keep(SOUND)
    store.stop()
    assert store.bytes == 3200
    assert (tmp_path / "raw" / "voice.wav").stat().st_size == 3200 + 44


def test_what_the_disk_cannot_take_in_time_is_dropped_and_counted(tmp_path: Path) -> None:
    store = RawStore(tmp_path / "raw", 10**6, lambda _: True)
    for _ in range(40):  # nobody writes yet
        store.keep(SOUND)
    assert store.dropped == 8


def test_a_directory_that_is_there_is_not_used(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist yet"):
        RawStore(tmp_path, 10**6, lambda _: True).open()


def test_the_perceiver_beside_says_what_it_would_say_anyway(tmp_path: Path) -> None:
    class Perceiver:
        sense = Sense.FACE
        attached = False

        def condition(self) -> str | None:
            return "the picture is black"

        def attach(self) -> None:
            self.attached = True

        def perceive(self, signal: object) -> Reading | None:
            assert signal is PICTURE
            return Reading(Sense.FACE, 77, None, 0.0, reason="no face is in view")

        def stop(self) -> None:
            self.attached = False

    perceiver, store = Perceiver(), RawStore(tmp_path / "raw", 10**6, lambda _: True)
    beside = Beside(perceiver, store)
    beside.attach()
    assert perceiver.attached
    reading = beside.perceive(PICTURE)
    assert reading is not None
    assert reading.reason == "no face is in view"
    assert beside.condition() == "the picture is black"
    beside.stop()
    assert not perceiver.attached
