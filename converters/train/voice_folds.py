"""The five models that leave two speakers out each, and what they say of the speakers whom they never heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from converters.datasets.voice import LABELS, Clip, speaker_folds
from converters.train import voice_card
from converters.train.voice_fold import PACKAGED, Design, Material, made, recipe
from converters.train.voice_judge import Judged, judge, together

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from converters.datasets.voice_windows import Windows
    from converters.run import Run


def left_out(design: Design, clips: list[Clip], windows: Windows, runs: Path) -> tuple[list[Run], Judged]:
    """The five runs that leave two speakers out each, and what their int8 files say of the speakers left out."""
    labels = numbers(clips)
    made_runs, parts = [], []
    for number, pair in enumerate(speaker_folds(clips), start=1):
        out = np.array([clip.speaker in pair for clip in clips])
        material = Material(windows, labels, np.flatnonzero(~out), np.flatnonzero(out))
        told_of = recipe(design, voice_card.COMMAND, voice_card.DATA, voice_card.NOTES)
        made_runs.append(made(runs / f"fold{number}", design, material, told_of))
        parts.append(judge(runs / f"fold{number}" / PACKAGED, [clip for clip in clips if clip.speaker in pair]))
    return made_runs, together(parts)


def numbers(clips: list[Clip]) -> NDArray[np.int64]:
    """(clips,) index into LABELS of each clip's label."""
    return np.array([LABELS.index(clip.label) for clip in clips])
