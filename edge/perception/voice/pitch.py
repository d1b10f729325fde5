"""The pitch of a voice: normalised autocorrelation of all frames at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.sensors.signals import SAMPLE_RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

FRAME = 768
"""Samples of one frame: 48 ms, three periods at 63 Hz, which a Hann window needs (Boersma 1993)."""
FFT = 1024
"""Points of the transform: FRAME plus the longest lag (256), so that the circular autocorrelation is the linear one."""
LONGEST_LAG = FFT - FRAME
LOW_HZ = 80.0
HIGH_HZ = 4000.0
"""Hz; harmonics are looked for between these: hum lies below, hiss above."""
OCTAVE_BIAS = 0.02
"""Strength lost per octave of longer period: of two equal peaks the shorter period is the pitch (Boersma 1993 has 0.01;
twice that halves the octave errors on breathy voices)."""


class Pitch:
    """Pitch and periodicity by the autocorrelation of the signal over that of the window.

    Source: P. Boersma, Accurate short-term analysis of the fundamental frequency and the harmonics-to-noise ratio of a
    sampled sound, IFA Proceedings 17 (1993), 97-110. Frames are independent; no path is sought through them.
    """

    def __init__(self, most: int, low_hz: float, high_hz: float) -> None:
        self._window = np.hanning(FRAME + 1)[:-1].astype(np.float32)
        self._framed = np.zeros((most, FFT), np.float32)
        self._power = np.zeros((most, FFT // 2 + 1), np.float32)
        hz = np.arange(FFT // 2 + 1) * SAMPLE_RATE / FFT
        self._band = ((hz >= LOW_HZ) & (hz <= HIGH_HZ)).astype(np.float32)
        self._first = int(SAMPLE_RATE / high_hz)
        self._last = min(int(np.ceil(SAMPLE_RATE / low_hz)), LONGEST_LAG - 2)
        lags = np.arange(LONGEST_LAG)
        self._own = self._own_correlation()[:LONGEST_LAG]
        self._bias = (OCTAVE_BIAS * np.log2(np.maximum(lags, 1) / max(self._first, 1))).astype(np.float32)

    def _own_correlation(self) -> Floats:
        """Autocorrelation of the window as the band limit leaves it, for a flat spectrum: divides its fading out."""
        power = np.abs(np.fft.rfft(self._window, FFT)) ** 2
        correlation = np.fft.irfft(power)
        return np.asarray(correlation / correlation[0], np.float32)

    def __call__(self, frames: Floats) -> tuple[Floats, Floats]:
        """Pitch of each frame and how periodic it is.

        Args:
            frames: (n, FRAME) samples in [-1, 1], n ≤ ``most``.

        Returns:
            (n,) Hz and (n,) periodicity in [0, 1]; a frame without any sound has periodicity 0.
        """
        n = len(frames)
        np.multiply(frames, self._window, out=self._framed[:n, :FRAME])
        spectrum = np.fft.rfft(self._framed[:n])
        power = self._power[:n]
        np.add(spectrum.real**2, spectrum.imag**2, out=power, casting="same_kind")
        power *= self._band
        correlation = np.fft.irfft(power)[:, :LONGEST_LAG].astype(np.float32, copy=False)
        correlation /= np.maximum(correlation[:, :1], 1e-9)
        correlation /= self._own
        return self._peak(correlation)

    def _peak(self, correlation: Floats) -> tuple[Floats, Floats]:
        """The best local maximum between the allowed lags, refined by the parabola through its neighbours."""
        lags = slice(self._first, self._last + 1)
        middle = correlation[:, lags]
        before = correlation[:, self._first - 1 : self._last]
        after = correlation[:, self._first + 1 : self._last + 2]
        peaks = (middle >= before) & (middle > after)
        best = np.argmax(np.where(peaks, middle - self._bias[lags], -np.inf), axis=1)[:, None]
        a, b, c = (np.take_along_axis(part, best, axis=1)[:, 0] for part in (before, middle, after))
        curve = np.minimum(a - 2 * b + c, -1e-9)
        shift = np.clip(0.5 * (a - c) / curve, -0.5, 0.5)
        found = np.take_along_axis(peaks, best, axis=1)[:, 0]
        strength = np.where(found, b - 0.25 * (a - c) * shift, 0.0)
        hz = SAMPLE_RATE / (best[:, 0] + self._first + shift)
        return hz.astype(np.float32), np.clip(strength, 0.0, 1.0).astype(np.float32)
