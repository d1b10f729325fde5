from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from converters.metrics import softmax
from converters.train.losses import class_and_affect, class_weights, cross_entropy, distillation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from converters.train.losses import Loss

    Parts = NDArray[Any] | tuple[NDArray[Any], ...]

RANDOM = np.random.default_rng(1)
LOGITS = RANDOM.normal(0, 2, (5, 4)).astype(np.float32)
LABELS = RANDOM.dirichlet(np.ones(4), 5).astype(np.float32)
TEACHER = RANDOM.dirichlet(np.ones(4), 5).astype(np.float32)
WANTED = RANDOM.uniform(-1, 1, (5, 2)).astype(np.float32)
FOUND = RANDOM.uniform(-1, 1, (5, 2)).astype(np.float32)
needs_tensorflow = pytest.mark.filterwarnings("default")  # TensorFlow's own


def _value(loss: Loss, targets: Parts, outputs: Parts) -> NDArray[np.float64]:
    tf = pytest.importorskip("tensorflow", reason="training needs the extra `convert`")
    return np.asarray(loss(tf.nest.map_structure(tf.constant, targets), tf.nest.map_structure(tf.constant, outputs)))


def _entropy(targets: NDArray[Any], logits: NDArray[Any]) -> NDArray[np.float64]:
    return np.asarray(-(targets * np.log(softmax(logits.astype(np.float64)))).sum(axis=1))


def test_class_weights_make_classes_count_alike() -> None:
    counts = np.array([100, 10, 1])
    weights = class_weights(counts)
    np.testing.assert_allclose(weights * counts, np.full(3, 37.0), rtol=1e-6)


def test_class_weights_keep_the_mean_over_rows_at_one_and_heed_their_bound() -> None:
    counts = np.array([1000, 10, 0])
    weights = class_weights(counts, power=0.5, heaviest=3.0)
    assert float((weights * np.maximum(counts, 1)).sum() / np.maximum(counts, 1).sum()) == pytest.approx(1)
    assert weights[1] == weights[2]


@needs_tensorflow
def test_cross_entropy_takes_soft_labels_and_smooths_them() -> None:
    smoothed = LABELS * 0.9 + 0.1 / 4
    np.testing.assert_allclose(_value(cross_entropy(0.1), LABELS, LOGITS), _entropy(smoothed, LOGITS), rtol=1e-5)


@needs_tensorflow
def test_a_missing_label_costs_nothing() -> None:
    labels = LABELS.copy()
    labels[2] = np.nan
    found = _value(cross_entropy(0.1), labels, LOGITS)
    assert found[2] == 0
    assert np.isfinite(found).all()


@needs_tensorflow
def test_distillation_is_the_formula_of_its_paper() -> None:
    softened = TEACHER.astype(np.float64) ** (1 / 3)
    softened /= softened.sum(axis=1, keepdims=True)
    wanted = 0.7 * 9 * _entropy(softened, LOGITS / 3) + 0.3 * _entropy(LABELS, LOGITS)
    np.testing.assert_allclose(_value(distillation(3.0, 0.7), (LABELS, TEACHER), LOGITS), wanted, rtol=1e-4)


@needs_tensorflow
def test_rows_without_teacher_learn_from_labels_and_rows_without_label_from_the_teacher() -> None:
    labels, teacher = LABELS.copy(), TEACHER.copy()
    labels[0], teacher[1] = np.nan, np.nan
    whole = _value(distillation(2.0, 0.5), (LABELS, TEACHER), LOGITS)
    found = _value(distillation(2.0, 0.5), (labels, teacher), LOGITS)
    label_part = 0.5 * _entropy(LABELS, LOGITS)
    np.testing.assert_allclose(found[0], whole[0] - label_part[0], rtol=1e-4)
    np.testing.assert_allclose(found[1], label_part[1], rtol=1e-4)


@needs_tensorflow
def test_class_and_affect_with_squared_error_leaves_missing_dimensions_out() -> None:
    wanted = WANTED.copy()
    wanted[0, 1], wanted[3] = np.nan, np.nan
    squared = np.nan_to_num(np.square(wanted - FOUND))
    known = np.maximum((~np.isnan(wanted)).sum(axis=1), 1)
    expected = 0.75 * _entropy(LABELS, LOGITS) + 0.25 * squared.sum(axis=1) / known
    found = _value(class_and_affect(0.25, "mse"), (LABELS, wanted), (LOGITS, FOUND))
    np.testing.assert_allclose(found, expected, rtol=1e-4)


@needs_tensorflow
def test_class_and_affect_measures_concordance_over_the_batch() -> None:
    wanted = WANTED.copy()
    wanted[4, 0] = np.nan
    parts = []
    for x, y in ((wanted[:4, 0], FOUND[:4, 0]), (wanted[:, 1], FOUND[:, 1])):
        shared = np.mean((x - x.mean()) * (y - y.mean()))
        parts.append(1 - 2 * shared / (x.var() + y.var() + (x.mean() - y.mean()) ** 2))
    expected = 0.5 * _entropy(LABELS, LOGITS) + 0.5 * np.mean(parts)
    found = _value(class_and_affect(0.5), (LABELS, wanted), (LOGITS, FOUND))
    np.testing.assert_allclose(found, expected, rtol=1e-4)


@needs_tensorflow
def test_a_batch_without_affect_trains_the_classes_alone() -> None:
    found = _value(class_and_affect(0.5), (LABELS, np.full_like(WANTED, np.nan)), (LOGITS, FOUND))
    np.testing.assert_allclose(found, 0.5 * _entropy(LABELS, LOGITS), rtol=1e-4)


@needs_tensorflow
def test_missing_targets_leave_gradients_finite() -> None:
    tf = pytest.importorskip("tensorflow", reason="training needs the extra `convert`")
    labels, wanted = LABELS.copy(), WANTED.copy()
    labels[0], wanted[1] = np.nan, np.nan
    cases: list[tuple[Any, Any, Any]] = [
        (class_and_affect(0.5), (labels, wanted), (LOGITS, FOUND)),
        (class_and_affect(0.5, "mse"), (labels, wanted), (LOGITS, FOUND)),
        (distillation(2.0, 0.5), (labels, np.where(np.arange(5)[:, None] == 2, np.nan, TEACHER)), LOGITS),
    ]
    for loss, targets, outputs in cases:
        variables = tf.nest.map_structure(tf.Variable, outputs)
        with tf.GradientTape() as tape:
            value = tf.reduce_mean(loss(tf.nest.map_structure(tf.constant, targets), variables))
        for gradient in tf.nest.flatten(tape.gradient(value, variables)):
            assert np.isfinite(gradient.numpy()).all()
