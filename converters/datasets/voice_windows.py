"""Recordings become training windows: the device's own analysis and input, then masks and tilts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.datasets.voice_variants import variant
from edge.perception.voice.activity import Activity, ActivityDetector
from edge.perception.voice.analysis import HOP, WINDOW, Analysis
from edge.perception.voice.log_mel import BANDS, SILENCE_DB
from edge.perception.voice.prosody import measure
from edge.perception.voice.settings import VoiceSettings
from edge.perception.voice.spectrogram import HIGHEST, LOWEST
from edge.perception.voice.tracks import Tracks

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from converters.datasets.voice import Clip
    from edge.perception.voice.inputs import Inputs

    Floats = NDArray[np.float32]

TRACKS = ("log_mels", "levels", "pitches", "periodicities", "clipped")
LEAST_SPEECH = 60
"""Frames of speech that a training window has at least: what the device asks for."""
TILT = 0.3
"""Largest tilt from the lowest to the highest band, in units of the input (6 dB): microphones differ by that."""
BAND_MASK = 6
TIME_MASK = 30
"""Longest masks (Park et al., SpecAugment, 2019), bands and frames; two of each."""


@dataclass(frozen=True, slots=True)
class Recordings:
    """Tracks and activity of many recordings in one: recording i has the frames ``ends[i - 1]`` to ``ends[i]``."""

    tracks: Tracks
    speech: NDArray[np.bool_]
    voiced: NDArray[np.bool_]
    ends: NDArray[np.int64]
    source: NDArray[np.int64]
    """(recordings,) index of the clip that each was made from."""

    def frames(self, index: int) -> slice:
        """Where recording ``index`` lies."""
        return slice(int(self.ends[index - 1]) if index else 0, int(self.ends[index]))


def analyse(clips: list[Clip], variants: int, seed: int) -> Recordings:
    """Each clip and ``variants`` altered recordings of it; one without enough speech is left out."""
    from tqdm import tqdm

    random = np.random.default_rng(seed)
    settings = VoiceSettings()
    longest = int(max(len(clip.samples) for clip in clips) * 1.5) // HOP + 2 * WINDOW
    analysis, detector = Analysis(settings, longest), ActivityDetector(settings.speech)
    parts: list[list[NDArray[Any]]] = [[] for _ in range(7)]
    source = []
    for index, clip in enumerate(tqdm(clips, unit="clip")):
        for samples in (clip.samples, *(variant(clip.samples, random) for _ in range(variants))):
            analysis.forget()
            detector.forget()
            frames = analysis.push(samples)
            tracks = analysis.tracks
            activity = detector.judge(tracks, frames)
            if activity.speech.sum() >= LEAST_SPEECH:
                arrays = (*(getattr(tracks, name) for name in TRACKS), activity.speech, activity.voiced)
                for part, array in zip(parts, arrays, strict=True):
                    part.append(array.copy())
                source.append(index)
    ends = np.cumsum([len(flags) for flags in parts[-1]])
    *joined, speech, voiced = (np.concatenate(part) for part in parts)
    return Recordings(Tracks(*joined), speech, voiced, ends, np.array(source))


def save(recordings: Recordings, path: Path) -> None:
    """Write ``recordings`` to a file of numpy's, whole or not at all."""
    named = {name: getattr(recordings.tracks, name) for name in TRACKS}
    partial = path.with_suffix(".partial.npz")
    np.savez(
        partial,
        speech=recordings.speech,
        voiced=recordings.voiced,
        ends=recordings.ends,
        source=recordings.source,
        **named,
    )
    partial.replace(path)


def load(path: Path) -> Recordings:
    """Read what ``save`` wrote."""
    with np.load(path) as file:
        tracks = Tracks(*(file[name] for name in TRACKS))
        return Recordings(tracks, file["speech"], file["voiced"], file["ends"], file["source"])


def draw(recordings: Recordings, index: int, random: np.random.Generator, inputs: Inputs) -> None:
    """Fill ``inputs`` from a random window of a recording with enough speech."""
    frames = recordings.frames(index)
    total = np.concatenate([[0], np.cumsum(recordings.speech[frames])])
    ends = np.arange(1, len(total))
    enough = ends[total[ends] - total[np.maximum(ends - WINDOW, 0)] >= LEAST_SPEECH]
    end = frames.start + int(random.choice(enough))
    window = slice(max(frames.start, end - WINDOW), end)
    tracks = recordings.tracks[window]
    activity = Activity(recordings.speech[window], recordings.voiced[window], SILENCE_DB)
    inputs.fill(tracks, activity, measure(tracks, activity))


def alter(window: Floats, random: np.random.Generator) -> None:
    """Tilt ``window`` (1, WINDOW, BANDS, 1) and mask bands and times in it, in place."""
    rows = window[0, :, :, 0]
    rows += np.linspace(-0.5, 0.5, BANDS, dtype=np.float32) * np.float32(random.uniform(-TILT, TILT))
    rows += np.float32(random.uniform(-0.1, 0.1))
    np.clip(rows, LOWEST, HIGHEST, out=rows)
    for _ in range(2):
        width, length = random.integers(0, BAND_MASK + 1), random.integers(0, TIME_MASK + 1)
        band, time = random.integers(0, BANDS - width + 1), random.integers(0, WINDOW - length + 1)
        rows[:, band : band + width] = rows.mean()
        rows[time : time + length] = rows.mean()
