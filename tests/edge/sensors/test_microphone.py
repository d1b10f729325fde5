from __future__ import annotations

import logging
import struct
import sys
import threading
import wave
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from edge.errors import SensorError, SensorGone
from edge.sensors.microphone import DeviceMicrophone, FileMicrophone, open_microphone, read_audio
from edge.sensors.settings import MicrophoneSettings
from tests.edge.sensors.support import QuickClock, open_paths

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from edge.sensors.signals import AudioChunk

NOISE = np.random.default_rng(5).integers(-20_000, 20_000, 20_000).astype(np.int16)


def _wav(path: Path, samples: NDArray[np.int16] = NOISE, rate: int = 16_000, channels: int = 1) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return path


def _microphone(path: Path, *, repeat: bool = False, hop_s: float = 0.5) -> FileMicrophone:
    return FileMicrophone(MicrophoneSettings(source=str(path), hop_s=hop_s), repeat=repeat, clock=QuickClock())


def _all(microphone: FileMicrophone, most: int = 100) -> list[AudioChunk]:
    chunks: list[AudioChunk] = []
    while len(chunks) < most and (chunk := microphone.read()) is not None:
        chunks.append(chunk)
    return chunks


def test_the_source_chooses_the_kind_of_microphone(tmp_path: Path) -> None:
    assert open_microphone(MicrophoneSettings()) is None
    for source in ("default", "0", "USB PnP Sound Device"):
        assert isinstance(open_microphone(MicrophoneSettings(source=source)), DeviceMicrophone)
    (tmp_path / "talk").touch()
    for source in ("talk.wav", "talk.FLAC", "some/talk.mp3", str(tmp_path / "talk")):
        assert isinstance(open_microphone(MicrophoneSettings(source=source)), FileMicrophone)


def test_a_file_comes_in_hops_and_each_is_stamped_with_its_end(tmp_path: Path) -> None:
    microphone = _microphone(_wav(tmp_path / "n.wav"))
    microphone.attach()
    chunks = _all(microphone)
    assert [len(chunk.samples) for chunk in chunks] == [8000, 8000, 4000]
    assert [chunk.captured_ns for chunk in chunks] == [1_500_000_000, 2_000_000_000, 2_250_000_000]
    assert np.array_equal(np.concatenate([chunk.samples for chunk in chunks]), NOISE)
    assert not any(chunk.gap for chunk in chunks)


def test_a_file_repeats_without_a_seam_in_time(tmp_path: Path) -> None:
    microphone = _microphone(_wav(tmp_path / "n.wav"), repeat=True)
    microphone.attach()
    chunks = _all(microphone, most=6)
    assert {len(chunk.samples) for chunk in chunks} == {8000}
    assert chunks[-1].captured_ns - chunks[0].captured_ns == 2_500_000_000
    assert np.array_equal(np.concatenate([chunk.samples for chunk in chunks]), np.tile(NOISE, 3)[:48_000])
    microphone.stop()


