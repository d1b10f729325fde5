from __future__ import annotations

import json
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from converters import evaluate_time, evaluate_time_faces, evaluate_time_plot
from converters import evaluate_time_streams as streams
from converters.__main__ import main
from converters.datasets.face import FILE, NAMES
from converters.evaluate_time_faces import PICTURES, Seen, picture
from edge.accelerators.model import default_directory
from edge.affect import EMOTIONS, Affect, Emotion
from edge.errors import InputError
from edge.understanding.settings import UnderstandingSettings

if TYPE_CHECKING:
    from pathlib import Path

DEVICE = streams.Device(UnderstandingSettings())


def seen(confidence: float = 0.9, noise: float = 0.02, per_emotion: int = 2) -> Seen:
    """Faces of which the sense is sure, nearly alike from picture to picture."""
    generator = np.random.default_rng(0)
    label = np.repeat(np.arange(7), per_emotion)
    scores = np.full((len(label), PICTURES, 7), (1 - confidence) / 6)
    scores[np.arange(len(label)), :, label] = confidence
    scores += generator.uniform(0, noise, scores.shape)
    probabilities = (scores / scores.sum(axis=2, keepdims=True)).astype(np.float32)
    return Seen(label, probabilities, np.full((len(label), PICTURES), 0.9, np.float32), len(label))


def certain(emotion: Emotion) -> streams.Source:
    affect = Affect.of(tuple(0.94 if each is emotion else 0.01 for each in EMOTIONS))
    return streams.Source(emotion, lambda _: lambda _: (affect, 1.0))


def test_changes_to_unsure_and_back_are_counted() -> None:
    assert streams.changes(["sad", "sad", "unsure", "sad", "happy"]) == 3
    assert streams.changes([]) == 0


def test_a_steady_input_has_no_changes_and_one_that_swings_has() -> None:
    assert evaluate_time.steady(DEVICE, [certain(Emotion.SAD)], 10, 0.2)["changes_per_minute"] == 0
    happy, sad = (certain(each).draw(np.random.default_rng())(0.0) for each in (Emotion.HAPPY, Emotion.SAD))
    swings = streams.Source(Emotion.HAPPY, lambda _: lambda at_s: happy if at_s % 6 < 3 else sad)
    found = evaluate_time.steady(DEVICE, [swings], 10, 1)
    assert 15 <= found["changes_per_minute"] <= 40, "each swing is a change, or two with unsure between"
    assert found["share_above_bar"] == 1


def test_a_delay_is_counted_from_the_change_and_what_is_never_followed_counts_in_full() -> None:
    slow = DEVICE.filtered(smoothing_s=3)
    pair = [(certain(Emotion.HAPPY), certain(Emotion.SAD))] * 20
    soon, late = (evaluate_time.change(each, pair, 10) for each in (DEVICE, slow))
    assert 0.1 < soon["delay_s"] < late["delay_s"] < 3
    nobody = streams.Source(Emotion.SAD, lambda _: lambda _: None)
    never = evaluate_time.change(DEVICE, [(certain(Emotion.HAPPY), nobody)], 10)
    assert never["never"] == 1
    assert never["delay_s"] == streams.AFTER_S


@pytest.mark.parametrize("fps", [5, 10, 30])
def test_noise_with_a_duration_is_the_same_at_any_rate(fps: int) -> None:
    draw = streams.synthetic(3, 1)[0].draw(np.random.default_rng(1))
    drawn = [draw(number / fps) for number in range(60 * fps)]
    kinds = len({id(each) for each in drawn})
    assert kinds == pytest.approx(60 * fps * (1 - np.exp(-1 / fps / streams.HELD_S)), rel=0.15)


