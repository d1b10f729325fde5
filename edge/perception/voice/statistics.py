"""The third input of the model: what the spectrum does over the speech, mostly without its mean, which rooms set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.perception.voice import cepstra, modulation
from edge.perception.voice.log_mel import BANDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.perception.voice.activity import Activity
    from edge.perception.voice.tracks import Tracks

    Floats = NDArray[np.float32]

SHAPE = (1, 2 * BANDS + cepstra.SIZE + modulation.SIZE)
UNIT = (
    "deviation of each band over voiced frames and its movement in 10 ms, 13 cepstra (mean, movement in 20 and 50 ms),"
    " modulation of 8 regions at 0.5 to 50 Hz; each (value - centre) / scale, within [-4, 4]"
)
LIMIT = 4.0
DEVIATION_DB = (11.0, 2.7)
MOVEMENT_DB = (4.5, 0.7)
"""Centre and scale of a band's deviation and of its movement: rounded means and deviations over EMO-DB."""


def statistics(tracks: Tracks, activity: Activity, out: Floats) -> Floats:
    """Fill ``out``, float32 of SHAPE, from a window with speech."""
    first, last = activity.span
    row = out[0]
    moves = tracks.moves[first + 1 : last]
    voiced = tracks.log_mels[activity.voiced if activity.voiced.any() else activity.speech]
    voiced -= np.add.reduce(voiced) / np.float32(len(voiced))
    voiced *= voiced
    row[:BANDS] = np.sqrt(np.add.reduce(voiced) / np.float32(len(voiced)))
    row[:BANDS] -= DEVIATION_DB[0]
    row[:BANDS] /= DEVIATION_DB[1]
    moved = np.add.reduce(moves) / np.float32(len(moves)) if len(moves) else 0.0
    row[BANDS : 2 * BANDS] = (moved - MOVEMENT_DB[0]) / MOVEMENT_DB[1]
    cepstra.cepstra(tracks.cepstra, activity, row[2 * BANDS : 2 * BANDS + cepstra.SIZE])
    level = float(tracks.log_mels[activity.speech].mean())
    modulation.modulation(tracks.regions[first:last], level, row[-modulation.SIZE :])
    return np.asarray(np.clip(out, -LIMIT, LIMIT, out=out), np.float32)