def test_a_repeated_file_may_be_shorter_than_a_hop(tmp_path: Path) -> None:
    microphone = _microphone(_wav(tmp_path / "n.wav", NOISE[:1000]), repeat=True)
    microphone.attach()
    samples = np.concatenate([chunk.samples for chunk in _all(microphone, most=3)])
    assert np.array_equal(samples, np.tile(NOISE[:1000], len(samples) // 1000 + 1)[: len(samples)])
    microphone.stop()


def test_a_stream_equals_the_whole(tmp_path: Path) -> None:
    path = _wav(tmp_path / "n.wav", rate=44_100)
    microphone = _microphone(path, hop_s=0.1)
    microphone.attach()
    streamed = np.concatenate([chunk.samples for chunk in _all(microphone)])
    whole = read_audio(path)
    assert len(whole) == len(streamed) == -(-20_000 * 16_000 // 44_100)
    assert np.abs(whole.astype(int) - streamed).max() <= 1


def test_a_file_is_open_from_attach_to_stop_only(tmp_path: Path) -> None:
    path = _wav(tmp_path / "n.wav")
    microphone = open_microphone(MicrophoneSettings(source=str(path)))
    assert microphone is not None
    assert str(path) not in open_paths()
    microphone.attach()
    assert str(path) in open_paths()
    microphone.stop()
    microphone.stop()
    assert str(path) not in open_paths()
    assert microphone.read() is None
    microphone.attach()
    assert str(path) in open_paths()
    microphone.stop()


def test_a_waiting_read_ends_when_the_microphone_is_stopped(tmp_path: Path) -> None:
    microphone = FileMicrophone(MicrophoneSettings(source=str(_wav(tmp_path / "n.wav")), hop_s=1.0), repeat=False)
    microphone.attach()
    got: list[AudioChunk | None] = []
    reader = threading.Thread(target=lambda: got.append(microphone.read()))
    reader.start()
    microphone.stop()
    reader.join(5)
    assert got == [None]


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
@pytest.mark.parametrize("container", ["WAV", "WAVEX"])
def test_every_width_of_wav_gives_the_same_sound(tmp_path: Path, subtype: str, container: str) -> None:
    path = tmp_path / "n.wav"
    soundfile.write(path, NOISE / 32768, 16_000, subtype=subtype, format=container)
    found = read_audio(path)
    assert len(found) == len(NOISE)
    assert np.abs(found.astype(int) - NOISE).max() <= (256 if subtype == "PCM_U8" else 0)


def test_a_flac_gives_its_very_samples(tmp_path: Path) -> None:
    path = tmp_path / "n.flac"
    soundfile.write(path, NOISE, 16_000)
    assert np.array_equal(read_audio(path), NOISE)
    microphone = _microphone(path)
    microphone.attach()
    assert np.array_equal(np.concatenate([chunk.samples for chunk in _all(microphone)]), NOISE)


def test_a_flac_without_soundfile_says_what_to_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "n.flac"
    soundfile.write(path, NOISE, 16_000)
    monkeypatch.setitem(sys.modules, "soundfile", None)
    with pytest.raises(SensorError, match=r"pip install 'rapport-edge\[flac\]'"):
        read_audio(path)


def test_a_flac_that_is_cut_short_plays_what_is_there(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "cut.flac"
    soundfile.write(path, NOISE, 16_000)
    path.write_bytes(path.read_bytes()[:25_000])
    found = read_audio(path)
    assert 4000 < len(found) < len(NOISE)
    assert np.array_equal(found, NOISE[: len(found)])
    assert "cut short" in caplog.text


def test_channels_are_mixed(tmp_path: Path) -> None:
    both = np.column_stack([np.full(100, 1000), np.full(100, -400)]).astype(np.int16)
    assert set(read_audio(_wav(tmp_path / "s.wav", both, channels=2))) == {300}


def test_a_wav_that_is_cut_short_plays_what_is_there_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = _wav(tmp_path / "cut.wav")
    path.write_bytes(path.read_bytes()[:-20_001])
    microphone = _microphone(path)
    with caplog.at_level(logging.WARNING):
        microphone.attach()
    assert "cut short: 0.6 of 1.2 s are there" in caplog.text
    samples = np.concatenate([chunk.samples for chunk in _all(microphone)])
    assert np.array_equal(samples, NOISE[:9999])


def test_a_wav_that_was_streamed_has_no_length_and_is_whole(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = _wav(tmp_path / "piped.wav")
    raw = bytearray(path.read_bytes())
    raw[40:44] = struct.pack("<I", 0xFFFF_FFFF)
    path.write_bytes(raw)
    assert np.array_equal(read_audio(path), NOISE)
    assert not caplog.records


def test_chunks_of_other_kinds_are_passed_over(tmp_path: Path) -> None:
    path = _wav(tmp_path / "n.wav")
    raw = path.read_bytes()
    path.write_bytes(raw[:36] + b"LIST" + struct.pack("<I", 5) + b"hello\0" + raw[36:])
    assert np.array_equal(read_audio(path), NOISE)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"Dear friend, this is a letter", r"x\.wav is no sound"),
        (b"", r"x\.wav is empty"),
        (b"RIFF\x24\0\0\0WAVE", r"x\.wav begins as a WAV but is cut short"),
        (b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0", r"x\.wav begins as a WAV but is cut short"),
        (b"RIFF\x24\0\0\0WAVEdata\x10\0\0\0" + bytes(16), r"x\.wav is a WAV whose sound comes before its format"),
        (b"fLaC" + bytes(40), r"x\.wav begins as a FLAC but cannot be opened"),
    ],
)
def test_what_is_no_sound_is_named_and_left_closed(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(content)
    with pytest.raises(SensorError, match=says):
        _microphone(path).attach()
    assert str(path) not in open_paths()


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ((6, 1, 8000, 8), "format 6 with 8 bits and 1 channels"),
        ((1, 1, 16_000, 12), "format 1 with 12 bits"),
        ((1, 0, 16_000, 16), "0 channels"),
        ((1, 1, 100, 16), "a rate of 100 Hz, 4000 to 192000 are allowed"),
    ],
)
def test_a_wav_of_an_unknown_kind_is_refused(tmp_path: Path, form: tuple[int, int, int, int], says: str) -> None:
    tag, channels, rate, bits = form
    header = struct.pack("<HHIIHH", tag, channels, rate, 0, 0, bits)
    path = tmp_path / "x.wav"
    path.write_bytes(
        b"RIFF\0\0\0\0WAVEfmt " + struct.pack("<I", 16) + header + b"data" + struct.pack("<I", 8) + bytes(8)
    )
    with pytest.raises(SensorError, match=says):
        read_audio(path)
    assert str(path) not in open_paths()


def test_a_wav_without_sound_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SensorError, match=r"n\.wav is a WAV without any sound"):
        _microphone(_wav(tmp_path / "n.wav", NOISE[:0])).attach()


def test_a_sound_that_is_too_long_for_one_reading_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SensorError, match="is longer than 1 s"):
        read_audio(_wav(tmp_path / "n.wav"), longest_s=1.0)


