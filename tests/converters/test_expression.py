"""How replies sound and look, on the workstation: measuring, two-sample tests, and which family wins."""

from __future__ import annotations

import json
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from converters.evaluate_expression import judged, table
from converters.expression import faces, report, trained, voices
from converters.expression.halves import Half, noise_of
from converters.expression.rows import Rows, one_hot
from converters.expression.trained import Part, parts
from converters.expression.two_sample import compare, discrepancy, mean_distance
from converters.expression.vectors import Vectors
from converters.tflite_file import TfliteFile
from edge.accelerators.card import read_card
from edge.accelerators.model import default_directory
from edge.affect import EMOTIONS, Emotion
from edge.cli.bench.stages import speech_like
from edge.errors import InputError
from edge.response.drawn import HALF, NAME, PARTS

if TYPE_CHECKING:
    from pathlib import Path

KINDS = len(EMOTIONS)
CALM = EMOTIONS.index(Emotion.NEUTRAL)
needs_sklearn = pytest.mark.skipif(find_spec("sklearn") is None, reason="the classifier is scikit-learn's")


def vectors(seed: int = 0, rows: int = 210, groups: int = 10) -> Vectors:
    random = np.random.default_rng(seed)
    emotion = np.arange(rows) % KINDS
    values = random.normal(size=(rows, PARTS)).astype(np.float32) + 0.5 * emotion[:, None].astype(np.float32)
    return Vectors(values, emotion, np.array([f"s{row // KINDS % groups}" for row in range(rows)]))


def half(seed: int = 0) -> Half:
    random = np.random.default_rng(seed)
    sizes = ((HALF + KINDS, 8), (8, 8), (8, PARTS))
    kernels = tuple(random.normal(size=size).astype(np.float32) * 0.3 for size in sizes)
    biases = tuple(random.normal(size=size[1]).astype(np.float32) for size in sizes)
    return Half(kernels, biases, np.zeros((KINDS, PARTS), np.float32))


def test_a_higher_voice_is_an_octave_up_and_no_faster() -> None:
    usual = speech_like()
    octave = usual[::2].copy()  # played at double speed: twice the pitch, twice the syllables, in half the time
    low, high = voices.spoken(usual), voices.spoken(octave)
    assert low is not None is not high
    assert low.prosody.pitch_hz == pytest.approx(140, rel=0.15)
    assert high.prosody.pitch_hz == pytest.approx(2 * (low.prosody.pitch_hz or 0), rel=0.05)
    assert high.prosody.syllables_per_s == pytest.approx(2 * low.prosody.syllables_per_s, rel=0.25)


def test_a_clip_in_which_nothing_is_said_is_left_out() -> None:
    assert voices.spoken(np.zeros(16_000, np.int16)) is None
    assert voices.spoken(speech_like()[:8000]) is None  # two syllables: fewer than any sentence has


def test_a_voice_is_told_relative_to_its_speakers_calm_clips() -> None:
    values = np.array([[1.0], [3.0], [5.0], [10.0], [11.0]])
    speakers = np.array(["a", "a", "a", "b", "b"])
    calm = np.array([True, True, False, True, False])
    assert voices.relative(values, speakers, calm).ravel().tolist() == [-1.0, 1.0, 3.0, 0.0, 1.0]
    with pytest.raises(InputError, match="the speaker b has no neutral clip"):
        voices.relative(values, speakers, np.array([True, True, False, False, False]))


def test_rest_and_extremes_of_a_face_are_0_and_1() -> None:
    random = np.random.default_rng(0)
    emotion = np.arange(2000) % KINDS
    values = random.normal(3.0, 2.0, (2000, PARTS))
    scale = faces.Scale.of(values, emotion)
    made = scale(np.stack([scale.rest, scale.low, scale.high]))
    assert made == pytest.approx(np.array([[0.0] * PARTS, [-1.0] * PARTS, [1.0] * PARTS]))
    assert np.mean(np.abs(scale(values)[:, 0]) > 1) == pytest.approx(0.02, abs=0.01)
    assert scale.rest[faces.MOUTH] - scale.low[faces.MOUTH] == scale.high[faces.MOUTH] - scale.rest[faces.MOUTH]


