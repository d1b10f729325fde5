"""Some fifty numbers of pitch, phonation, level and time: what the model is given beside the spectrogram.

A small network finds spectra by itself, but pitch only with far more speech to learn from than there is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.perception.voice.analysis import FRAME_RATE
from edge.perception.voice.contour import CONTOUR, Sung, contour
from edge.perception.voice.loudness import LOUDNESS, loudness
from edge.perception.voice.scaled import Measure
from edge.perception.voice.summary import deviation, mean, of_sorted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.perception.voice.activity import Activity
    from edge.perception.voice.prosody import Prosody
    from edge.perception.voice.tracks import Tracks

    Floats = NDArray[np.float32]


FUNCTIONALS = (
    Measure("pitch mean, semitones over 100 Hz", 10.7, 6.0),
    Measure("pitch deviation, semitones", 4.2, 1.3),
    Measure("pitch 10th percentile, semitones over 100 Hz", 5.9, 6.0),
    Measure("pitch median, semitones over 100 Hz", 11.1, 6.4),
    Measure("pitch 90th percentile, semitones over 100 Hz", 15.0, 6.6),
    Measure("pitch movement, mean semitones per 10 ms", 0.41, 0.10),
    Measure("pitch slope, mean semitones per 10 ms", -0.07, 0.08),
    Measure("periodicity mean", 0.85, 0.05),
    Measure("periodicity deviation", 0.12, 0.02),
    Measure("periodicity 10th percentile", 0.66, 0.07),
    Measure("periodicity median", 0.88, 0.06),
    Measure("periodicity 90th percentile", 0.97, 0.03),
    Measure("level deviation, dB", 7.6, 2.5),
    Measure("level 10th percentile over the mean, dB", -10.8, 4.4),
    Measure("level median over the mean, dB", 1.0, 1.4),
    Measure("level 90th percentile over the mean, dB", 8.9, 2.7),
    Measure("syllables per second", 4.6, 1.1),
    Measure("pause share", 0.13, 0.13),
    Measure("voiced share", 0.65, 0.13),
    Measure("voiced stretches per second", 4.2, 1.1),
    *CONTOUR,
    *LOUDNESS,
)
SHAPE = (1, len(FUNCTIONALS))
UNIT = "measures of pitch, periodicity, level, loudness and time, each (value - centre) / scale, within [-4, 4]"
LIMIT = 4.0
_CENTRES = np.array([one.centre for one in FUNCTIONALS], np.float32)
_SCALES = np.array([one.scale for one in FUNCTIONALS], np.float32)


def functionals(tracks: Tracks, activity: Activity, prosody: Prosody, out: Floats) -> Floats:
    """Fill ``out``, float32 of SHAPE, from a window with speech. What cannot be measured stays at its centre."""
    first, last = activity.span
    voiced = activity.voiced
    sung = Sung.of(tracks.semitones, voiced)
    levels = tracks.levels[activity.speech]
    levels -= mean(levels)
    starts = int(np.count_nonzero(voiced[first + 1 : last] & ~voiced[first : last - 1])) + int(voiced[first])
    row = out[0]
    row[:] = [
        *_pitch(sung, tracks.periodicities),
        *_summary(levels, np.sort(levels))[1:],
        prosody.syllables_per_s,
        prosody.pause_share,
        np.count_nonzero(voiced[first:last]) / (last - first),
        starts * FRAME_RATE / (last - first),
        *contour(sung, tracks.levels, tracks.brightness),
        *loudness(tracks.loudness[first:last], tracks.flux[first:last]),
    ]
    row -= _CENTRES
    row /= _SCALES
    np.clip(row, -LIMIT, LIMIT, out=row)
    return out


def _pitch(sung: Sung, periodicities: Floats) -> list[float]:
    """The first twelve measures; those that cannot be measured are at their centre."""
    values = [one.centre for one in FUNCTIONALS[:12]]
    if not len(sung.values):
        return values
    values[0:5] = _summary(sung.values, sung.ordered)
    if len(sung.steps):
        values[5:7] = mean(np.abs(sung.steps)), mean(sung.steps)
    steady = periodicities[sung.voiced]
    values[7:12] = _summary(steady, np.sort(steady))
    return values


def _summary(values: Floats, ordered: Floats) -> list[float]:
    """Mean, deviation, 10th percentile, median, 90th percentile of values that are given by size as well."""
    middle = mean(values)
    return [middle, deviation(values, middle), *of_sorted(ordered, (10, 50, 90))]
