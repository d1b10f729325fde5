"""How loud a voice is to an ear: integrated loudness after ITU-R BS.1770-4, as sound comes in.

K-weighting is two biquads. They are given at 48 kHz in the recommendation; at other rates they follow from the same
analogue filters by the bilinear transform (F. De Man, Evaluation of implementations of the EBU R128 loudness
measurement, AES 145, 2018). They are applied as their impulse response, so that numpy alone is enough.
"""

from __future__ import annotations

from functools import lru_cache
from math import log10, pi, tan
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

STEP_S = 0.1
"""Blocks of 0.4 s overlap by 75 % (BS.1770-4, annex 1)."""
STEPS_IN_BLOCK = 4
ABSOLUTE_LUFS = -70.0
RELATIVE_LU = -10.0
OFFSET = -0.691
"""Makes a 997 Hz sine of full scale in one channel -3.01 LUFS."""
SHELF = (1681.974450955533, 0.7071752369554196, 3.999843853973347)
"""Hz, Q, dB: the head as a sphere."""
HIGH_PASS = (38.13547087602444, 0.5003270373238773)
"""Hz, Q: the revised low-frequency B-curve."""
RESPONSE_S = 0.06
"""The high-pass rings down by 100 dB in this time, e^(-2π · 38 Hz · 0.06 s): below the noise of 16 bits."""
BINS = 800
"""Of 0.1 LU from ABSOLUTE_LUFS up: memory stays the same however much was heard."""
BIN_LU = 0.1


class Loudness:
    """A meter for one channel. ``push`` as often as there is sound; what came before still counts until ``forget``."""

    def __init__(self, rate: int) -> None:
        self._step = round(STEP_S * rate)
        self._reach, self._size, self._spectrum = _weighting(rate)
        self._counts = np.zeros(BINS, np.int64)
        self._held = np.zeros(0)
        self._past = np.zeros(self._reach)
        self._powers: list[float] = []

    def push(self, samples: NDArray[np.int16]) -> None:
        """(n,) int16, which follow what was pushed last."""
        held = np.concatenate((self._held, samples / 32768.0))
        while len(held) >= self._step:
            self._take(held[: self._step])
            held = held[self._step :]
        self._held = held

    def pause(self) -> None:
        """What comes next does not follow what came last: no block spans both."""
        self._held = np.zeros(0)
        self._past = np.zeros(self._reach)
        self._powers = []

    @property
    def integrated(self) -> float | None:
        """LUFS of all that was pushed; None while nothing of it was above the gates."""
        levels = ABSOLUTE_LUFS + BIN_LU * (np.arange(BINS) + 0.5)
        powers = 10.0 ** ((levels - OFFSET) / 10.0)
        mean = _mean(self._counts, powers)
        if mean is None:
            return None
        above = np.where(levels > OFFSET + 10.0 * log10(mean) + RELATIVE_LU, self._counts, 0)
        mean = _mean(above, powers)
        return None if mean is None else OFFSET + 10.0 * log10(mean)

    def _take(self, step: Floats) -> None:
        """One step's power after K-weighting, and with the three before it the loudness of a block."""
        block = np.concatenate((self._past, step))
        self._past = block[len(block) - self._reach :]
        weighted = np.fft.irfft(np.fft.rfft(block, self._size) * self._spectrum, self._size)
        heard = weighted[self._reach : self._reach + self._step]
        self._powers = [*self._powers[1 - STEPS_IN_BLOCK :], float(np.mean(heard * heard))]
        if len(self._powers) < STEPS_IN_BLOCK:
            return
        power = sum(self._powers) / STEPS_IN_BLOCK
        loudness = OFFSET + 10.0 * log10(power) if power > 0 else ABSOLUTE_LUFS
        if loudness > ABSOLUTE_LUFS:
            self._counts[min(int((loudness - ABSOLUTE_LUFS) / BIN_LU), BINS - 1)] += 1


def _mean(counts: NDArray[np.int64], powers: NDArray[np.floating]) -> float | None:
    total = int(counts.sum())
    return float(counts @ powers) / total if total else None


@lru_cache(maxsize=4)
def _weighting(rate: int) -> tuple[int, int, NDArray[np.complex128]]:
    """How far the response reaches back, the size of the transform, and the response's spectrum; for all meters."""
    response = k_weighting(rate)
    size = 1 << (round(STEP_S * rate) + len(response) - 2).bit_length()
    return len(response) - 1, size, np.fft.rfft(response, size)


def k_weighting(rate: int) -> Floats:
    """Impulse response (n,) of both filters at ``rate`` Hz."""
    size = 1 << int(4 * RESPONSE_S * rate).bit_length()
    at = np.exp(-2j * pi * np.arange(size // 2 + 1) / size)
    response = _biquad(at, *_shelf(rate)) * _biquad(at, *_high_pass(rate))
    impulse: Floats = np.fft.irfft(response, size)
    return impulse[: round(RESPONSE_S * rate)]


def _biquad(at: NDArray[np.complex128], b: Floats, a: Floats) -> NDArray[np.complex128]:
    powers = np.stack((np.ones_like(at), at, at * at))
    return np.asarray((b @ powers) / (a @ powers))


def _shelf(rate: int) -> tuple[Floats, Floats]:
    hertz, q, gain_db = SHELF
    k = tan(pi * hertz / rate)
    high = 10.0 ** (gain_db / 20.0)
    middle = high**0.4996667741545416
    b = np.array([high + middle * k / q + k * k, 2.0 * (k * k - high), high - middle * k / q + k * k])
    a = np.array([1.0 + k / q + k * k, 2.0 * (k * k - 1.0), 1.0 - k / q + k * k])
    return b / a[0], a / a[0]


def _high_pass(rate: int) -> tuple[Floats, Floats]:
    hertz, q = HIGH_PASS
    k = tan(pi * hertz / rate)
    a = np.array([1.0 + k / q + k * k, 2.0 * (k * k - 1.0), 1.0 - k / q + k * k])
    # the recommendation's numerator is 1, -2, 1 as it stands, not divided by a[0]
    return np.array([1.0, -2.0, 1.0]), a / a[0]
