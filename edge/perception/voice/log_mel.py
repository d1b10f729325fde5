"""Short-time spectra on the mel scale, in decibels: what the model hears."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from edge.sensors.signals import SAMPLE_RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

FRAME = 400
"""Samples of one frame: 25 ms, long enough for two periods of a deep voice, short enough for a plosive."""
FFT = 512
"""Points of the transform: the next power of two."""
BANDS = 40
LOW_HZ = 60.0
HIGH_HZ = 8000.0
LOWEST_BIN = int(LOW_HZ * FFT / SAMPLE_RATE) + 1
"""First bin of the transform that any filter hears."""
SPEECH_LOW_HZ = 80.0
"""Hz; sound below does not count for the level: mains hum and rumble are there, no voice is."""
SINGLE: Literal["forward"] = "forward"
"""How a transform is scaled: by one over its length, a power of two and so exact. For this scale alone numpy transforms
single precision in single precision; else it goes to double and back, in twice the time."""
FEWEST = 2
"""Rows of a matrix product from which each row comes out the same bit for bit, however many others there are: a single
one BLAS multiplies as a vector, and adds up in another order."""
SILENCE_DB = -100.0
"""dB; the floor of every level, just under the rounding noise of 16 bits (-98 dBFS)."""


def mel(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mel of ``hz``. Source: O'Shaughnessy, Speech Communication: Human and Machine (1987), p. 150."""
    return np.asarray(2595.0 * np.log10(1.0 + hz / 700.0), np.float64)


def filter_bank() -> Floats:
    """(FFT // 2 + 1, BANDS) triangular filters of unit height, evenly spaced in mel from LOW_HZ to HIGH_HZ."""
    low, high = mel(np.array([LOW_HZ, HIGH_HZ]))
    ends = np.linspace(float(low), float(high), BANDS + 2)
    bins = mel(np.arange(FFT // 2 + 1) * SAMPLE_RATE / FFT)[:, None]
    rising = (bins - ends[:-2]) / (ends[1:-1] - ends[:-2])
    falling = (ends[2:] - bins) / (ends[2:] - ends[1:-1])
    return np.asarray(np.maximum(0.0, np.minimum(rising, falling)), np.float32)


class LogMel:
    """Turns frames of samples into log-mel rows and levels; buffers are made once for ``most`` frames a call."""

    def __init__(self, most: int) -> None:
        self._window = np.hanning(FRAME + 1)[:-1].astype(np.float32)
        most = max(most, FEWEST)
        self._framed = np.zeros((most, FFT), np.float32)
        self._power = np.zeros((most, FFT // 2 + 1 - LOWEST_BIN), np.float32)
        # Parseval: twice the one-sided power, over the transform's length and the window's energy, is the mean square.
        mean_square = np.float32(2.0 * FFT / np.sum(self._window**2))
        audible = np.arange(FFT // 2 + 1) * SAMPLE_RATE / FFT >= SPEECH_LOW_HZ
        self._weights = (np.concatenate([filter_bank(), audible[:, None]], axis=1) * mean_square)[LOWEST_BIN:]
        self._bands = np.zeros((most, BANDS + 1), np.float32)

    def __call__(self, frames: Floats) -> tuple[Floats, Floats]:
        """Spectrum and level of each frame.

        Args:
            frames: (n, FRAME) samples in [-1, 1], n ≤ ``most``.

        Returns:
            (n, BANDS) mean square of each band in dB, and (n,) level in dBFS (RMS against full scale, so that the
            loudest sine is -3) from SPEECH_LOW_HZ up. Both are views that the next call overwrites.
        """
        n = len(frames)
        np.multiply(frames, self._window, out=self._framed[:n, :FRAME])
        spectrum = np.fft.rfft(self._framed[:n], norm=SINGLE)[:, LOWEST_BIN:]
        bands = self._bands[:n]
        np.add(spectrum.real**2, spectrum.imag**2, out=self._power[:n], casting="same_kind")
        together = max(n, FEWEST)
        np.matmul(self._power[:together], self._weights, out=self._bands[:together])
        np.maximum(bands, 10 ** (SILENCE_DB / 10), out=bands)
        np.log10(bands, out=bands)
        bands *= 10.0
        return bands[:, :BANDS], bands[:, BANDS]
