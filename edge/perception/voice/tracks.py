"""What is kept of the sound: one value, or one row, every 10 ms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.perception.voice.cepstra import COUNT
from edge.perception.voice.derived import REGIONS
from edge.perception.voice.log_mel import BANDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

_WIDTHS = (BANDS, 0, 0, 0, 0, 0, 0, BANDS, 0, 0, 0, 0, 0, REGIONS, COUNT)
"""Columns of each track in the order of its fields; 0 for a single value."""


@dataclass(frozen=True, slots=True)
class Tracks:
    """All arrays are of the same n frames, oldest first, and may be views into a buffer that moves on.

    Measured: ``log_mels`` (n, BANDS) dB; ``levels`` (n,) dBFS; ``pitches`` (n,) Hz, which mean something where
    ``periodicities`` (n,), in [0, 1], are high; ``clipped`` (n,) share of samples at full scale.

    Derived from these by ``edge.perception.voice.derived``, which says what each is: ``sounding``, ``changes``,
    ``moves`` (n, BANDS), ``flux``, ``loudness``, ``brightness``, ``vowels``, ``semitones``, ``regions``
    (n, REGIONS) and ``cepstra`` (n, COUNT).
    """

    log_mels: Floats
    levels: Floats
    pitches: Floats
    periodicities: Floats
    clipped: Floats
    sounding: Floats
    changes: Floats
    moves: Floats
    flux: Floats
    loudness: Floats
    brightness: Floats
    vowels: Floats
    semitones: Floats
    regions: Floats
    cepstra: Floats

    @classmethod
    def empty(cls, frames: int) -> Tracks:
        """Room for so many frames, all zero."""
        return cls(*(np.zeros((frames, width) if width else frames, np.float32) for width in _WIDTHS))

    def __len__(self) -> int:
        """Number of frames."""
        return len(self.levels)

    def __getitem__(self, frames: slice) -> Tracks:
        """The tracks of some of the frames."""
        return Tracks(*[track[frames] for track in self.all()])

    def all(self) -> tuple[Floats, ...]:
        """Every track, in the order of the fields."""
        return (
            self.log_mels,
            self.levels,
            self.pitches,
            self.periodicities,
            self.clipped,
            self.sounding,
            self.changes,
            self.moves,
            self.flux,
            self.loudness,
            self.brightness,
            self.vowels,
            self.semitones,
            self.regions,
            self.cepstra,
        )
