"""Sound made louder never clips: a gain, and a limiter that sees 5 ms ahead and measures true peak."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CEILING = 10.0 ** (-1.0 / 20.0)
"""-1 dBTP: the highest true peak for sound over the network and in files (AES TD1008, EBU R 128)."""
OVERSAMPLING = 4
TAPS = 12
"""A phase; 4 × 12 coefficients is what BS.1770-4, annex 2 uses."""
BLOCK_S = 0.005
RELEASE = 1.05
"""Growth of the gain from block to block after a peak: 0.4 dB in 5 ms, from -12 dB in 0.15 s, less than a syllable."""


def _phases() -> Floats:
    """(3, TAPS): a windowed sinc between the samples, each phase with a sum of 1. The fourth is the sample itself."""
    rows = []
    for phase in range(1, OVERSAMPLING):
        at = np.arange(TAPS) - (TAPS // 2 - 1) - phase / OVERSAMPLING
        row = np.sinc(at) * np.cos(np.pi * at / (TAPS + 1)) ** 2
        rows.append(row / row.sum())
    return np.array(rows)


PHASES = _phases()


def true_peak(samples: Floats) -> float:
    """Highest value of (n,) samples and of what lies between them, four times oversampled (BS.1770-4, annex 2)."""
    return float(_peaks(samples).max()) if len(samples) else 0.0


def _peaks(samples: Floats) -> Floats:
    """(n,): the highest value at each sample and between it and the next."""
    padded = np.concatenate((np.zeros(TAPS // 2 - 1), samples, np.zeros(TAPS // 2)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, TAPS)
    between = np.abs(windows @ PHASES.T).max(axis=1)
    return np.asarray(np.maximum(between, np.abs(samples)))


class Limiter:
    """Float samples in, at any level; int16 out, 5 ms later, below CEILING. ``flush`` gives the rest."""

    def __init__(self, rate: int) -> None:
        self._size = max(TAPS, round(BLOCK_S * rate))
        self._held = np.zeros(0)
        self._gain = 1.0

    def push(self, samples: Floats) -> NDArray[np.int16]:
        """What can be given of all that came so far; (n,) in units of full scale."""
        held = np.concatenate((self._held, samples))
        count = len(held) // self._size - 1  # the last whole block is what the one before it looks ahead to
        if count < 1:
            self._held = held
            return np.zeros(0, np.int16)
        self._held = held[count * self._size :]
        return self._given(held[: (count + 1) * self._size], count)

    def flush(self) -> NDArray[np.int16]:
        """The rest; the next sample begins anew."""
        length = len(self._held)
        count = -(-length // self._size)
        padded = np.concatenate((self._held, np.zeros((count + 1) * self._size - length)))
        out = self._given(padded, count)[:length]
        self._held, self._gain = np.zeros(0), 1.0
        return out

    def _given(self, samples: Floats, count: int) -> NDArray[np.int16]:
        """``count`` blocks, all of ``samples`` but one; each gain is a line, low enough at its end for the next."""
        given = samples[: count * self._size]
        allowed = self._allowed(samples)
        if self._gain < 1.0 or allowed is not None:
            allowed = np.ones(count + 1) if allowed is None else allowed
            given = given * self._ramps(allowed.tolist(), count)
        return np.asarray(np.clip(np.rint(given * 32768.0), -32768, 32767), np.int16)

    def _allowed(self, samples: Floats) -> Floats | None:
        """Gain that each block may have at most; None where that is 1 for all: no peak is anywhere near the ceiling."""
        if np.abs(samples).max(initial=0.0) < CEILING / 2:
            return None
        highest = _peaks(samples).reshape(-1, self._size).max(axis=1)
        return np.asarray(np.minimum(1.0, CEILING / np.maximum(highest, CEILING)))

    def _ramps(self, allowed: list[float], count: int) -> Floats:
        ramps = []
        for at in range(count):
            start = min(self._gain, allowed[at])
            end = min(self._gain * RELEASE, allowed[at], allowed[at + 1])
            ramps.append(np.linspace(start, end, self._size, endpoint=False))
            self._gain = end
        return np.concatenate(ramps) if ramps else np.zeros(0)
