from __future__ import annotations

import numpy as np
import pytest

from converters import metrics_multilabel as multilabel

LABELS = ("joy", "love", "neutral")
TRUTH = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 1, 0]], np.bool_)


def test_a_perfect_head_has_perfect_figures() -> None:
    found = multilabel.result(np.where(TRUTH, 0.9, 0.1), np.full(3, 0.5), TRUTH, LABELS)
    assert (found["n"], found["accuracy"], found["macro_f1"], found["uar"]) == (4, 1.0, 1.0, 1.0)
    assert found["ece"] == pytest.approx(0.1)
    assert found["coverage_at_precision_90"] == 1.0
    assert found["per_class"]["love"] == {"recall": 1.0, "precision": 1.0, "n": 2}


def test_macro_f1_is_the_mean_over_labels() -> None:
    probabilities = np.where(TRUTH, 0.9, 0.1)
    probabilities[:, 1] = 0.9  # love is said of every row: precision 1/2, recall 1
    found = multilabel.result(probabilities, np.full(3, 0.5), TRUTH, LABELS)
    assert found["per_class"]["love"] == {"recall": 1.0, "precision": 0.5, "n": 2}
    assert found["macro_f1"] == pytest.approx((1 + 2 / 3 + 1) / 3, abs=1e-4)


def test_who_reaches_no_threshold_says_the_nearest_label() -> None:
    said = multilabel.decide(np.array([[0.2, 0.3, 0.1]]), np.array([0.25, 0.6, 0.9]))
    assert said.tolist() == [[True, False, False]]


def test_thresholds_find_the_rare_label_that_never_reaches_a_half() -> None:
    generator = np.random.default_rng(0)
    truth = np.zeros((400, 2), np.bool_)
    truth[:40, 0] = True
    truth[:, 1] = ~truth[:, 0]
    probabilities = np.column_stack([np.where(truth[:, 0], 0.3, 0.1), np.where(truth[:, 1], 0.9, 0.6)])
    probabilities += generator.uniform(-0.05, 0.05, probabilities.shape)
    thresholds = multilabel.fit_thresholds(probabilities, truth)
    assert (multilabel.decide(probabilities, thresholds) == truth).all()


def test_the_sigmoid_stays_within_bounds() -> None:
    assert multilabel.sigmoid(np.array([-1e4, 0.0, 1e4])).tolist() == [0.0, 0.5, 1.0]
