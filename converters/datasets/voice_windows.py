"""Recordings become training windows: the device's own analysis and input, then masks and tilts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from converters.datasets.voice_variants import variant
from edge.perception.voice.activity import ActivityDetector
from edge.perception.voice.analysis import HOP, WINDOW, Analysis
from edge.perception.voice.log_mel import BANDS
from edge.perception.voice.settings import VoiceSettings
from edge.perception.voice.spectrogram import HIGHEST, LOWEST, SHAPE, spectrogram

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from converters.datasets.voice import Clip

    Floats = NDArray[np.float32]

LEAST_SPEECH = 60
"""Frames of speech that a training window has at least: what the device asks for."""
TILT = 0.3
"""Largest tilt from the lowest to the highest band, in units of the input (6 dB): microphones differ by that."""
BAND_MASK = 6
TIME_MASK = 30
"""Longest masks (Park et al., SpecAugment, 2019), bands and frames; two of each."""


@dataclass(frozen=True, slots=True)
class Tracks:
    """Spectrum and speech flags of many recordings: those of recording i lie in rows ``ends[i - 1]`` to ``ends[i]``."""

    log_mels: NDArray[np.float16]
    speech: NDArray[np.bool_]
    ends: NDArray[np.int64]
    source: NDArray[np.int64]
    """(recordings,) index of the clip that each was made from."""

    def recording(self, index: int) -> tuple[Floats, NDArray[np.bool_]]:
        """(n, BANDS) dB and (n,) flags of one recording."""
        rows = slice(self.ends[index - 1] if index else 0, self.ends[index])
        return self.log_mels[rows].astype(np.float32), self.speech[rows]


def analyse(clips: list[Clip], variants: int, seed: int) -> Tracks:
    """Tracks of each clip and of ``variants`` altered recordings of it; without enough speech one is left out."""
    from tqdm import tqdm

    random = np.random.default_rng(seed)
    settings = VoiceSettings()
    longest = int(max(len(clip.samples) for clip in clips) * 1.5) // HOP + 2 * WINDOW
    analysis, detector = Analysis(settings, longest), ActivityDetector(settings.speech)
    log_mels, speech, source = [], [], []
    for index, clip in enumerate(tqdm(clips, unit="clip")):
        for samples in (clip.samples, *(variant(clip.samples, random) for _ in range(variants))):
            analysis.forget()
            detector.forget()
            flags = detector.judge(analysis, analysis.push(samples)).speech
            if flags.sum() >= LEAST_SPEECH:
                log_mels.append(analysis.log_mels.astype(np.float16))
                speech.append(flags)
                source.append(index)
    ends = np.cumsum([len(rows) for rows in log_mels])
    return Tracks(np.concatenate(log_mels), np.concatenate(speech), ends, np.array(source))


def save(tracks: Tracks, path: Path) -> None:
    """Write ``tracks`` to a file of numpy's."""
    np.savez(path, log_mels=tracks.log_mels, speech=tracks.speech, ends=tracks.ends, source=tracks.source)


def load(path: Path) -> Tracks:
    """Read what ``save`` wrote."""
    with np.load(path) as file:
        return Tracks(file["log_mels"], file["speech"], file["ends"], file["source"])


def draw(tracks: Tracks, index: int, random: np.random.Generator, out: Floats) -> Floats:
    """Fill ``out`` (SHAPE) with a random window of recording ``index`` that holds enough speech."""
    log_mels, speech = tracks.recording(index)
    total = np.concatenate([[0], np.cumsum(speech)])
    ends = np.arange(1, len(speech) + 1)
    enough = ends[total[ends] - total[np.maximum(ends - WINDOW, 0)] >= LEAST_SPEECH]
    end = int(random.choice(enough))
    start = max(0, end - WINDOW)
    return spectrogram(log_mels[start:end], speech[start:end], out)


def alter(window: Floats, random: np.random.Generator) -> None:
    """Tilt ``window`` (SHAPE) and mask bands and times in it, in place."""
    rows = window[0, :, :, 0]
    rows += np.linspace(-0.5, 0.5, BANDS, dtype=np.float32) * np.float32(random.uniform(-TILT, TILT))
    rows += np.float32(random.uniform(-0.1, 0.1))
    np.clip(rows, LOWEST, HIGHEST, out=rows)
    for _ in range(2):
        width, length = random.integers(0, BAND_MASK + 1), random.integers(0, TIME_MASK + 1)
        band, time = random.integers(0, BANDS - width + 1), random.integers(0, WINDOW - length + 1)
        rows[:, band : band + width] = rows.mean()
        rows[time : time + length] = rows.mean()


def blank() -> Floats:
    """A window to fill."""
    return np.zeros(SHAPE, np.float32)