def test_all_figures_are_there_and_can_be_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(evaluate_time, "PAIRS", 6)
    monkeypatch.setattr(evaluate_time, "STREAMS", 1)
    monkeypatch.setattr(evaluate_time, "SMOOTHING", (0.3, DEVICE.settings.filter.smoothing_s))
    found = evaluate_time.measured(seen(), 0.05, DEVICE)
    json.dumps(found, allow_nan=False)
    still = [row for row in found["steady"] if row["input"] == "still"]
    assert [row["changes_per_minute"] for row in still] == [0, 0, 0]
    assert [row["input"] for row in found["apart"]] == ["still", "many", "synthetic"]
    assert found["faces"] == {"tried": 14, "read": 14, "right": 1.0}
    text = evaluate_time.table(found)
    assert "chosen" in text
    pytest.importorskip("matplotlib", reason="drawing is the workstation's")
    for name in ("picture.svg", "picture.png"):
        evaluate_time_plot.draw(found, tmp_path / name)
        assert (tmp_path / name).stat().st_size > 1000
    with pytest.raises(InputError, match="cannot be written"):
        evaluate_time_plot.draw(found, tmp_path / "nowhere" / "picture.svg")


def test_more_looks_are_surer() -> None:
    faces = seen(confidence=0.6)
    confidence = [evaluate_time.sure(faces, DEVICE, looks)["confidence"] for looks in (1, 2, 3)]
    assert confidence == sorted(confidence)
    assert confidence[0] < 0.65 < confidence[2]


def test_the_spread_within_a_face_is_its_noise() -> None:
    assert evaluate_time.spread(seen(noise=0.0))["valence_within"] == 0
    assert 0 < evaluate_time.spread(seen(noise=0.1))["valence_within"] < 0.1


def test_a_still_face_is_never_quite_the_same_picture() -> None:
    chip = cv2.resize(np.random.default_rng(1).integers(0, 256, (6, 6), dtype=np.uint8), (48, 48))
    generator = np.random.default_rng(2)
    one, other = (picture(np.asarray(chip, np.uint8), generator).astype(int) for _ in range(2))
    assert one.shape == (240, 320, 3)
    assert 2 < np.abs(one - other).mean() < 20


def faces_file(folder: Path) -> Path:
    """Blobs, in the form of FER2013 with FER+ votes: the device finds no face in them."""
    images = np.random.default_rng(3).integers(0, 256, (14, 48, 48), dtype=np.uint8)
    votes = np.zeros((14, 10), np.uint8)
    votes[:, 0] = 10
    path = folder / FILE
    path.parent.mkdir()
    np.savez(
        path,
        images=images,
        label=np.full(14, 6, np.int8),
        label_names=np.array(NAMES),
        usage=np.ones(14, np.int8),
        ferplus_votes=votes,
        exact_dup_in_training=np.zeros(14, np.bool_),
    )
    return folder


def test_faces_that_cannot_be_read_are_left_out_and_where_none_can_be_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluate_time_faces, "PER_EMOTION", 2)
    data = faces_file(tmp_path)
    words = ["evaluate", "time", "--data", str(data), "--models", str(default_directory())]
    assert main(words) == 1
    assert "none of 2 faces" in capsys.readouterr().err


def test_what_the_sense_said_is_kept_for_the_next_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "folder" / "faces.npz"
    monkeypatch.setattr(evaluate_time_faces, "_perceived", lambda *_: seen())
    first = evaluate_time_faces.seen(tmp_path, tmp_path, cache)
    monkeypatch.setattr(evaluate_time_faces, "_perceived", None)
    again = evaluate_time_faces.seen(tmp_path, tmp_path, cache)
    assert np.array_equal(first.probabilities, again.probabilities)
    assert again.faces == 14
    np.savez(cache, something=np.zeros(3))
    with pytest.raises(InputError, match="no cache of this command"):
        evaluate_time_faces.seen(tmp_path, tmp_path, cache)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["time", "--minutes", "0"], "--minutes is 0"),
        (["face", "--cache", "x.npz"], "--cache was given, which is for time"),
        (["time", "--head", "affect"], "--head was given, which is for text"),
    ],
)
def test_wrong_options_are_refused_before_anything_takes_time(
    words: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", *words, "--data", str(tmp_path)]) == 1
    assert told in capsys.readouterr().err
