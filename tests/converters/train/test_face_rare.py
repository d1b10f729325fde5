from __future__ import annotations

import numpy as np

from converters import metrics
from converters.train.face_rare import LOSS, fitted_shift

SHARES = np.array([0.9, 0.1])


def test_a_rare_class_that_is_missed_by_little_is_leant_to() -> None:
    truth = np.array([0] * 90 + [1] * 10)
    logits = np.stack([np.where(truth == 0, 3.0, 0.3), np.zeros(100)], axis=1)
    shift = fitted_shift(logits, truth, SHARES)
    assert shift[1] > shift[0]
    assert metrics.macro_f1(truth, (logits + shift).argmax(axis=1)) == 1


def test_nothing_moves_where_nothing_is_gained() -> None:
    truth = np.array([0] * 90 + [1] * 10)
    assert not fitted_shift(3 * np.eye(2)[truth], truth, SHARES).any()


def test_macro_f1_is_not_bought_with_accuracy() -> None:
    generator = np.random.default_rng(0)
    truth = (generator.random(2000) < 0.1).astype(np.int64)
    lead = np.where(truth == 0, 1.5, 0.8) + generator.normal(0, 1.0, 2000)
    logits = np.stack([lead, np.zeros(2000)], axis=1)
    shift = fitted_shift(logits, truth, SHARES)
    before = metrics.accuracy(truth, logits.argmax(axis=1))
    assert metrics.accuracy(truth, (logits + shift).argmax(axis=1)) >= before - LOSS
