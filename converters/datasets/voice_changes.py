"""Single changes to a recording or its spectrogram, each exact in what it promises: SNR, pitch, length, masks.

``voice_variants`` has speed, room and noise colours; these add what it has not. All are pure: the input stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from converters.datasets.voice_variants import noise, resample, rms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SNR_DB = (0.0, 40.0)
"""A voice beside a running tap, and a quiet bedroom."""
SEMITONES = (-3.0, 3.0)
"""Pitch that a speaker may have instead; beyond it the vocoder is heard."""
TEMPO = (0.8, 1.25)
"""Speech rates of one person differ by about a quarter."""
BAND_MASK, TIME_MASK, MASKS = 6, 30, 2
"""Widest mask in mel bands, longest in frames, and how many of each (Park et al., SpecAugment, Interspeech 2019)."""

_SIZE, _HOP = 512, 128
"""Samples of a frame of the vocoder (32 ms at 16 kHz: two periods of a low voice) and of its step."""
_SILENT = 1e-12


def at_snr(sound: Floats, snr_db: float, random: np.random.Generator, colour: float = 1.0) -> Floats:
    """``sound`` (n,) with noise whose power is ``snr_db`` dB below its own, over the whole recording.

    Args:
        sound: samples; silence stays silence, for it has no ratio.
        snr_db: of the result, exact up to rounding.
        random: the source of chance.
        colour: 0 white, 1 pink, 2 brown.
    """
    level = rms(sound)
    if level < _SILENT:
        return sound.copy()
    return sound + noise(len(sound), colour, random) * level * 10 ** (-snr_db / 20)


def stretched(sound: Floats, tempo: float) -> Floats:
    """``sound`` spoken ``tempo`` times as fast at the same pitch, by a phase vocoder.

    Flanagan & Golden, Phase vocoder, Bell System Technical Journal 45, 1966; frames are read ``tempo`` hops apart, and
    each bin's phase goes on by what it moved between two frames of the input.
    """
    frames = _frames(sound)
    steps = np.arange(0, len(frames) - 1, tempo)
    left = steps.astype(np.int64)
    share = (steps - left)[:, None]
    sizes = np.abs(frames)
    magnitudes = (1 - share) * sizes[left] + share * sizes[left + 1]
    expected = 2 * np.pi * _HOP * np.arange(frames.shape[1]) / _SIZE
    moved = np.angle(frames[1:]) - np.angle(frames[:-1]) - expected
    moved = expected + moved - 2 * np.pi * np.rint(moved / (2 * np.pi))
    phases = np.angle(frames[0]) + np.concatenate([np.zeros((1, frames.shape[1])), np.cumsum(moved[left], axis=0)[:-1]])
    return _overlapped(magnitudes * np.exp(1j * phases), round(len(sound) / tempo))


def pitched(sound: Floats, semitones: float) -> Floats:
    """``sound`` higher (or lower) by ``semitones``, as long as before: stretched, then played faster by as much."""
    ratio = 2 ** (semitones / 12)
    moved = resample(stretched(sound, 1 / ratio), ratio)
    return np.pad(moved[: len(sound)], (0, max(0, len(sound) - len(moved))))


def spec_masked(window: NDArray[np.float32], random: np.random.Generator) -> NDArray[np.float32]:
    """``window`` (frames, bands) with MASKS bands and as many times set to its mean; a mask may be of width 0."""
    masked = window.copy()
    frames, bands = window.shape
    mean = window.mean()
    for _ in range(MASKS):
        length, width = random.integers(0, min(TIME_MASK, frames) + 1), random.integers(0, min(BAND_MASK, bands) + 1)
        time, band = random.integers(0, frames - length + 1), random.integers(0, bands - width + 1)
        masked[time : time + length] = mean
        masked[:, band : band + width] = mean
    return masked


def _window() -> Floats:
    return np.asarray(np.hanning(_SIZE + 1)[:-1])


def _frames(sound: Floats) -> NDArray[np.complex128]:
    """(frames, bins) spectra of ``sound``, padded so that every sample lies in whole frames."""
    padded = np.pad(sound, (_SIZE // 2, _SIZE + _HOP))
    cut = np.lib.stride_tricks.sliding_window_view(padded, _SIZE)[::_HOP]
    return np.asarray(np.fft.rfft(cut * _window(), axis=1))


def _overlapped(frames: NDArray[np.complex128], count: int) -> Floats:
    """(count,) samples from spectra a hop apart, weighed by the windows that lie over each."""
    window = _window()
    total, weight = (np.zeros(len(frames) * _HOP + _SIZE) for _ in range(2))
    for index, cut in enumerate(np.fft.irfft(frames, _SIZE, axis=1)):
        total[index * _HOP : index * _HOP + _SIZE] += cut * window
        weight[index * _HOP : index * _HOP + _SIZE] += window**2
    sound = (total / np.maximum(weight, 1e-3))[_SIZE // 2 :][:count]
    return np.pad(sound, (0, count - len(sound)))
