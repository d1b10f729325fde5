"""Many recordings out of one: another speed, room, noise and level, as microphones in homes and cars would have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.sensors.signals import SAMPLE_RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

VOICES = (0.72, 1.38)
"""Factors of pitch and formants together: five and a half semitones, about what lies between the sexes (Hillenbrand et
al., Acoustic characteristics of American English vowels, 1995: formants 1.15 to 1.2, pitch 1.7). Ten speakers are few;
these make more of them."""
TEMPOS = (0.86, 1.18)
"""Factors of tempo at the same pitch: within what one person's speech varies by."""
COLOUR_DB = 4.0
"""Deviation of a microphone's response at each of COLOUR_HZ."""
COLOUR_HZ = (100.0, 500.0, 1500.0, 3500.0, 8000.0)
SNR_DB = (5.0, 35.0)
REVERBERATION_S = (0.1, 0.6)
"""Seconds to -60 dB: a furnished room has 0.3 to 0.6, a car 0.1."""
DIRECT_DB = (0.0, 15.0)
"""dB of direct over reverberant sound: near 0 across the room, 15 at arm's length."""
LEVEL_DB = (-35.0, 0.0)
"""dBFS of the loudest sample."""
OFTEN = 0.7
"""Share of the recordings that get another voice, and that get noise; half get another tempo, microphone, room."""
PIECE = 512
SEARCH = 128
"""Samples of a piece (32 ms, two periods of a deep voice) and how far it is sought, to either side (8 ms)."""
PAUSE_S = (0.1, 0.8)
"""Seconds of the room alone before and after."""


def variant(samples: NDArray[np.int16], random: np.random.Generator) -> NDArray[np.int16]:
    """One new recording of ``samples`` (n,): each change is drawn from ``random``, and each is left out at times."""
    sound = samples.astype(np.float64) / 32768.0
    if random.random() < OFTEN:
        sound = resample(sound, random.uniform(*VOICES))
    if random.integers(2):
        sound = stretch(sound, random.uniform(*TEMPOS))
    if random.integers(2):
        sound = colour(sound, random.normal(0.0, COLOUR_DB, len(COLOUR_HZ)))
    pauses = [np.zeros(int(random.uniform(*PAUSE_S) * SAMPLE_RATE)) for _ in range(2)]
    sound = np.concatenate([pauses[0], sound, pauses[1]])
    if random.integers(2):
        sound = reverberate(sound, random.uniform(*REVERBERATION_S), random.uniform(*DIRECT_DB), random)
    if random.random() < OFTEN:
        snr_db, slope = random.uniform(*SNR_DB), random.uniform(0.0, 1.5)
        sound = sound + noise(len(sound), slope, random) * rms(sound) * 10 ** (-snr_db / 20)
    peak = 10 ** (random.uniform(*LEVEL_DB) / 20)
    sound = sound * (peak / max(float(np.abs(sound).max()), 1e-9))
    return np.clip(np.rint(sound * 32767.0), -32768, 32767).astype(np.int16)


def resample(sound: Floats, factor: float) -> Floats:
    """``sound`` played ``factor`` times as fast, by linear interpolation."""
    count = int(len(sound) / factor)
    return np.asarray(np.interp(np.arange(count) * factor, np.arange(len(sound)), sound))


def stretch(sound: Floats, factor: float) -> Floats:
    """``sound`` told ``factor`` times as fast at its own pitch: overlapping pieces, each taken where it continues best.

    Source: W. Verhelst & M. Roelands, An overlap-add technique based on waveform similarity (WSOLA) for high quality
    time-scale modification of speech, ICASSP 1993.
    """
    half = PIECE // 2
    window = np.hanning(PIECE + 1)[:-1]
    count = max(1, int(len(sound) / factor / half) - 1)
    padded = np.concatenate([np.zeros(SEARCH), sound, np.zeros(2 * PIECE + SEARCH)])
    out = np.zeros((count + 1) * half)
    place = SEARCH
    for piece in range(count):
        out[piece * half : piece * half + PIECE] += padded[place : place + PIECE] * window
        follows = padded[place + half : place + half + PIECE]
        start = min(int((piece + 1) * half * factor), len(sound))
        likeness = np.correlate(padded[start : start + PIECE + 2 * SEARCH], follows, mode="valid")
        place = start + int(np.argmax(likeness))
    return out


def colour(sound: Floats, gains_db: Floats) -> Floats:
    """``sound`` through a microphone with ``gains_db`` at COLOUR_HZ, linear in between over the octaves."""
    hz = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE)
    gains = np.interp(np.log2(np.maximum(hz, COLOUR_HZ[0])), np.log2(COLOUR_HZ), gains_db)
    return np.asarray(np.fft.irfft(np.fft.rfft(sound) * 10 ** (gains / 20), len(sound)))


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
