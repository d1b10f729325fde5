"""How loudness swells, and how much the spectrum is in flux: syllables, stress, attack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.perception.voice.analysis import FRAME_RATE
from edge.perception.voice.scaled import Measure
from edge.perception.voice.summary import deviation, mean, percentiles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

LOUDNESS = (
    Measure("loudness deviation over its mean", 0.51, 0.12),
    Measure("loudness 20th percentile over its mean", 0.54, 0.15),
    Measure("loudness median over its mean", 0.95, 0.12),
    Measure("loudness 80th percentile over its mean", 1.45, 0.14),
    Measure("mean rise of loudness in 10 ms over its mean", 0.136, 0.027),
    Measure("mean fall of loudness in 10 ms over its mean", -0.117, 0.022),
    Measure("loudness peaks per second", 15.6, 3.5),
    Measure("spectral flux, mean, dB", 5.5, 0.68),
    Measure("spectral flux, deviation, dB", 4.0, 0.75),
    Measure("spectral flux, 20th percentile, dB", 3.1, 0.37),
    Measure("spectral flux, median, dB", 4.3, 0.56),
    Measure("spectral flux, 80th percentile, dB", 7.0, 1.1),
)
"""Flux is the root mean square over bands of what changes in 10 ms."""
FEWEST = 5
"""Frames under which nothing is said."""


def loudness(heard: Floats, flux: Floats) -> list[float]:
    """The values of LOUDNESS from the first to the last frame of speech; at their centre if there are too few.

    Args:
        heard: (n,) loudness of each frame.
        flux: (n,) dB, root mean square over bands of what changed since the frame before.
    """
    if len(heard) < FEWEST:
        return [one.centre for one in LOUDNESS]
    heard = heard / mean(heard)
    steps = heard[1:] - heard[:-1]
    peaks = np.count_nonzero((heard[1:-1] > heard[:-2]) & (heard[1:-1] >= heard[2:]))
    flux = flux[1:]
    middle = mean(flux)
    return [
        deviation(heard, mean(heard)),
        *percentiles(heard, (20, 50, 80)),
        float(np.add.reduce(np.maximum(steps, 0))) / max(1, int(np.count_nonzero(steps > 0))),
        float(np.add.reduce(np.minimum(steps, 0))) / max(1, int(np.count_nonzero(steps < 0))),
        float(peaks) * FRAME_RATE / len(heard),
        middle,
        deviation(flux, middle),
        *percentiles(flux, (20, 50, 80)),
    ]
