"""The inputs of the model, made once and filled anew for each window: by the device, and by training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.perception.voice import functionals, spectrogram, statistics

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from edge.perception.voice.activity import Activity
    from edge.perception.voice.prosody import Prosody
    from edge.perception.voice.tracks import Tracks

SHAPES = {
    "spectrogram": spectrogram.SHAPE,
    "functionals": functionals.SHAPE,
    "statistics": statistics.SHAPE,
}
"""Shape of each input by its name in the card."""
UNITS = {
    "spectrogram": spectrogram.UNIT,
    "functionals": functionals.UNIT,
    "statistics": statistics.UNIT,
}


class Inputs:
    """Float32 arrays of SHAPES."""

    def __init__(self) -> None:
        self.arrays = {name: np.zeros(shape, np.float32) for name, shape in SHAPES.items()}

    def fill(self, tracks: Tracks, activity: Activity, prosody: Prosody) -> None:
        """Describe a window of at most WINDOW frames with at least one frame of speech."""
        spectrogram.spectrogram(tracks, activity, self.arrays["spectrogram"])
        functionals.functionals(tracks, activity, prosody, self.arrays["functionals"])
        statistics.statistics(tracks, activity, self.arrays["statistics"])

    def ordered(self, names: Iterable[str]) -> list[NDArray[np.float32]]:
        """The arrays in the order of ``names``: a file's inputs come in the order that its converter chose."""
        return [self.arrays[name] for name in names]
