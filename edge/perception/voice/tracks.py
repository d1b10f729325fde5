"""The tracks of a stretch of sound: one value, or one row, every 10 ms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Tracks:
    """All arrays are of the same n frames, oldest first, and may be views into a buffer that moves on.

    ``log_mels`` (n, BANDS) dB; ``levels`` (n,) dBFS; ``pitches`` (n,) Hz, which mean something where
    ``periodicities`` (n,), in [0, 1], are high; ``clipped`` (n,) share of samples at full scale.
    """

    log_mels: Floats
    levels: Floats
    pitches: Floats
    periodicities: Floats
    clipped: Floats

    def __len__(self) -> int:
        """Number of frames."""
        return len(self.levels)

    def __getitem__(self, frames: slice) -> Tracks:
        """The tracks of some of the frames."""
        return Tracks(
            self.log_mels[frames],
            self.levels[frames],
            self.pitches[frames],
            self.periodicities[frames],
            self.clipped[frames],
        )
