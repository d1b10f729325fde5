"""Sounds whose truth is known: tones, noise, bursts, and words spoken by espeak-ng or recorded for alsa-utils."""

from __future__ import annotations

import shutil
import subprocess
import wave
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Samples = NDArray[np.int16]

RATE = 16_000
ALSA = sorted(Path("/usr/share/sounds/alsa").glob("*_*.wav"))
needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
needs_alsa = pytest.mark.skipif(not ALSA, reason="alsa-utils' recorded words are not installed")


def to_int16(sound: NDArray[np.float64]) -> Samples:
    """``sound`` in full scale [-1, 1] as samples; what is over is clipped."""
    return np.clip(np.rint(sound * 32767), -32768, 32767).astype(np.int16)


def sine(hz: float, seconds: float, amplitude: float = 0.3) -> NDArray[np.float64]:
    return np.asarray(amplitude * np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE)) / RATE))


def harmonics(hz: float, seconds: float, count: int = 12, amplitude: float = 0.1) -> NDArray[np.float64]:
    """A buzz: ``count`` harmonics that fall by 6 dB per octave, with unrelated phases."""
    parts = [
        amplitude / k * np.sin(2 * np.pi * hz * k * np.arange(int(seconds * RATE)) / RATE + k**2)
        for k in range(1, count + 1)
    ]
    return np.asarray(np.sum(parts, axis=0))


def white(seconds: float, rms: float, seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(0.0, rms, int(seconds * RATE))


def coloured(seconds: float, rms: float, colour: float) -> NDArray[np.float64]:
    """Noise whose power falls with frequency to the power ``colour``: 1 pink, 2 brown."""
    hz = np.maximum(np.fft.rfftfreq(int(seconds * RATE), 1 / RATE), 50.0)
    shaped = np.fft.irfft(np.fft.rfft(white(seconds, 1.0)) * hz ** (-colour / 2), int(seconds * RATE))
    return np.asarray(shaped * (rms / shaped.std()))


def quiet(seconds: float) -> NDArray[np.float64]:
    return np.zeros(int(seconds * RATE))


def read_wav(path: Path) -> NDArray[np.float64]:
    """A 16-bit WAV, its first channel, at 16 kHz by linear interpolation."""
    with wave.open(str(path)) as file:
        rate, channels = file.getframerate(), file.getnchannels()
        raw = np.frombuffer(file.readframes(file.getnframes()), "<i2")[::channels] / 32768.0
    count = int(len(raw) * RATE / rate)
    return np.asarray(np.interp(np.arange(count) * rate / RATE, np.arange(len(raw)), raw))


def spoken(words: str, folder: Path, *options: str) -> NDArray[np.float64]:
    """``words`` by espeak-ng with its ``options``."""
    path = folder / "spoken.wav"
    subprocess.run(["espeak-ng", *options, "-w", str(path), words], check=True)
    return read_wav(path)
