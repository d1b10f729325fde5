"""What the tests of the voice share: a sound card that is a file, and figures of a WAV."""

from __future__ import annotations

import io
import shutil
import wave
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
needs_aplay = pytest.mark.skipif(shutil.which("aplay") is None, reason="aplay is not installed")


def file_card(directory: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A real ALSA default device that writes what is played to the WAV whose path is returned."""
    out = directory / "out.wav"
    config = directory / "asound.conf"
    config.write_text(
        f'pcm.spkfile {{ type file slave.pcm {{ type null }} file "{out}" format "wav" }}\npcm.!default "spkfile"\n'
        "ctl.!default { type hw card 0 }\n"
    )
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(config))
    return out


def no_card(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ALSA without any device, wherever the test runs."""
    config = directory / "asound.conf"
    config.write_text("# nothing\n")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(config))
    monkeypatch.setattr("edge.outlets.player.CARDS", directory / "cards")


def samples(wav: bytes) -> tuple[NDArray[np.float64], int]:
    """Samples (n,) in [-1, 1] and their rate in Hz; fails when the header's lengths are not true."""
    with wave.open(io.BytesIO(wav), "rb") as file:
        assert file.getnchannels() == 1
        assert file.getsampwidth() == 2
        raw = file.readframes(file.getnframes())
        assert len(raw) == 2 * file.getnframes()
        return np.frombuffer(raw, np.int16).astype(np.float64) / 32768, file.getframerate()


def pitch(wav: bytes) -> float:
    """Median F0 in Hz over voiced frames of 40 ms, by autocorrelation."""
    sound, rate = samples(wav)
    size = int(0.04 * rate)
    found = []
    for start in range(0, len(sound) - size, size // 2):
        frame = sound[start : start + size]
        frame = frame - frame.mean()
        if np.mean(frame**2) < 1e-4:
            continue
        correlation = np.correlate(frame, frame, "full")[size - 1 :]
        low, high = rate // 400, rate // 55
        lag = low + int(correlation[low:high].argmax())
        if correlation[lag] > 0.5 * correlation[0]:
            found.append(rate / lag)
    return float(np.median(found))
