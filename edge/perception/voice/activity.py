"""Which frames are a person who speaks: above the noise floor, periodic, with many bands, and changing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.perception.voice.analysis import FRAME_RATE
from edge.perception.voice.derived import CHANGE_FRAMES
from edge.perception.voice.log_mel import SILENCE_DB
from edge.perception.voice.summary import percentiles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.perception.voice.settings import SpeechSettings
    from edge.perception.voice.tracks import Tracks

    Flags = NDArray[np.bool_]
    Floats = NDArray[np.float32]

CHANGE_REACH = 10
"""Frames around a change that it vouches for: vowels are steady for up to 0.2 s."""
SHORTEST_RUN = 3
"""Voiced frames in a row that a voice has at least: 30 ms. Shorter runs are chance peaks of noise."""
FLOOR_PERCENTILE = 10
"""Percentile of the window's levels that is taken for the noise floor: a tenth even of fluent speech is closures."""


@dataclass(frozen=True, slots=True)
class Activity:
    """Flags of each frame of the window, and the noise floor in dBFS."""

    speech: Flags
    voiced: Flags
    floor_dbfs: float

    @property
    def span(self) -> tuple[int, int]:
        """The first frame of speech and the one after the last; there must be one."""
        return int(np.argmax(self.speech)), len(self.speech) - int(np.argmax(self.speech[::-1]))


class ActivityDetector:
    """Judges the whole window anew at each hop, so that the start of speech is seen with hindsight.

    Only the noise floor is remembered: it falls at once and rises slowly, so that loud speech does not become noise.
    """

    def __init__(self, settings: SpeechSettings) -> None:
        self._settings = settings
        self._floor: float | None = None

    def forget(self) -> None:
        """Drop the noise floor."""
        self._floor = None

    def judge(self, tracks: Tracks, new_frames: int) -> Activity:
        """Which frames of ``tracks`` are speech; ``new_frames`` came since the last call."""
        floor = self._follow(tracks.levels, new_frames)
        threshold = max(floor + self._settings.margin_db, self._settings.silence_dbfs)
        loud = tracks.levels >= threshold
        candidates = loud & (tracks.periodicities >= self._settings.periodicity)
        candidates &= tracks.sounding >= self._settings.bands
        candidates &= spread(change(tracks.changes) >= self._settings.change_db, CHANGE_REACH)
        voiced = long_runs(candidates, SHORTEST_RUN)
        near = spread(voiced, round(self._settings.reach_s * FRAME_RATE))
        return Activity(voiced | (near & loud), voiced, floor)

    def _follow(self, levels: Floats, new_frames: int) -> float:
        low = percentiles(levels, (FLOOR_PERCENTILE,))[0] if len(levels) else SILENCE_DB
        if self._floor is not None:
            low = min(low, self._floor + self._settings.floor_rise_db_per_s * new_frames / FRAME_RATE)
        self._floor = low
        return low


def change(changes: Floats) -> Floats:
    """(n,) dB; none where a window does not hold the CHANGE_FRAMES before and after."""
    moved = np.zeros_like(changes)
    moved[CHANGE_FRAMES:-CHANGE_FRAMES] = changes[CHANGE_FRAMES:-CHANGE_FRAMES]
    return moved


def spread(flags: Flags, reach: int) -> Flags:
    """``flags`` widened by ``reach`` frames on both sides."""
    n = len(flags)
    counts = np.zeros(n + 2 * reach + 1, np.int32)  # how many flags lie before the frame ``reach`` back
    np.cumsum(flags, out=counts[reach + 1 : reach + 1 + n])
    counts[reach + 1 + n :] = counts[reach + n]
    return np.asarray(counts[2 * reach + 1 :] > counts[:n])


def long_runs(flags: Flags, shortest: int) -> Flags:
    """``flags`` without runs of fewer than ``shortest`` frames."""
    framed = np.zeros(len(flags) + 2, np.bool_)
    framed[1:-1] = flags
    edges: list[int] = np.flatnonzero(framed[1:] != framed[:-1]).tolist()
    kept = flags.copy()
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start < shortest:
            kept[start:end] = False
    return kept
