"""Many recordings out of one: another speed, room, noise and level, as microphones in homes and cars would have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.sensors.signals import SAMPLE_RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SPEEDS = (0.88, 1.14)
"""Factors of speed and pitch together: two semitones, within what tells one speaker from another."""
SNR_DB = (5.0, 35.0)
REVERBERATION_S = (0.1, 0.6)
"""Seconds to -60 dB: a furnished room has 0.3 to 0.6, a car 0.1."""
DIRECT_DB = (0.0, 15.0)
"""dB of direct over reverberant sound: near 0 across the room, 15 at arm's length."""
LEVEL_DB = (-35.0, 0.0)
"""dBFS of the loudest sample."""
OFTEN = 0.7
"""Share of the recordings that get another speed, and that get noise; half get a room."""
PAUSE_S = (0.1, 0.8)
"""Seconds of the room alone before and after."""


def variant(samples: NDArray[np.int16], random: np.random.Generator) -> NDArray[np.int16]:
    """One new recording of ``samples`` (n,): each change is drawn from ``random``, and each is left out at times."""
    sound = samples.astype(np.float64) / 32768.0
    if random.random() < OFTEN:
        sound = resample(sound, random.uniform(*SPEEDS))
    pauses = [np.zeros(int(random.uniform(*PAUSE_S) * SAMPLE_RATE)) for _ in range(2)]
    sound = np.concatenate([pauses[0], sound, pauses[1]])
    if random.integers(2):
        sound = reverberate(sound, random.uniform(*REVERBERATION_S), random.uniform(*DIRECT_DB), random)
    if random.random() < OFTEN:
        snr_db, colour = random.uniform(*SNR_DB), random.uniform(0.0, 1.5)
        sound = sound + noise(len(sound), colour, random) * rms(sound) * 10 ** (-snr_db / 20)
    peak = 10 ** (random.uniform(*LEVEL_DB) / 20)
    sound = sound * (peak / max(float(np.abs(sound).max()), 1e-9))
    return np.clip(np.rint(sound * 32767.0), -32768, 32767).astype(np.int16)


def resample(sound: Floats, factor: float) -> Floats:
    """``sound`` played ``factor`` times as fast, by linear interpolation."""
    count = int(len(sound) / factor)
    return np.asarray(np.interp(np.arange(count) * factor, np.arange(len(sound)), sound))


def reverberate(sound: Floats, seconds: float, direct_db: float, random: np.random.Generator) -> Floats:
    """``sound`` in a room: noise that decays by 60 dB in ``seconds`` as impulse response (Polack's model, 1988)."""
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    tail = random.standard_normal(len(time)) * np.exp(-6.908 * time / seconds)
    tail *= 10 ** (-direct_db / 20) / np.sqrt(np.sum(tail**2))
    tail[0] = 1.0
    size = 1 << (len(sound) + len(tail)).bit_length()
    return np.asarray(np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(tail, size), size)[: len(sound)])


def noise(count: int, colour: float, random: np.random.Generator) -> Floats:
    """(count,) noise of RMS 1 whose power falls with frequency to the power ``colour``: 0 white, 1 pink, 2 brown."""
    hz = np.maximum(np.fft.rfftfreq(count, 1 / SAMPLE_RATE), 50.0)
    shaped = np.fft.irfft(np.fft.rfft(random.standard_normal(count)) * hz ** (-colour / 2), count)
    return np.asarray(shaped / rms(shaped))


def rms(sound: Floats) -> float:
    """Root of the mean square."""
    return float(np.sqrt(np.mean(sound**2)))
