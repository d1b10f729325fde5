"""Recordings become training windows: the device's own analysis and inputs, cut where there is enough speech."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.arrays import replaced
from converters.datasets.voice_variants import variant
from edge.perception.voice.activity import Activity, ActivityDetector
from edge.perception.voice.analysis import HOP, WINDOW, Analysis
from edge.perception.voice.inputs import SHAPES, Inputs
from edge.perception.voice.prosody import measure
from edge.perception.voice.settings import VoiceSettings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from converters.datasets.voice import Clip
    from edge.perception.voice.tracks import Tracks

    Floats = NDArray[np.floating]
    Ints = NDArray[np.int64]

LEAST_SPEECH = 60
"""Frames of speech that a training window has at least: what the device asks for."""


@dataclass(frozen=True, slots=True)
class Windows:
    """Inputs of n windows, and what each was cut from.

    ``spectrogram`` float16 (n, WINDOW, BANDS, 1), ``functionals`` and ``statistics`` float32 (n, …): see ``SHAPES``;
    ``source`` (n,) index of the clip; ``original`` (n,) whether the recording is the clip itself, not an altered one.
    """

    spectrogram: Floats
    functionals: Floats
    statistics: Floats
    source: Ints
    original: NDArray[np.bool_]

    def inputs(self, rows: Ints) -> tuple[NDArray[np.float32], ...]:
        """The model's inputs of some windows, float32, in the order of SHAPES."""
        return tuple(part[rows].astype(np.float32) for part in (self.spectrogram, self.functionals, self.statistics))


class Cutter:
    """Hears recordings as the device does; its buffers are made once, for recordings of up to ``longest`` samples."""

    def __init__(self, longest: int) -> None:
        settings = VoiceSettings()
        self._analysis = Analysis(settings, longest // HOP)
        self._detector = ActivityDetector(settings.speech)
        self._inputs = Inputs()

    def windows(self, samples: NDArray[np.int16], count: int, random: np.random.Generator) -> Iterator[Inputs]:
        """``count`` windows that end anywhere with enough speech, or none; the same object each time, filled anew."""
        self._analysis.forget()
        self._detector.forget()
        frames = self._analysis.push(samples)
        tracks = self._analysis.tracks
        activity = self._detector.judge(tracks, frames)
        ends = possible_ends(activity)
        for _ in range(count if len(ends) else 0):
            end = int(random.choice(ends))
            self._fill(tracks, activity, slice(max(0, end - WINDOW), end))
            yield self._inputs

    def _fill(self, tracks: Tracks, activity: Activity, window: slice) -> None:
        part = tracks[window]
        there = Activity(activity.speech[window], activity.voiced[window], activity.floor_dbfs)
        self._inputs.fill(part, there, measure(part, there))


def possible_ends(activity: Activity) -> Ints:
    """Ends of windows of at most WINDOW frames that hold LEAST_SPEECH frames of speech."""
    total = np.concatenate([[0], np.cumsum(activity.speech)])
    ends = np.arange(1, len(total))
    return np.asarray(ends[total[ends] - total[np.maximum(ends - WINDOW, 0)] >= LEAST_SPEECH])


def cut(clips: list[Clip], variants: int, draws: int, seed: int) -> Windows:
    """``draws`` windows of each clip and of each of ``variants`` altered recordings of it."""
    from tqdm import tqdm

    random = np.random.default_rng(seed)
    cutter = Cutter(int(max(len(clip.samples) for clip in clips) * 1.6) + 2 * WINDOW * HOP)
    rows: list[tuple[Any, ...]] = []
    for index, clip in enumerate(tqdm(clips, unit="clip", mininterval=2)):
        for number in range(variants + 1):
            samples = variant(clip.samples, random) if number else clip.samples
            for inputs in cutter.windows(samples, draws, random):
                image, *others = (inputs.arrays[name][0] for name in SHAPES)
                rows.append((image.astype(np.float16), *(part.copy() for part in others), index, number == 0))
    return Windows(*(np.array(column) for column in zip(*rows, strict=True)))


def save(windows: Windows, path: Path) -> None:
    """Write ``windows`` to a file of numpy's, whole or not at all."""
    named = {field.name: getattr(windows, field.name) for field in fields(windows)}
    replaced(path, lambda partial: np.savez(partial, **named))


def load(path: Path) -> Windows:
    """Read what ``save`` wrote."""
    with np.load(path) as file:
        return Windows(*(file[field.name] for field in fields(Windows)))