def test_brows_up_and_apart_are_more_and_a_dropped_jaw_is_no_frown() -> None:
    points = np.zeros((468, 3))
    points[list(faces.INNER)] = [[-0.1, -0.3, 0], [0.1, -0.3, 0]]
    usual = faces.inner_brows(points)
    raised, apart = points.copy(), points.copy()
    raised[list(faces.INNER), 1] -= 0.1
    apart[list(faces.INNER), 0] *= 2
    assert faces.inner_brows(raised) == pytest.approx(usual + 0.1)
    assert faces.inner_brows(apart) == pytest.approx(usual + 0.1)

    upper, lower = 13, 14
    points[[upper, lower, 61, 291], 1] = 1.0
    assert faces.corner_lift(points) == pytest.approx(0)
    points[lower, 1] += 0.5
    points[[61, 291], 1] += 0.5 * faces.LOWER_LIP
    assert faces.corner_lift(points) == pytest.approx(0)
    points[[61, 291], 1] -= 0.2
    assert faces.corner_lift(points) == pytest.approx(0.2)


def test_vectors_are_kept_and_what_is_none_is_refused(tmp_path: Path) -> None:
    some = vectors()
    some.save(tmp_path / "deep" / "voice.npz")
    again = Vectors.load(tmp_path / "deep" / "voice.npz")
    assert np.array_equal(again.values, some.values)
    assert again.group.tolist() == some.group.tolist()
    np.savez(tmp_path / "other.npz", values=np.zeros((2, 5)))
    with pytest.raises(InputError, match="holds no style vectors"):
        Vectors.load(tmp_path / "other.npz")
    np.savez(tmp_path / "odd.npz", values=np.zeros((2, 5)), emotion=np.zeros(3), group=np.zeros(2))
    with pytest.raises(InputError, match="do not fit each other"):
        Vectors.load(tmp_path / "odd.npz")


def test_each_emotion_is_learned_from_as_often_as_any_other() -> None:
    emotion = np.array([0] * 90 + [3] * 9 + [6])
    values = np.random.default_rng(0).normal(size=(100, PARTS)).astype(np.float32)
    rows = Rows.of(Vectors(values, emotion, np.array(["a"] * 100)))
    counts = np.zeros(KINDS)
    for drawn, kinds in rows.batches(300, 20, 0):
        assert drawn.shape == (300, PARTS)
        counts += kinds.sum(axis=0)
    assert counts[[1, 2, 4, 5]].sum() == 0
    assert counts[[0, 3, 6]] == pytest.approx(np.full(3, 2000), rel=0.05)
    assert rows.values.mean() == pytest.approx(0, abs=1e-6)


def test_a_half_is_kept_with_its_recipe_and_no_other_is_taken_up(tmp_path: Path) -> None:
    path = tmp_path / "voice.npz"
    half().save(path, "seed 0")
    kinds = np.arange(70) % KINDS
    noise = noise_of(70, np.random.default_rng(0), 3.0)
    assert np.array_equal(Half.load(path, "seed 0").draw(noise, kinds), half().draw(noise, kinds))
    with pytest.raises(InputError, match="was trained with seed 0, now it is seed 1"):
        Half.load(path, "seed 1")
    np.savez(path, recipe="seed 0")
    with pytest.raises(InputError, match="it is no trained half"):
        Half.load(path, "seed 0")


def test_of_an_emotion_that_was_never_heard_another_is_drawn() -> None:
    noise = noise_of(5, np.random.default_rng(0), 3.0)
    made = half().with_kind_of(5, CALM)
    unheard, calm = np.full(5, 5), np.full(5, CALM)
    assert np.allclose(made.draw(noise, unheard), half().draw(noise, calm), atol=1e-5)
    assert not np.allclose(half().draw(noise, unheard), half().draw(noise, calm), atol=1e-2)


def test_no_speaker_is_judged_by_a_half_that_heard_them() -> None:
    some = vectors()
    folds = parts("voice", some)
    assert len(folds) == trained.FOLDS + 1
    for part in folds:
        assert not set(some.group[part.learned]) & set(some.group[part.held])
    assert np.array_equal(sum(part.held for part in folds), np.ones(len(some)))
    faces_of = Vectors(some.values, some.emotion, np.where(some.emotion > 2, faces.TRAINING, faces.TEST))
    (one,) = parts("face", faces_of)
    assert isinstance(one, Part)
    assert set(faces_of.group[one.held]) == {faces.TEST}


