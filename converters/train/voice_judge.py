"""Runs a packaged voice model on clips as the device does, and counts how often it is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from converters.datasets.voice import FOUR, LABELS, Clip
from converters.metrics import calibration_error, interval, recalls, softmax, uar
from edge.accelerators.card import Metric
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.perception.voice.moment import mean_logits
from edge.perception.voice.perceiver import VoicePerceiver
from edge.perception.voice.settings import VoiceSettings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Judged:
    """Logits over LABELS and the true labels' numbers (-1: not in LABELS), for whole clips and for single windows."""

    clip_logits: Floats
    clip_truth: Ints
    window_logits: Floats
    window_truth: Ints
    abstained: int


def judge(models: Path, clips: Sequence[Clip]) -> Judged:
    """What the model in ``models``/voice-emotion says of ``clips``, through the device's perceiver, one CPU thread."""
    perceiver = VoicePerceiver(VoiceSettings(), Models(models, Cpu(1)))
    perceiver.attach()
    whole, truth, windows, window_truth, abstained = [], [], [], [], 0
    for clip in clips:
        label = LABELS.index(clip.label) if clip.label in LABELS else -1
        moments = perceiver.listen(clip.samples)
        logits = mean_logits(moments)
        if logits is None:
            abstained += 1
            continue
        whole.append(logits)
        truth.append(label)
        told = [moment.logits for moment in moments if moment.logits is not None]
        windows.extend(told)
        window_truth.extend([label] * len(told))
    perceiver.stop()
    as_floats = [np.stack(rows).astype(np.float64) for rows in (whole, windows)]
    return Judged(as_floats[0], np.array(truth), as_floats[1], np.array(window_truth), abstained)


def together(parts: Sequence[Judged]) -> Judged:
    """The folds' held-out clips as one set."""
    return Judged(
        np.concatenate([part.clip_logits for part in parts]),
        np.concatenate([part.clip_truth for part in parts]),
        np.concatenate([part.window_logits for part in parts]),
        np.concatenate([part.window_truth for part in parts]),
        sum(part.abstained for part in parts),
    )


def metrics(judged: Judged, temperature: float, on: str, *, seven: bool) -> list[Metric]:
    """Unweighted average recall over four classes and the recall of each; over seven and calibration if ``seven``."""
    figures = []
    if seven:
        figures.append(_recall("uar-7", judged.clip_logits, judged.clip_truth, on))
    four = [LABELS.index(label) for label in FOUR]
    rows = np.isin(judged.clip_truth, four)
    truth = np.array([four.index(label) for label in judged.clip_truth[rows]])
    logits = judged.clip_logits[rows][:, four]
    on_four = on + "; angry, happy, sad, neutral only"
    figures.append(_recall("uar-4", logits, truth, on_four))
    for label, recall, count in zip(FOUR, recalls(truth, logits.argmax(axis=1), 4), np.bincount(truth), strict=True):
        figures.append(Metric(name=f"recall-{label}", value=round(float(recall), 4), on=on_four, n=int(count)))
    if seven:
        error = calibration_error(softmax(judged.window_logits, temperature), judged.window_truth)
        figures.append(
            Metric(name="ece", value=round(error, 4), on=on + "; single windows", n=len(judged.window_truth))
        )
    return figures


def _recall(name: str, logits: Floats, truth: Ints, on: str) -> Metric:
    predicted = logits.argmax(axis=1)
    low, high = interval(uar, truth, predicted)
    value = uar(truth, predicted)
    return Metric(name=name, value=round(value, 4), low=round(low, 4), high=round(high, 4), on=on, n=len(truth))
