"""Voice clips from a folder with ``manifest.csv``: 16 kHz mono FLAC with speaker and emotion."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.errors import InputError
from edge.sensors.signals import SAMPLE_RATE

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

LABELS = ("angry", "disgust", "fear", "happy", "sad", "neutral", "boredom")
"""What the model tells apart, in output order: EMO-DB's seven. Surprise is not among them."""
FOUR = ("angry", "happy", "sad", "neutral")
"""The classes of the four-class figures."""
MANIFEST_NAMES = {"fearful": "fear", "surprised": "surprise"}
"""Manifest names that differ from ours."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One recording: ``samples`` (n,) int16 at 16 kHz; ``label`` in our words; ``speaker`` unique over data sets."""

    samples: NDArray[np.int16]
    label: str
    speaker: str


def read_clips(folder: Path, dataset: str) -> list[Clip]:
    """All clips of ``dataset`` ("emodb", "emogator", "nemo") under ``folder``, in the manifest's order.

    Raises:
        InputError: there is no manifest, no clip of that set, or a clip is not 16 kHz mono.
    """
    import soundfile

    manifest = folder / "manifest.csv"
    if not manifest.is_file():
        problem = f"there is no voice manifest {manifest}"
        raise InputError(problem, "Give --data the folder that holds manifest.csv, or its parent with voice/ in it")
    clips = []
    with manifest.open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["dataset"] != dataset:
                continue
            samples, rate = soundfile.read(folder / row["path"], dtype="int16")
            if rate != SAMPLE_RATE or samples.ndim != 1:
                problem = f"{row['path']} has {rate} Hz and {samples.ndim} dimensions, wanted are {SAMPLE_RATE} Hz mono"
                raise InputError(problem, "Convert it, or take its row out of the manifest")
            clips.append(Clip(samples, MANIFEST_NAMES.get(row["emotion"], row["emotion"]), row["speaker"]))
    if not clips:
        problem = f"{manifest} has no row with dataset {dataset!r}"
        raise InputError(problem, "Check the column 'dataset'")
    return clips


def speaker_folds(clips: list[Clip], folds: int = 5) -> list[tuple[str, str]]:
    """The two speakers that each fold leaves out: k and k + folds of the sorted speakers.

    Raises InputError when there are not 2 * folds speakers.
    """
    speakers = sorted({clip.speaker for clip in clips})
    if len(speakers) != 2 * folds:
        problem = f"the set has {len(speakers)} speakers, {folds} folds of two need {2 * folds}"
        raise InputError(problem, "Use the whole set, or change the folds")
    return [(speakers[k], speakers[k + folds]) for k in range(folds)]
