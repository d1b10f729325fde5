"""Tracks whose frames are given, with what follows from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.perception.voice.derived import derive
from edge.perception.voice.tracks import Tracks

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def tracks_of(log_mels: NDArray[np.float32], level: float = 1.0) -> Tracks:
    """Frames of (n, BANDS) dB, all of them at ``level`` dBFS, 100 Hz, wholly periodic and unclipped."""
    tracks = Tracks.empty(len(log_mels))
    tracks.log_mels[:] = log_mels
    tracks.levels[:] = level
    tracks.pitches[:] = 100.0
    tracks.periodicities[:] = 1.0
    derive(tracks, len(log_mels))
    return tracks
