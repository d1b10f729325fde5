"""The shape of the spectrum in few numbers, and how far it moves from one sound to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.perception.voice.log_mel import BANDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.perception.voice.activity import Activity

    Floats = NDArray[np.float32]

COUNT = 13
"""Coefficients, from the first on: level is left out (Davis & Mermelstein, IEEE Trans. ASSP 28, 1980)."""
LAGS = (2, 5)
"""Frames over which movement is told: 20 ms is a plosive, 50 ms a transition between sounds."""
SIZE = COUNT * (1 + len(LAGS))
_CENTRES = np.concatenate(
    [
        [52, 6, 17, -3, 0, -6, -4, -8, -2, -1, -3, -5, 2],
        [16, 11.5, 8.2, 7.2, 6.5, 6.1, 5.6, 5.3, 4.9, 4.6, 4.6, 4.5, 4.3],
        [29, 18.4, 13.1, 11.0, 9.7, 9.0, 7.9, 7.5, 6.9, 6.3, 6.4, 6.2, 5.8],
    ]
).astype(np.float32)
_SCALES = np.concatenate(
    [
        [19, 16, 11, 10, 8, 8, 5, 5, 5, 5, 5, 4, 4],
        [3, 2.4, 1.2, 1.1, 1.1, 0.8, 0.7, 0.7, 0.7, 0.6, 0.7, 0.7, 0.7],
        [6.1, 4.8, 2.1, 2.4, 2.2, 1.9, 1.3, 1.4, 1.3, 1.2, 1.4, 1.3, 1.3],
    ]
).astype(np.float32)
"""dB; rounded means and deviations over EMO-DB. They only have to fit an int8."""


def transform() -> Floats:
    """(BANDS, COUNT) cosines of an orthonormal DCT-II, without the constant one."""
    orders = np.arange(1, COUNT + 1)
    angles = np.pi * orders * (np.arange(BANDS)[:, None] + 0.5) / BANDS
    return np.asarray(np.cos(angles) * np.sqrt(2 / BANDS), np.float32)


def cepstra(rows: Floats, activity: Activity, out: Floats) -> None:
    """Fill ``out`` (SIZE,) from cepstra (n, COUNT): mean over voiced frames, mean movement over each lag."""
    first, last = activity.span
    voiced = activity.voiced if activity.voiced.any() else activity.speech
    out[:COUNT] = np.add.reduce(rows[voiced]) / np.float32(np.count_nonzero(voiced))
    spoken = rows[first:last]
    for place, lag in enumerate(LAGS, start=1):
        moved = np.abs(spoken[lag:] - spoken[:-lag])
        total = np.add.reduce(moved) if len(moved) else 0.0
        out[COUNT * place : COUNT * (place + 1)] = total / np.float32(max(1, len(moved)))
    out -= _CENTRES
    out /= _SCALES
