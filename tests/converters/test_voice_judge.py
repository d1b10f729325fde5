from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from converters.datasets.voice import LABELS, Clip
from converters.train.voice_judge import Judged, judge, metrics, together
from edge.accelerators.model import default_directory
from tests.edge.perception.voice.sounds import needs_espeak, quiet, spoken, to_int16

if TYPE_CHECKING:
    from pathlib import Path


def judged(truth: list[str], predicted: list[str]) -> Judged:
    numbers = np.array([LABELS.index(label) if label in LABELS else -1 for label in truth])
    logits = 3.0 * np.eye(len(LABELS))[[LABELS.index(label) for label in predicted]]
    return Judged(logits, numbers, logits, numbers, 0)


def test_seven_class_recall_is_the_mean_over_labels() -> None:
    found = judged([*LABELS, "angry"], [*LABELS, "happy"])
    figures = {figure.name: figure for figure in metrics(found, 1.0, "made up", seven=True)}
    assert figures["uar-7"].value == pytest.approx((6 + 0.5) / 7, abs=1e-4)
    assert figures["uar-7"].n == 8
    assert figures["uar-7"].low is not None
    assert figures["uar-7"].high is not None
    assert figures["uar-7"].low < figures["uar-7"].value < figures["uar-7"].high + 1e-9


def test_four_class_recall_leaves_other_clips_and_other_logits_out() -> None:
    found = judged(
        ["angry", "happy", "sad", "neutral", "surprise", "fear"], ["angry", "sad", "sad", "neutral", "sad", "sad"]
    )
    figures = {figure.name: (figure.value, figure.n) for figure in metrics(found, 1.0, "made up", seven=False)}
    assert figures == {
        "uar-4": (0.75, 4),
        "recall-angry": (1.0, 1),
        "recall-happy": (0.0, 1),
        "recall-sad": (1.0, 1),
        "recall-neutral": (1.0, 1),
    }
    told_as_fear = judged(["angry", "happy", "sad", "neutral"], ["fear", "happy", "sad", "neutral"])
    logits = told_as_fear.clip_logits.copy()
    logits[0, LABELS.index("angry")] = 1.0
    second_best = Judged(logits, told_as_fear.clip_truth, logits, told_as_fear.clip_truth, 0)
    assert metrics(second_best, 1.0, "made up", seven=False)[0].value == 1.0


def test_folds_are_joined_in_order() -> None:
    joined = together([judged(["sad"], ["sad"]), judged(["happy", "fear"], ["happy", "fear"])])
    assert joined.clip_truth.tolist() == [LABELS.index(label) for label in ("sad", "happy", "fear")]
    assert joined.clip_logits.shape == (3, len(LABELS))


@needs_espeak
def test_clips_are_judged_by_the_devices_perceiver_and_silence_is_counted_apart(tmp_path: Path) -> None:
    words = to_int16(spoken("I did not expect to see you here today, not at all", tmp_path, "-v", "en"))
    clips = [Clip(words, "happy", "s1"), Clip(to_int16(quiet(2.0)), "sad", "s1"), Clip(words, "surprise", "s2")]
    found = judge(default_directory(), clips)
    assert found.abstained == 1
    assert found.clip_truth.tolist() == [LABELS.index("happy"), -1]
    np.testing.assert_array_equal(found.clip_logits[0], found.clip_logits[1])
    assert len(found.window_truth) == len(found.window_logits) >= 2