def test_a_float_wav_with_impossible_values_stays_in_range(tmp_path: Path) -> None:
    path = tmp_path / "n.wav"
    soundfile.write(path, np.array([np.nan, np.inf, -7.0, 0.5], np.float32), 16_000, subtype="FLOAT")
    assert read_audio(path).tolist() == [0, 32767, -32768, 16384]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SensorError, match=r"gone\.wav cannot be read: No such file"):
        _microphone(tmp_path / "gone.wav").attach()


def test_a_device_without_pyaudio_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyaudio", None)
    microphone = DeviceMicrophone(MicrophoneSettings(source="default"))
    with pytest.raises(SensorError, match=r"portaudio19-dev .* pip install 'rapport-edge\[mic\]'"):
        microphone.attach()


def _listen(microphone: FileMicrophone, times: int = 6) -> None:
    for _ in range(times):
        assert microphone.read() is not None


def test_a_file_that_vanishes_is_gone_and_goes_on_when_it_returns(tmp_path: Path) -> None:
    path = _wav(tmp_path / "n.wav")
    microphone = _microphone(path, repeat=True)
    microphone.attach()
    _listen(microphone)
    away = path.rename(tmp_path / "away")
    with pytest.raises(SensorGone, match=r"n\.wav cannot be read: No such file .*Put it back; it is tried again"):
        _listen(microphone)
    for _ in range(3):
        with pytest.raises(SensorGone, match="Put it back"):
            microphone.attach()
    path.write_bytes(away.read_bytes()[:30])
    with pytest.raises(SensorGone, match="cut short before any sound"):
        microphone.attach()
    away.rename(path)
    microphone.attach()
    _listen(microphone)
    microphone.stop()
    assert str(path) not in open_paths()


def test_a_file_that_is_cut_while_it_plays_ends_there_and_is_repeated(tmp_path: Path) -> None:
    path = _wav(tmp_path / "n.wav")
    microphone = _microphone(path, repeat=True, hop_s=0.1)
    microphone.attach()
    _listen(microphone, 2)
    path.write_bytes(path.read_bytes()[:20_044])
    samples = np.concatenate([chunk.samples for chunk in _all(microphone, most=20)])
    assert np.array_equal(samples[-10_000:-6_000], samples[-20_000:-16_000])
    microphone.stop()


def test_a_file_that_never_was_there_is_a_mistake_even_when_repeated(tmp_path: Path) -> None:
    with pytest.raises(SensorError) as raised:
        _microphone(tmp_path / "gone.wav", repeat=True).attach()
    assert not isinstance(raised.value, SensorGone)
