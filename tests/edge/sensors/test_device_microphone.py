from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from ctypes.util import find_library
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from edge.errors import SensorError, SensorGone
from edge.sensors import device_microphone
from edge.sensors.device_microphone import DeviceMicrophone
from edge.sensors.settings import MicrophoneSettings

ROOT = Path(__file__).resolve().parents[3]
ALSA = """
pcm.micfile { type file slave.pcm { type null } file "/dev/null" infile "%s" format "raw" }
pcm.!default { type asym capture.pcm "micfile" }
"""
OVERFLOWED = -9981
"""paInputOverflowed of portaudio.h."""


def _alsa_missing() -> bool:
    try:
        import pyaudio  # noqa: F401 - whether it can be imported is the question
    except ImportError:
        return True
    return find_library("asound") is None


@pytest.mark.skipif(_alsa_missing(), reason="PyAudio or libasound is not installed")
@pytest.mark.parametrize("source", ["default", "micfile", "MICF", "0"])
def test_what_alsa_plays_is_captured_sample_for_sample(tmp_path: Path, source: str) -> None:
    played = np.random.default_rng(2).integers(-20_000, 20_000, 16_000).astype("<i2")
    (tmp_path / "mic.raw").write_bytes(played.tobytes())
    (tmp_path / "asound.conf").write_text(ALSA % (tmp_path / "mic.raw"))
    ran = subprocess.run(
        [sys.executable, "-m", "tests.edge.sensors.listen", source, "2", str(tmp_path / "heard.npy")],
        env=os.environ | {"ALSA_CONFIG_PATH": str(tmp_path / "asound.conf")},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told == {"before": [], "loaded": False, "during": [str(tmp_path / "mic.raw")], "after": []}
    assert np.array_equal(np.load(tmp_path / "heard.npy"), played)


class _Stream:
    """A device of 48 kHz; the first channel has a tone, the others have none.

    ``fails`` gives the error of each read in turn, 0 for none.
    """

    def __init__(self, fails: list[int]) -> None:
        self.fails = fails
        self.at = 0
        self.channels = 2
        self.closed = threading.Event()

    def read(self, count: int, *, exception_on_overflow: bool) -> bytes:
        assert exception_on_overflow
        code = self.fails.pop(0) if self.fails else 0
        if code:
            raise OSError(code, "stand-in")
        time = (self.at + np.arange(count)) / 48_000
        self.at += count
        tone = np.rint(8000 * np.sin(2 * np.pi * 1000 * time)).astype(np.int16)
        return np.column_stack([tone * 2, *[np.zeros_like(tone)] * (self.channels - 1)]).tobytes()

    def get_read_available(self) -> int:
        return 0

    def close(self) -> None:
        self.closed.set()


class _PortAudio:
    """As much of pyaudio.PyAudio as is used, for a machine whose only microphone does not do 16 kHz."""

    stream = _Stream([])
    channels = 2

    def get_device_count(self) -> int:
        return 2

    def get_device_info_by_index(self, index: int) -> dict[str, Any]:
        kinds = [("Speaker", 0), ("USB Stereo", self.channels)]
        name, channels = kinds[index]
        return {"index": index, "name": name, "maxInputChannels": channels, "defaultSampleRate": 48_000.0}

    def get_default_input_device_info(self) -> dict[str, Any]:
        raise OSError(-1, "No Default Input Device Available")

    def is_format_supported(self, rate: int, *, input_channels: int, **_: object) -> bool:
        if (rate, input_channels) != (48_000, self.channels):
            raise ValueError(-9997)
        return True

    def open(self, **wanted: object) -> _Stream:
        assert (wanted["rate"], wanted["channels"], wanted["input_device_index"]) == (48_000, self.channels, 1)
        return self.stream

    def terminate(self) -> None:
        return


@pytest.fixture
def switched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Devices whose gain control was asked to be switched off: not on the machine that runs the tests."""
    asked: list[str] = []
    monkeypatch.setattr(device_microphone, "switch_agc_off", asked.append)
    return asked


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch, switched: list[str]) -> _Stream:
    assert switched == []
    module = ModuleType("pyaudio")
    found = _Stream([])
    vars(module).update(paInt16=8, paInputOverflowed=OVERFLOWED, PyAudio=_PortAudio)
    monkeypatch.setattr(_PortAudio, "stream", found)
    monkeypatch.setattr(_PortAudio, "channels", 2)
    monkeypatch.setitem(sys.modules, "pyaudio", module)
    return found


def test_a_device_without_sixteen_kilohertz_is_resampled_and_mixed(stream: _Stream) -> None:
    microphone = DeviceMicrophone(MicrophoneSettings(source="usb"))
    microphone.attach()
    chunks = [microphone.read() for _ in range(3)]
    microphone.stop()
    assert stream.closed.is_set()
    samples = np.concatenate([chunk.samples for chunk in chunks if chunk is not None])
    assert len(samples) == 24_000
    expected = 8000 * np.sin(2 * np.pi * 1000 * np.arange(24_000) / 16_000)
    assert np.abs(samples - expected)[800:].max() < 12


def test_lost_sound_is_marked_as_a_gap(stream: _Stream) -> None:
    stream.fails = [0] * 11 + [OVERFLOWED]
    microphone = DeviceMicrophone(MicrophoneSettings(source="1"))
    microphone.attach()
    gaps = [chunk.gap for chunk in (microphone.read() for _ in range(3)) if chunk is not None]
    microphone.stop()
    assert gaps == [False, True, False]


def test_an_unplugged_device_is_gone_and_closed(stream: _Stream) -> None:
    stream.fails = [0] * 3 + [-9988]
    microphone = DeviceMicrophone(MicrophoneSettings(source="1"))
    microphone.attach()
    with pytest.raises(SensorGone, match="microphone 1 fails"):
        microphone.read()
    microphone.stop()
    assert stream.closed.is_set()


@pytest.mark.usefixtures("stream")
@pytest.mark.parametrize("source", ["default", "0", "7", "Bluetooth"])
def test_a_device_that_is_not_there_is_told_beside_those_that_are(source: str) -> None:
    with pytest.raises(SensorGone, match="no input device is called so; there are: 1: USB Stereo"):
        DeviceMicrophone(MicrophoneSettings(source=source)).attach()


@pytest.mark.usefixtures("stream")
def test_a_device_that_suits_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> bool:
        raise ValueError(-9997)

    monkeypatch.setattr(_PortAudio, "is_format_supported", refuse)
    with pytest.raises(SensorError, match="USB Stereo supports neither 16000 nor 48000 Hz"):
        DeviceMicrophone(MicrophoneSettings(source="1")).attach()


@pytest.mark.parametrize(
    ("channels", "channel", "peak"), [(2, 1, 16_000), (2, 2, 0), (6, 1, 16_000), (6, 0, 16_000 / 6)]
)
def test_a_channel_of_an_array_or_the_mean_of_all_is_heard(
    stream: _Stream, monkeypatch: pytest.MonkeyPatch, channels: int, channel: int, peak: float
) -> None:
    stream.channels = channels
    monkeypatch.setattr(_PortAudio, "channels", channels)
    microphone = DeviceMicrophone(MicrophoneSettings(source="1", channel=channel))
    microphone.attach()
    chunks = [microphone.read() for _ in range(3)]
    microphone.stop()
    samples = np.concatenate([chunk.samples for chunk in chunks if chunk is not None])
    expected = peak * np.sin(2 * np.pi * 1000 * np.arange(24_000) / 16_000)
    assert np.abs(samples - expected)[800:].max() < 24


@pytest.mark.usefixtures("stream")
def test_a_channel_that_is_not_there_is_refused() -> None:
    with pytest.raises(SensorError, match=r"microphone\.channel is 3, and USB Stereo has 2.*or to 1 to 2"):
        DeviceMicrophone(MicrophoneSettings(source="1", channel=3)).attach()


@pytest.mark.usefixtures("stream")
@pytest.mark.parametrize(("agc", "devices"), [("off", ["USB Stereo"]), ("leave", [])])
def test_the_gain_control_is_switched_off_when_the_device_is_opened_and_not_before(
    switched: list[str], agc: str, devices: list[str]
) -> None:
    microphone = DeviceMicrophone(MicrophoneSettings.model_validate({"source": "1", "agc": agc}))
    assert switched == []
    microphone.attach()
    microphone.stop()
    assert switched == devices


@pytest.mark.usefixtures("stream")
def test_how_loud_it_is_is_measured_while_it_is_open() -> None:
    microphone = DeviceMicrophone(MicrophoneSettings(source="1", channel=1))
    assert microphone.level is None
    microphone.attach()
    for _ in range(6):
        microphone.read()
    level = microphone.level
    assert level is not None
    assert level.dbfs == pytest.approx(20 * np.log10(16_000 / 32_768) - 3.01, abs=0.05)
    assert level.clipped == 0
    microphone.stop()
    assert microphone.level is None
    assert microphone.condition() is None
