from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from converters import bootstrap, metrics

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

NAMES = ("angry", "happy", "sad", "neutral")


@st.composite
def scored(draw: st.DrawFn) -> tuple[Floats, Ints]:
    """Probabilities with ties, as int8 logits give them, and a truth in which every class has a row."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows = draw(st.integers(len(NAMES), 60))
    truth = generator.permutation(np.arange(rows) % len(NAMES))
    logits = np.round(generator.normal(0, 2, (rows, len(NAMES)))) + 2 * np.eye(len(NAMES))[truth]
    return metrics.softmax(logits), truth


def by_hand(truth: Ints, predicted: Ints) -> tuple[list[float], list[float], list[float]]:
    """Recall, precision and F1 of each class, counted row by row."""
    recalls, precisions, scores = [], [], []
    for label in range(len(NAMES)):
        hit = sum(1 for t, p in zip(truth, predicted, strict=True) if t == p == label)
        there, said = int(np.sum(truth == label)), int(np.sum(predicted == label))
        recalls.append(hit / there)
        precisions.append(hit / said if said else 0.0)
        scores.append(2 * hit / (there + said))
    return recalls, precisions, scores


@given(scored())
def test_every_figure_is_what_counting_by_hand_gives(rows: tuple[Floats, Ints]) -> None:
    probabilities, truth = rows
    predicted = probabilities.argmax(axis=1)
    predicted = np.where(np.ptp(probabilities, axis=1) == 0, -1, predicted)
    if (predicted < 0).any():
        return  # guesses are shared: another test
    recalls, precisions, scores = by_hand(truth, predicted)
    found = metrics.result(probabilities, truth, NAMES)
    assert found["n"] == len(truth)
    assert found["accuracy"] == pytest.approx(np.mean(truth == predicted), abs=1e-4)
    assert found["macro_f1"] == pytest.approx(np.mean(scores), abs=1e-4)
    assert found["uar"] == pytest.approx(np.mean(recalls), abs=1e-4)
    assert found["ece"] == pytest.approx(metrics.calibration_error(probabilities, truth), abs=1e-4)
    for place, label in enumerate(NAMES):
        assert found["per_class"][label]["recall"] == pytest.approx(recalls[place], abs=1e-4)
        assert found["per_class"][label]["precision"] == pytest.approx(precisions[place], abs=1e-4)
        assert found["per_class"][label]["n"] == np.sum(truth == place)
    assert metrics.uar(truth, predicted) == pytest.approx(np.mean(recalls))
    assert metrics.macro_f1(truth, predicted) == pytest.approx(np.mean(scores))


@given(scored())
def test_the_accuracy_lies_within_its_interval_and_all_is_json(rows: tuple[Floats, Ints]) -> None:
    found = metrics.result(*rows, NAMES)
    low, high = found["intervals"]["accuracy"]
    assert low - 1e-4 <= found["accuracy"] <= high + 1e-4
    assert json.loads(json.dumps(found, allow_nan=False)) == found


@given(scored(), st.integers(50, 99))
def test_coverage_is_the_best_that_any_bound_gives(rows: tuple[Floats, Ints], percent: int) -> None:
    (probabilities, truth), precision = rows, percent / 100
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    best = 0.0
    for bound in confidence:
        answered = confidence >= bound
        if 100 * right[answered].sum() >= percent * answered.sum():
            best = max(best, answered.mean())
    found = metrics.coverage(np.ones((1, len(truth))), confidence, right.astype(np.float64), precision)
    assert found[0] == pytest.approx(best)


def test_coverage_does_not_take_only_the_right_ones_of_equal_confidence() -> None:
    confidence, right = np.full(10, 0.8), np.array([1.0] * 8 + [0.0] * 2)
    assert metrics.coverage(np.ones((1, 10)), confidence, right)[0] == 0.0


def test_a_row_that_says_nothing_counts_as_a_guess() -> None:
    probabilities = np.vstack([np.full((4, 4), 0.25), np.eye(4)])
    truth = np.array([0, 1, 2, 3, 0, 1, 2, 3])
    found = metrics.result(probabilities, truth, NAMES)
    assert found["accuracy"] == pytest.approx((4 * 0.25 + 4) / 8)
    assert found["per_class"]["sad"]["recall"] == pytest.approx(0.625)


def test_a_class_that_is_never_said_has_no_precision_and_the_figures_stay_numbers() -> None:
    probabilities = np.tile([0.9, 0.1, 0.0, 0.0], (4, 1))
    found = metrics.result(probabilities, np.arange(4), NAMES)
    assert found["per_class"]["angry"] == {"recall": 1.0, "precision": 0.25, "n": 1}
    assert found["per_class"]["sad"] == {"recall": 0.0, "precision": 0.0, "n": 1}


def test_the_interval_of_a_share_is_the_binomial_one() -> None:
    truth = np.zeros(400, np.int64)
    predicted = np.array([0] * 320 + [1] * 80)
    low, high = metrics.interval(metrics.accuracy, truth, predicted)
    error = 1.96 * np.sqrt(0.8 * 0.2 / 400)
    assert low == pytest.approx(0.8 - error, abs=0.006)
    assert high == pytest.approx(0.8 + error, abs=0.006)


def test_few_speakers_who_differ_make_a_wider_interval_than_many_rows() -> None:
    speakers = np.repeat(np.arange(4), 50)
    truth = np.arange(200) % 2
    right = speakers < 2  # two speakers are always understood, two never
    said = np.where(right, truth, 1 - truth)
    probabilities = np.eye(2)[said]
    plain = metrics.result(probabilities, truth, ("a", "b"))["intervals"]["accuracy"]
    clustered = metrics.result(probabilities, truth, ("a", "b"), clusters=speakers)["intervals"]["accuracy"]
    assert clustered[1] - clustered[0] > 3 * (plain[1] - plain[0])


def test_resamples_draw_as_many_rows_as_there_are() -> None:
    for part in bootstrap.weights(7):
        assert (part.sum(axis=1) == 7).all()
    total = np.concatenate(list(bootstrap.weights(7))).mean()
    assert total == pytest.approx(1.0)


@given(st.integers(0, 2**32 - 1))
def test_correlation_is_numpys(seed: int) -> None:
    generator = np.random.default_rng(seed)
    x = generator.normal(50, 2, 40)
    y = x * generator.normal() + generator.normal(0, 1, 40)
    assert metrics.pearson(np.ones((1, 40)), x, y)[0] == pytest.approx(np.corrcoef(x, y)[0, 1], abs=1e-9)


def test_a_constant_correlates_with_nothing() -> None:
    assert metrics.pearson(np.ones((1, 5)), np.ones(5), np.arange(5.0))[0] == 0.0


def test_a_confident_model_that_is_often_wrong_is_cooled() -> None:
    generator = np.random.default_rng(0)
    truth = generator.integers(0, 4, 2000)
    logits = np.eye(4)[np.where(generator.random(2000) < 0.6, truth, generator.integers(0, 4, 2000))] * 8.0
    temperature = metrics.fit_temperature(logits, truth)
    before = metrics.calibration_error(metrics.softmax(logits), truth)
    after = metrics.calibration_error(metrics.softmax(logits, temperature), truth)
    assert temperature > 2
    assert after < 0.05 < before
