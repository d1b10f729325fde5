"""How the pitch of a window moves, and how steady it is from frame to frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.perception.voice.scaled import Measure
from edge.perception.voice.summary import deviation, mean, of_sorted, percentiles

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


@dataclass(frozen=True, slots=True)
class Sung:
    """The pitch of the voiced frames.

    ``track`` (n,) semitones over 100 Hz, which mean something where ``voiced`` (n,); ``values`` those of the voiced
    frames, ``ordered`` the same by size; ``both`` (n - 1,) whether a frame and the next are voiced; ``steps`` the
    movement between such, octave errors left out.
    """

    track: Floats
    voiced: Flags
    values: Floats
    ordered: Floats
    both: Flags
    steps: Floats

    @classmethod
    def of(cls, semitones: Floats, voiced: Flags) -> Sung:
        """From (n,) semitones and (n,) flags."""
        values = semitones[voiced]
        both = voiced[1:] & voiced[:-1]
        steps = (semitones[1:] - semitones[:-1])[both]
        return cls(semitones, voiced, values, np.sort(values), both, steps[np.abs(steps) < LARGEST_STEP])


def contour(sung: Sung, levels: Floats, brightness: Floats) -> list[float]:
    """The values of CONTOUR; those that cannot be measured are at their centre.

    Args:
        sung: pitch of n frames.
        levels: (n,) dB.
        brightness: (n,) dB of the bands over 1 kHz against those under it.
    """
    values = [one.centre for one in CONTOUR]
    if len(sung.values) < FEWEST:
        return values
    values[0:4] = of_sorted(sung.ordered, (5, 20, 80, 95))
    values[4:7] = _steps(sung.steps, values[4:7])
    pitch = _Centred.of(sung.values)
    values[7:10] = _course(pitch.values, np.flatnonzero(sung.voiced), len(sung.voiced))
    three = sung.both[1:] & sung.both[:-1]
    values[10:12] = _unsteadiness(sung.track, three, values[10:12])
    values[12:14] = _unsteadiness(levels, three, values[12:14])
    loud, bright = _Centred.of(levels[sung.voiced]), _Centred.of(brightness[sung.voiced])
    values[14:17] = [_correlation(pitch, loud), _correlation(pitch, bright), _correlation(loud, bright)]
    return values


@dataclass(frozen=True, slots=True)
class _Centred:
    """Values without their mean, and the sum of their squares."""

    values: Floats
    squares: np.float32

    @classmethod
    def of(cls, values: Floats) -> _Centred:
        centred = values - mean(values)
        return cls(centred, np.add.reduce(centred * centred))


def correlation(one: Floats, other: Floats) -> float:
    """Pearson's, and 0 where one of them does not vary."""
    return _correlation(_Centred.of(one), _Centred.of(other))


def _correlation(one: _Centred, other: _Centred) -> float:
    spread = float(np.sqrt(one.squares * other.squares))
    return float(np.add.reduce(one.values * other.values)) / spread if spread > _LEAST_SPREAD else 0.0


def _steps(steps: Floats, otherwise: list[float]) -> list[float]:
    """Deviation of the steps, mean of those that rise, mean of those that fall."""
    rising, falling = steps[steps > 0], steps[steps < 0]
    if not len(rising) or not len(falling):
        return otherwise
    return [deviation(steps, mean(steps)), mean(rising), mean(falling)]


def _course(centred: Floats, places: NDArray[np.int64], frames: int) -> list[float]:
    """Slope by least squares per window, and how far the last and the first quarter lie over the mean."""
    time = (places - np.add.reduce(places) / len(places)) / frames
    slope = float(np.add.reduce(time * centred) / (np.add.reduce(time * time) + 1e-6))
    quarter = max(1, len(centred) // 4)
    return [slope, mean(centred[-quarter:]), mean(centred[:quarter])]


def _unsteadiness(track: Floats, three: Flags, otherwise: list[float]) -> list[float]:
    """Mean and median of the second difference where ``three`` frames in a row are voiced."""
    bends = np.abs(track[2:] - 2 * track[1:-1] + track[:-2])[three]
    bends = bends[bends < 2 * LARGEST_STEP]
    return [mean(bends), percentiles(bends, (50,))[0]] if len(bends) else otherwise
