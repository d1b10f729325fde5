"""Runs a packaged voice model on clips as the device does, and says how often it is right."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.adapted import adapted
from converters.answers import Answers, LeftOut, figures
from converters.calibration import calibration_error, softmax
from converters.datasets.voice import FOUR, LABELS, Clip
from converters.evaluate_voice import DEVICE
from edge.accelerators.card import Metric
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.perception.voice.moment import mean_logits, new_speech_s
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

    ``speech_s`` (clips,) are seconds of speech.
    ``clip_truth`` are the labels' words, also such that are not in LABELS; ``window_truth`` their index or -1.
    """

    clip_logits: Floats
    clip_truth: tuple[str, ...]
    speakers: tuple[str, ...]
    speech_s: Floats
    window_logits: Floats
    window_truth: Ints


def judge(models: Path, clips: Sequence[Clip]) -> Judged:
    """What the model in ``models``/voice-emotion says of ``clips``, through the device's perceiver, one CPU thread."""
    perceiver = VoicePerceiver(DEVICE, Models(models, Cpu(1)))
    perceiver.attach()
    whole, windows, window_truth, speech_s = [], [], [], []
    for clip in clips:
        moments = perceiver.listen(clip.samples)
        heard = mean_logits(moments)
        speech_s.append(new_speech_s(moments, DEVICE.hop_s))
        whole.append(np.full(len(LABELS), np.nan) if heard is None else heard)
        told = [moment.logits for moment in moments if moment.logits is not None]
        windows.extend(told)
        window_truth.extend([LABELS.index(clip.label) if clip.label in LABELS else -1] * len(told))
    perceiver.stop()
    return Judged(
        np.stack(whole).astype(np.float64),
        tuple(clip.label for clip in clips),
        tuple(clip.speaker for clip in clips),
        np.array(speech_s, np.float64),
        np.array(windows, np.float64).reshape(-1, len(LABELS)),
        np.array(window_truth, np.int64),
    )


def together(parts: Sequence[Judged]) -> Judged:
    """The folds' held-out clips as one set."""
    return Judged(
        np.concatenate([part.clip_logits for part in parts]),
        sum((part.clip_truth for part in parts), ()),
        sum((part.speakers for part in parts), ()),
        np.concatenate([part.speech_s for part in parts]),
        np.concatenate([part.window_logits for part in parts]),
        np.concatenate([part.window_truth for part in parts]),
    )


def used_to(judged: Judged, speaker_mean: Floats) -> Judged:
    """As the device tells them once it gets used to each speaker, clip after clip."""
    logits = adapted(judged.clip_logits, judged.speech_s, judged.speakers, speaker_mean.tolist())
    return replace(judged, clip_logits=logits)


def shuffled(judged: Judged, seed: int) -> Judged:
    """The clips in another order; windows are left as they are."""
    order = np.random.default_rng(seed).permutation(len(judged.speakers))
    return replace(
        judged,
        clip_logits=judged.clip_logits[order],
        speech_s=judged.speech_s[order],
        clip_truth=tuple(judged.clip_truth[row] for row in order),
        speakers=tuple(judged.speakers[row] for row in order),
    )


def told(judged: Judged) -> tuple[Floats, Ints]:
    """Logits and label indices of the clips that the model tells something of, for fitting the temperature."""
    truth = np.array([LABELS.index(label) if label in LABELS else -1 for label in judged.clip_truth])
    usable = (truth >= 0) & ~np.isnan(judged.clip_logits).any(axis=1)
    return judged.clip_logits[usable], truth[usable]


def metrics(judged: Judged, card: Card, on: str, *, seven: bool) -> list[Metric]:
    """Of whole clips over four classes, and over all seven if ``seven``: UAR, calibration error, recall of each."""
    four = figures(_answers(judged, card), FOUR)
    on_four = on + "; angry, happy, sad, neutral only"
    found = [_metric("uar-4", four, "uar", on_four), _metric("ece", four, "ece", on_four)]
    for label, row in four["per_class"].items():
        found.append(Metric(name=f"recall-{label}", value=round(row["recall"], 4), on=on_four, n=row["n"]))
    if not seven:
        return found
    all_seven = figures(_answers(judged, card))
    for label, row in all_seven["per_class"].items():
        found.append(Metric(name=f"recall-{label}", value=round(row["recall"], 4), on=on, n=row["n"]))
    return [_metric("uar-7", all_seven, "uar", on), _metric("ece", all_seven, "ece", on), *found]


def of_windows(judged: Judged, card: Card, on: str) -> Metric:
    """Calibration error of single windows, which is what a device that listens tells of."""
    error = calibration_error(softmax(judged.window_logits, card.temperature), judged.window_truth)
    return Metric(name="ece", value=round(error, 4), on=on + "; single windows", n=len(judged.window_truth))


def _answers(judged: Judged, card: Card) -> Answers:
    return Answers(card, judged.clip_logits, judged.clip_truth, LeftOut(), judged.speakers)


def _metric(name: str, found: dict[str, Any], key: str, on: str) -> Metric:
    low, high = found["intervals"][key]
    by = f"{on}; interval over {found['resampled']}"
    return Metric(
        name=name, value=round(found[key], 4), low=round(low, 4), high=round(high, 4), on=by, n=int(found["n"])
    )
