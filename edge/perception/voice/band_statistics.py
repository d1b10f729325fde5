"""How each mel band behaves over the speech: the third input of the model, for its linear part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.perception.voice.log_mel import BANDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.perception.voice.activity import Activity
    from edge.perception.voice.tracks import Tracks

    Floats = NDArray[np.float32]

SHAPE = (1, 4 * BANDS)
UNIT = (
    "per band: mean over speech, deviation, mean over voiced frames, movement in 10 ms; in dB, scaled to about [-2, 2]"
)
LIMIT = 4.0
_CENTRES = np.repeat(np.array([0.0, 12.0, 0.0, 3.5], np.float32), BANDS)
_SCALES = np.repeat(np.array([6.0, 3.0, 6.0, 1.0], np.float32), BANDS)
"""dB; rounded means and deviations over EMO-DB. They only have to fit an int8."""


def band_statistics(tracks: Tracks, activity: Activity, out: Floats) -> Floats:
    """Fill ``out``, float32 of SHAPE, from a window with speech; levels are relative to the mean of the speech."""
    first, last = activity.span
    spoken = tracks.log_mels[activity.speech]
    level = spoken.mean()
    statistics = out.reshape(4, BANDS)
    statistics[0] = spoken.mean(axis=0) - level
    statistics[1] = spoken.std(axis=0)
    statistics[2] = tracks.log_mels[activity.voiced].mean(axis=0) - level if activity.voiced.any() else statistics[0]
    statistics[3] = np.abs(np.diff(tracks.log_mels[first:last], axis=0)).mean(axis=0) if last - first > 1 else 0.0
    out -= _CENTRES
    out /= _SCALES
    return np.asarray(np.clip(out, -LIMIT, LIMIT, out=out), np.float32)
