"""What the model is given: the log-mel of speech, freed of how loud the recording is and of the silence around."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.perception.voice.analysis import WINDOW
from edge.perception.voice.log_mel import BANDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.perception.voice.activity import Activity
    from edge.perception.voice.tracks import Tracks

    Floats = NDArray[np.float32]

SHAPE = (1, WINDOW, BANDS, 1)
UNIT = "log-mel in dB over the mean of the speech frames, divided by 20, within [-2, 1.5]; speech repeated to 3 s"
SCALE_DB = 20.0
LOWEST = -2.0
HIGHEST = 1.5
"""Limits of the input: silence lies 40 dB under the mean of speech; no band of speech lies more than 30 dB over it."""


def spectrogram(tracks: Tracks, activity: Activity, out: Floats) -> Floats:
    """Fill ``out`` with the frames from the first to the last of speech, repeated until it is full.

    Repeating, instead of filling up with silence, makes what the model pools over time independent of how much speech
    the window holds. The level taken away is one number for all bands: the spectrum's tilt, which tells vocal effort,
    stays.

    Args:
        tracks: of at most WINDOW frames.
        activity: of the same frames, at least one of them speech.
        out: float32 of SHAPE.
    """
    rows = out[0, :, :, 0]
    first, last = activity.span
    spoken = last - first
    np.subtract(tracks.log_mels[first:last], tracks.log_mels[activity.speech].mean(), out=rows[:spoken])
    rows[:spoken] /= SCALE_DB
    np.clip(rows[:spoken], LOWEST, HIGHEST, out=rows[:spoken])
    for start in range(spoken, WINDOW, spoken):
        end = min(start + spoken, WINDOW)
        rows[start:end] = rows[: end - start]
    return out
