"""Runs a packaged voice model on clips as the device does, and says how often it is right."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.answers import Answers, LeftOut, figures
from converters.calibration import calibration_error, softmax
from converters.datasets.voice import FOUR, LABELS, Clip
from converters.evaluate_voice import DEVICE
from edge.accelerators.card import Metric
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.perception.voice.moment import mean_logits
from edge.perception.voice.perceiver import VoicePerceiver

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from edge.accelerators.card import Card

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Judged:
    """What a model says: logits over LABELS of whole clips, NaN where it abstains, and of their single windows.

    ``clip_truth`` are the labels' words, also such that are not in LABELS; ``window_truth`` their index or -1.
    """

    clip_logits: Floats
    clip_truth: tuple[str, ...]
    speakers: tuple[str, ...]
    window_logits: Floats
    window_truth: Ints


def judge(models: Path, clips: Sequence[Clip]) -> Judged:
    """What the model in ``models``/voice-emotion says of ``clips``, through the device's perceiver, one CPU thread."""
    perceiver = VoicePerceiver(DEVICE, Models(models, Cpu(1)))
    perceiver.attach()
    whole, windows, window_truth = [], [], []
    for clip in clips:
        moments = perceiver.listen(clip.samples)
        heard = mean_logits(moments)
        whole.append(np.full(len(LABELS), np.nan) if heard is None else heard)
        told = [moment.logits for moment in moments if moment.logits is not None]
        windows.extend(told)
        window_truth.extend([LABELS.index(clip.label) if clip.label in LABELS else -1] * len(told))
    perceiver.stop()
    return Judged(
        np.stack(whole).astype(np.float64),
        tuple(clip.label for clip in clips),
        tuple(clip.speaker for clip in clips),
        np.array(windows, np.float64).reshape(-1, len(LABELS)),
        np.array(window_truth, np.int64),
    )


def together(parts: Sequence[Judged]) -> Judged:
    """The folds' held-out clips as one set."""
    return Judged(
        np.concatenate([part.clip_logits for part in parts]),
        sum((part.clip_truth for part in parts), ()),
        sum((part.speakers for part in parts), ()),
        np.concatenate([part.window_logits for part in parts]),
        np.concatenate([part.window_truth for part in parts]),
    )


def usual_taken_away(judged: Judged, usual: Floats) -> Judged:
    """As if the device knew how each speaker usually sounds: their mean logits replaced by ``usual`` (labels,).

    The mean is over all clips of a speaker, whatever their labels, which a device knows only after a while.
    """
    logits = judged.clip_logits.copy()
    speakers = np.array(judged.speakers)
    for speaker in np.unique(speakers):
        theirs = speakers == speaker
        logits[theirs] -= np.nanmean(logits[theirs], axis=0)
    return replace(judged, clip_logits=logits + usual)


def told(judged: Judged) -> tuple[Floats, Ints]:
    """Logits and label indices of the clips that the model tells something of, for fitting the temperature."""
    truth = np.array([LABELS.index(label) if label in LABELS else -1 for label in judged.clip_truth])
    usable = (truth >= 0) & ~np.isnan(judged.clip_logits).any(axis=1)
    return judged.clip_logits[usable], truth[usable]


def metrics(judged: Judged, card: Card, on: str, *, seven: bool) -> list[Metric]:
    """Unweighted average recall over four classes and the recall of each; over seven and calibration if ``seven``."""
    four = figures(_answers(judged, card), FOUR)
    on_four = on + "; angry, happy, sad, neutral only"
    found = [_metric("uar-4", four, "uar", on_four)]
    for label, row in four["per_class"].items():
        found.append(Metric(name=f"recall-{label}", value=round(row["recall"], 4), on=on_four, n=row["n"]))
    if not seven:
        return found
    all_seven = figures(_answers(judged, card))
    for label, row in all_seven["per_class"].items():
        found.append(Metric(name=f"recall-{label}", value=round(row["recall"], 4), on=on, n=row["n"]))
    error = calibration_error(softmax(judged.window_logits, card.temperature), judged.window_truth)
    windows = Metric(name="ece", value=round(error, 4), on=on + "; single windows", n=len(judged.window_truth))
    return [_metric("uar-7", all_seven, "uar", on), *found, _metric("ece", all_seven, "ece", on), windows]


def _answers(judged: Judged, card: Card) -> Answers:
    return Answers(card, judged.clip_logits, judged.clip_truth, LeftOut(), judged.speakers)


def _metric(name: str, found: dict[str, Any], key: str, on: str) -> Metric:
    low, high = found["intervals"][key]
    by = f"{on}; interval over {found['resampled']}"
    return Metric(
        name=name, value=round(found[key], 4), low=round(low, 4), high=round(high, 4), on=by, n=int(found["n"])
    )
