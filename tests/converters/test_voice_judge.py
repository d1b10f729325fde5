from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from converters.datasets.voice import LABELS, Clip
from converters.train.voice_judge import Judged, judge, metrics, shuffled, together, told, used_to
from edge.accelerators.card import Card, read_card
from edge.accelerators.model import default_directory
from tests.edge.perception.voice.sounds import needs_espeak, quiet, spoken, to_int16

if TYPE_CHECKING:
    from pathlib import Path


def judged(truth: list[str], predicted: list[str], sure: float = 3.0) -> Judged:
    logits = sure * np.eye(len(LABELS))[[LABELS.index(label) for label in predicted]]
    known = np.array([LABELS.index(label) if label in LABELS else -1 for label in truth])
    speakers = tuple(f"s{place % 2}" for place in range(len(truth)))
    return Judged(logits, tuple(truth), speakers, np.full(len(truth), 2.0), logits[known >= 0], known[known >= 0])


def card() -> Card:
    return read_card(default_directory() / "voice-emotion")


def test_seven_class_recall_is_the_mean_over_labels() -> None:
    found = judged([*LABELS, "angry"], [*LABELS, "happy"])
    figures = {figure.name: figure for figure in metrics(found, card(), "made up", seven=True)}
    assert figures["uar-7"].value == pytest.approx((6 + 0.5) / 7, abs=1e-4)
    assert figures["uar-7"].n == 8
    assert figures["uar-7"].low is not None
    assert figures["uar-7"].high is not None
    assert figures["uar-7"].low <= figures["uar-7"].value <= figures["uar-7"].high
    assert "over speakers" in figures["uar-7"].on


def test_four_class_recall_leaves_other_clips_and_other_logits_out() -> None:
    found = judged(
        ["angry", "happy", "sad", "neutral", "surprise", "fear"], ["angry", "sad", "sad", "neutral", "sad", "sad"]
    )
    figures = {figure.name: (figure.value, figure.n) for figure in metrics(found, card(), "made up", seven=False)}
    assert figures.pop("ece")[1] == 4
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
    second_best = replace(told_as_fear, clip_logits=logits)
    assert metrics(second_best, card(), "made up", seven=False)[0].value == 1.0


def test_a_clip_that_the_device_says_nothing_of_counts_as_wrong_and_does_not_set_the_temperature() -> None:
    found = judged(["angry", "happy", "sad", "neutral"] * 2, ["angry", "happy", "sad", "neutral"] * 2)
    logits = found.clip_logits.copy()
    logits[1] = np.nan
    silent = replace(found, clip_logits=logits)
    assert metrics(silent, card(), "made up", seven=False)[0].value < 1.0
    usable, truth = told(silent)
    assert len(usable) == len(truth) == 7
    assert np.isfinite(usable).all()


def test_a_speaker_who_always_sounds_sad_is_heard_rightly_once_that_is_known() -> None:
    found = judged(["angry", "happy"] * 20, ["angry", "happy"] * 20)
    logits = found.clip_logits.copy()
    logits[:, LABELS.index("sad")] += 4
    biased = replace(found, clip_logits=logits, speakers=("s0",) * 40)
    again = used_to(biased, np.zeros(len(LABELS)))
    assert (biased.clip_logits.argmax(axis=1) == LABELS.index("sad")).all()
    assert again.clip_logits[0].argmax() == LABELS.index("sad"), "the first clip is a stranger's"
    said = again.clip_logits[20:].argmax(axis=1)
    assert (said == [LABELS.index(label) for label in again.clip_truth[20:]]).all()


def test_each_speaker_is_learnt_alone_and_silence_teaches_nothing() -> None:
    found = judged(["angry", "happy"] * 2, ["angry", "happy"] * 2)
    silent = replace(found, clip_logits=np.where(np.arange(4)[:, None] == 0, np.nan, found.clip_logits))
    again = used_to(silent, np.zeros(len(LABELS)))
    assert np.isnan(again.clip_logits[0]).all()
    np.testing.assert_array_equal(again.clip_logits[1:3], found.clip_logits[1:3])
    assert (again.clip_logits[3] != found.clip_logits[3]).any()


def test_another_order_keeps_each_clip_with_its_speaker_and_truth() -> None:
    found = judged(list(LABELS), list(LABELS))
    mixed = shuffled(found, 1)
    assert mixed.clip_truth != found.clip_truth
    assert sorted(zip(mixed.clip_truth, mixed.speakers, strict=True)) == sorted(
        zip(found.clip_truth, found.speakers, strict=True)
    )
    assert [LABELS[row] for row in mixed.clip_logits.argmax(axis=1)] == list(mixed.clip_truth)


def test_folds_are_joined_in_order() -> None:
    joined = together([judged(["sad"], ["sad"]), judged(["happy", "fear"], ["happy", "fear"])])
    assert joined.clip_truth == ("sad", "happy", "fear")
    assert joined.clip_logits.shape == (3, len(LABELS))
    assert joined.speakers == ("s0", "s0", "s1")


@needs_espeak
def test_clips_are_judged_by_the_devices_perceiver_and_silence_has_no_logits(tmp_path: Path) -> None:
    words = to_int16(spoken("I did not expect to see you here today, not at all", tmp_path, "-v", "en"))
    clips = [Clip(words, "happy", "s1"), Clip(to_int16(quiet(2.0)), "sad", "s1"), Clip(words, "surprise", "s2")]
    found = judge(default_directory(), clips)
    assert np.isnan(found.clip_logits[1]).all()
    assert found.clip_truth == ("happy", "sad", "surprise")
    np.testing.assert_array_equal(found.clip_logits[0], found.clip_logits[2])
    assert len(found.window_truth) == len(found.window_logits) >= 2
    assert found.window_truth[-1] == -1