def test_what_is_drawn_for_a_row_is_of_its_emotion_and_its_fold() -> None:
    some = vectors()
    made = {part.name: half(place) for place, part in enumerate(parts("voice", some))}
    rows, values = trained.drawn("voice", made, some, 0)
    assert sorted(rows.tolist()) == list(range(len(some)))
    assert np.array_equal(values, trained.drawn("voice", made, some, 0)[1])
    assert not np.array_equal(values, trained.drawn("voice", made, some, 1)[1])
    rows, taken = trained.resampled("voice", some, 0)
    assert np.array_equal(some.emotion[taken], some.emotion[rows])
    assert not np.any(some.group[taken] == some.group[rows])


def test_the_discrepancy_is_about_0_for_the_same_and_large_for_another() -> None:
    random = np.random.default_rng(0)
    one, same, other = (random.normal(shift, 1, (120, PARTS)) for shift in (0, 0, 0.7))
    none, p = discrepancy(one, same, 0)
    much, q = discrepancy(one, other, 0)
    assert abs(none) < 0.01 < much
    assert p > 0.05 > q
    by_hand = np.mean([np.linalg.norm(one[a] - one[b]) for a in range(120) for b in range(120) if a != b])
    assert mean_distance(one) == pytest.approx(by_hand)


@needs_sklearn
def test_a_classifier_tells_another_shape_as_well_as_a_shift() -> None:
    random = np.random.default_rng(0)
    real, same = random.normal(size=(160, PARTS)), random.normal(size=(160, PARTS))
    narrow = same * 0.3
    alike, told = compare(real, [same]), compare(real, [narrow])
    assert alike.low < 0.5 < alike.high or abs(alike.accuracy - 0.5) < 0.06
    assert told.accuracy > 0.7
    assert told.low > 0.6
    assert told.distance == pytest.approx(0.3, abs=0.05)
    assert np.allclose(told.deviations, 0.3, atol=0.06)
    assert told.p < 0.01


@needs_sklearn
def test_measured_rows_that_are_repeated_are_not_told_from_themselves() -> None:
    real = np.random.default_rng(0).normal(size=(150, PARTS))
    copies = np.random.default_rng(1).permutation(150)
    with_them, without = compare(real, [real[copies]], copies=[copies]), compare(real, [real[copies]])
    assert without.accuracy < 0.4  # what was learned of a row is wrong of its copy
    assert with_them.accuracy == pytest.approx(0.5, abs=0.06)


def found(**offs: tuple[float, float, float]) -> dict[Any, report.Figures]:
    """Figures in which each way has one (accuracy, discrepancy, distance)."""
    rows = {
        way: {"happy": {"accuracy": one[0], "mmd": one[1], "distance": one[2], "n": 9}} for way, one in offs.items()
    }
    return {"voice": rows, "face": rows}


def test_who_is_less_easily_told_wins_then_who_is_nearer_but_never_who_is_not_diverse() -> None:
    assert report.winner(found(adversarial=(0.55, 0.2, 1.0), autoencoder=(0.6, 0.1, 1.0))) == "adversarial"
    assert report.winner(found(adversarial=(0.55, 0.2, 1.0), autoencoder=(0.445, 0.1, 1.0))) == "autoencoder"
    assert report.winner(found(adversarial=(0.55, 0.101, 0.95), autoencoder=(0.55, 0.1, 0.85))) == "adversarial"
    assert report.winner(found(adversarial=(0.5, 0.0, 0.6), autoencoder=(0.6, 0.1, 1.0))) == "autoencoder"
    assert json.dumps(report.means(found(measured=(0.4, 0.1, 1.1)), "measured"))


def test_one_hot_is_in_the_order_of_the_emotions() -> None:
    assert one_hot(np.array([CALM]))[0].argmax() == CALM
    assert one_hot(np.arange(KINDS)).trace() == KINDS


@needs_sklearn
def test_the_shipped_file_is_held_against_measured_rows() -> None:
    folder = default_directory() / NAME
    card = read_card(folder)
    file = TfliteFile((folder / "model.tflite").read_bytes())
    random = np.random.default_rng(0)
    nobody = Vectors(random.normal(8, 1, (30, PARTS)).astype(np.float32), np.full(30, CALM), np.array(["a"] * 30))
    told = judged(file, card, "face", nobody)
    assert list(told) == ["neutral"]
    assert told["neutral"]["accuracy"] > 0.9
    assert told["neutral"]["n"] == 30
    said = table({"model": {"name": NAME, "sha256": card.sha256}, "voice": {}, "face": told})
    assert "neutral       30" in said
