"""Training windows, altered on the way into a batch: another vocal tract, another microphone, masks, mixtures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.perception.voice.analysis import WINDOW
from edge.perception.voice.log_mel import BANDS
from edge.perception.voice.spectrogram import HIGHEST, LOWEST

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

WARP = 1.5
"""Largest shift of the middle bands, in bands: a vocal tract longer or shorter by some 10 % (Jaitly & Hinton, Vocal
Tract Length Perturbation, 2013)."""
TILT = 0.3
"""Largest tilt from the lowest to the highest band, in units of the input (6 dB): microphones differ by that."""
LEVEL = 0.1
BAND_MASK = 6
TIME_MASK = 30
"""Longest masks (Park et al., SpecAugment, 2019), bands and frames; two of each."""


def alter(images: Floats, random: np.random.Generator) -> Floats:
    """New windows from ``images`` (n, WINDOW, BANDS, 1), of the same shape and within the input's limits."""
    rows = warped(images[:, :, :, 0], random.uniform(-WARP, WARP, len(images)).astype(np.float32))
    slope = np.linspace(-0.5, 0.5, BANDS, dtype=np.float32)
    rows += slope * random.uniform(-TILT, TILT, (len(rows), 1, 1)).astype(np.float32)
    rows += random.uniform(-LEVEL, LEVEL, (len(rows), 1, 1)).astype(np.float32)
    np.clip(rows, LOWEST, HIGHEST, out=rows)
    for row in rows:
        row[:] = np.roll(row, random.integers(WINDOW), axis=0)
        _mask(row, random)
    return rows[:, :, :, None]


def warped(rows: Floats, shifts: Floats) -> Floats:
    """Bands of ``rows`` (n, frames, BANDS) moved by ``shifts`` (n,) in the middle and by nothing at both ends."""
    bands = np.arange(BANDS, dtype=np.float32)
    places = np.clip(bands + shifts[:, None] * np.sin(np.pi * bands / (BANDS - 1)), 0, BANDS - 1)
    below = np.minimum(places.astype(np.int64), BANDS - 2)
    part = (places - below).astype(np.float32)[:, None, :]
    low = np.take_along_axis(rows, below[:, None, :], axis=2)
    high = np.take_along_axis(rows, below[:, None, :] + 1, axis=2)
    return np.asarray(low * (1 - part) + high * part, np.float32)


def mixed(parts: tuple[Floats, ...], targets: Floats, mixup: float, random: np.random.Generator) -> tuple[Floats, ...]:
    """``parts`` and ``targets``, each (n, …), every row mixed with another (Zhang et al., mixup, 2018)."""
    shares = random.beta(mixup, mixup, len(targets)).astype(np.float32)
    other = random.permutation(len(targets))

    def mix(values: Floats) -> Floats:
        share = shares.reshape(-1, *[1] * (values.ndim - 1))
        return values * share + values[other] * (1 - share)

    return (*(mix(part) for part in parts), mix(targets))


def _mask(row: Floats, random: np.random.Generator) -> None:
    middle = row.mean()
    for _ in range(2):
        width, length = random.integers(0, BAND_MASK + 1), random.integers(0, TIME_MASK + 1)
        band, time = random.integers(0, BANDS - width + 1), random.integers(0, WINDOW - length + 1)
        row[:, band : band + width] = middle
        row[time : time + length] = middle
