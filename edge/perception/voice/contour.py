"""How the pitch of a window moves, and how steady it is from frame to frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.perception.voice.scaled import Measure
from edge.perception.voice.summary import percentiles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Flags = NDArray[np.bool_]

CONTOUR = (
    Measure("pitch 5th percentile, semitones over 100 Hz", 3.1, 6.2),
    Measure("pitch 20th percentile, semitones over 100 Hz", 7.2, 6.3),
    Measure("pitch 80th percentile, semitones over 100 Hz", 12.8, 6.7),
    Measure("pitch 95th percentile, semitones over 100 Hz", 15.6, 7.0),
    Measure("deviation of pitch steps, semitones per 10 ms", 0.5, 0.12),
    Measure("mean rising step, semitones per 10 ms", 0.31, 0.10),
    Measure("mean falling step, semitones per 10 ms", -0.37, 0.10),
    Measure("slope over the window, semitones", -3.7, 6.0),
    Measure("last quarter over the mean, semitones", -1.8, 2.6),
    Measure("first quarter over the mean, semitones", 0.8, 2.3),
    Measure("pitch unsteadiness, mean, semitones", 0.30, 0.09),
    Measure("pitch unsteadiness, median, semitones", 0.16, 0.07),
    Measure("level unsteadiness, mean, dB", 1.5, 0.46),
    Measure("level unsteadiness, median, dB", 0.87, 0.34),
    Measure("correlation of pitch and level", 0.26, 0.29),
    Measure("correlation of pitch and brightness", 0.06, 0.28),
    Measure("correlation of level and brightness", 0.12, 0.37),
)
"""Unsteadiness is the second difference over three frames: what jitter and shimmer are to periods, at 10 ms."""
LARGEST_STEP = 3.0
"""Semitones in 10 ms above which a step of pitch is an octave error, not a movement."""
FEWEST = 4
"""Voiced frames under which nothing is said."""
_LEAST_SPREAD = 1e-6


def contour(semitones: Floats, levels: Floats, brightness: Floats, voiced: Flags) -> list[float]:
    """The values of CONTOUR; those that cannot be measured are at their centre.

    Args:
        semitones: (n,) pitch over 100 Hz, which means something where ``voiced``.
        levels: (n,) dB.
        brightness: (n,) dB of the bands over 1 kHz against those under it.
        voiced: (n,) flags.
    """
    values = [one.centre for one in CONTOUR]
    sung = semitones[voiced]
    if len(sung) < FEWEST:
        return values
    values[0:4] = percentiles(sung, (5, 20, 80, 95))
    both = voiced[1:] & voiced[:-1]
    values[4:7] = _steps(np.diff(semitones)[both], values[4:7])
    values[7:10] = _course(sung, np.flatnonzero(voiced), len(voiced))
    three = both[1:] & both[:-1]
    values[10:12] = _unsteadiness(semitones, three, values[10:12])
    values[12:14] = _unsteadiness(levels, three, values[12:14])
    loud, bright = levels[voiced], brightness[voiced]
    values[14:17] = [correlation(sung, loud), correlation(sung, bright), correlation(loud, bright)]
    return values


def correlation(one: Floats, other: Floats) -> float:
    """Pearson's, and 0 where one of them does not vary."""
    a, b = one - one.mean(), other - other.mean()
    spread = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / spread if spread > _LEAST_SPREAD else 0.0


def _steps(steps: Floats, otherwise: list[float]) -> list[float]:
    """Deviation of the steps, mean of those that rise, mean of those that fall."""
    steps = steps[np.abs(steps) < LARGEST_STEP]
    rising, falling = steps[steps > 0], steps[steps < 0]
    if not len(rising) or not len(falling):
        return otherwise
    return [float(steps.std()), float(rising.mean()), float(falling.mean())]


def _course(sung: Floats, places: NDArray[np.int64], frames: int) -> list[float]:
    """Slope by least squares per window, and how far the last and the first quarter lie over the mean."""
    time = (places - places.mean()) / frames
    centred = sung - sung.mean()
    slope = float((time * centred).sum() / ((time * time).sum() + 1e-6))
    quarter = max(1, len(sung) // 4)
    return [slope, float(centred[-quarter:].mean()), float(centred[:quarter].mean())]


def _unsteadiness(track: Floats, three: Flags, otherwise: list[float]) -> list[float]:
    """Mean and median of the second difference where ``three`` frames in a row are voiced."""
    bends = np.abs(track[2:] - 2 * track[1:-1] + track[:-2])[three]
    bends = bends[bends < 2 * LARGEST_STEP]
    return [float(bends.mean()), percentiles(bends, (50,))[0]] if len(bends) else otherwise
