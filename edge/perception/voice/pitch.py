"""The pitch of a voice: normalised autocorrelation of all frames at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.perception.voice.log_mel import SINGLE
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
BINS = int(HIGH_HZ * FFT / SAMPLE_RATE) + 1
"""Bins of the transform up to HIGH_HZ; those above count for nothing."""
EMPHASIS = 1.0
"""Power of the frequency by which the spectrum is weighted: 1 makes pink noise, the noise of rooms and roads, white, so
that its slow swings do not look like a pitch; 1.5 already takes subharmonics for the pitch of high voices."""
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
        hz = np.arange(BINS) * SAMPLE_RATE / FFT
        within = (hz >= LOW_HZ) & (hz <= HIGH_HZ)
        # The transform is scaled by 1 / FFT, its square by FFT ** -2.
        self._band = (within * (hz / HIGH_HZ) ** EMPHASIS * FFT**2).astype(np.float32)
        self._first = int(SAMPLE_RATE / high_hz)
        self._last = min(int(np.ceil(SAMPLE_RATE / low_hz)), LONGEST_LAG - 2)
        lags = np.arange(LONGEST_LAG)
        self._own = self._own_correlation()[:LONGEST_LAG]
        self._power = np.zeros((most, FFT // 2 + 1), np.complex64)  # of what numpy transforms in single precision
        self._work = np.zeros((4, most, self._last + 1 - self._first), np.float32)
        self._peaks = np.zeros((2, *self._work.shape[1:]), np.bool_)
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
        spectrum = np.fft.rfft(self._framed[:n], norm=SINGLE)[:, :BINS]
        power = self._power.real[:n, :BINS]
        np.add(spectrum.real**2, spectrum.imag**2, out=power, casting="same_kind")
        power *= self._band
        correlation = np.fft.irfft(self._power[:n])[:, :LONGEST_LAG].astype(np.float32, copy=False)
        correlation /= np.maximum(correlation[:, :1], 1e-9)
        correlation /= self._own
        return self._peak(correlation)

    def _peak(self, correlation: Floats) -> tuple[Floats, Floats]:
        """The best local maximum between the allowed lags, each judged at the top of the parabola through it."""
        n = len(correlation)
        slope, curve, tops, spare = self._work[:, :n]
        rises, falls = self._peaks[:, :n]
        before = correlation[:, self._first - 1 : self._last]
        middle = correlation[:, self._first : self._last + 1]
        after = correlation[:, self._first + 1 : self._last + 2]
        np.subtract(after, before, out=slope)
        np.add(before, after, out=curve)
        curve -= np.multiply(middle, 2, out=spare)
        np.minimum(curve, -1e-9, out=curve)
        np.multiply(slope, slope, out=tops)
        tops /= np.multiply(curve, 8, out=spare)
        np.subtract(middle, tops, out=tops)
        np.greater_equal(middle, before, out=rises)
        rises &= np.greater(middle, after, out=falls)
        tops *= rises
        np.subtract(tops, self._bias[self._first : self._last + 1], out=spare)
        best = np.argmax(spare, axis=1)
        rows = np.arange(n)
        shift = -slope[rows, best] / (2 * curve[rows, best])
        hz = SAMPLE_RATE / (best + self._first + np.clip(shift, -0.5, 0.5))
        return hz.astype(np.float32), np.clip(tops[rows, best], 0.0, 1.0).astype(np.float32)
