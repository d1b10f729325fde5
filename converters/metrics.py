"""Figures of a classifier on a labelled set, with bootstrap intervals, and the temperature that calibrates it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

BOOTSTRAP = 1000
"""Resamples for a 95 % percentile interval (Efron & Tibshirani, An Introduction to the Bootstrap, 1993, ch. 13)."""
BINS = 15
"""Equal-width confidence bins of the calibration error (Guo et al., On Calibration of Modern Neural Networks, 2017)."""


def recalls(truth: Ints, predicted: Ints, classes: int) -> Floats:
    """(classes,) recall of each class; NaN for a class without a row."""
    support = np.bincount(truth, minlength=classes).astype(np.float64)
    hit = np.bincount(truth[truth == predicted], minlength=classes)
    with np.errstate(invalid="ignore"):
        return np.where(support > 0, hit / support, np.nan)


def accuracy(truth: Ints, predicted: Ints) -> float:
    """Share of rows that are right."""
    return float(np.mean(truth == predicted))


def uar(truth: Ints, predicted: Ints) -> float:
    """Unweighted average recall over the classes present."""
    return float(np.nanmean(recalls(truth, predicted, int(max(truth.max(), predicted.max())) + 1)))


def macro_f1(truth: Ints, predicted: Ints) -> float:
    """Mean of the F1 scores of the classes present in ``truth``."""
    scores = []
    for label in np.unique(truth):
        hit = np.sum((truth == label) & (predicted == label))
        scores.append(2 * hit / (np.sum(truth == label) + np.sum(predicted == label)))
    return float(np.mean(scores))


def interval(figure: Callable[[Ints, Ints], float], truth: Ints, predicted: Ints, seed: int = 0) -> tuple[float, float]:
    """The 95 % bootstrap interval of ``figure(truth, predicted)``."""
    generator = np.random.default_rng(seed)
    rows = generator.integers(0, len(truth), size=(BOOTSTRAP, len(truth)))
    values = [figure(truth[row], predicted[row]) for row in rows]
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def calibration_error(probabilities: Floats, truth: Ints) -> float:
    """Expected calibration error of the leading class; ``probabilities`` is (rows, classes)."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    error = 0.0
    for index in np.unique(bins):
        members = bins == index
        error += members.mean() * abs(right[members].mean() - confidence[members].mean())
    return float(error)


def softmax(logits: Floats, temperature: float = 1.0) -> Floats:
    """Rows of ``logits`` (rows, classes) as probabilities."""
    scaled = logits / temperature
    exponent = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(exponent / exponent.sum(axis=1, keepdims=True))


def fit_temperature(logits: Floats, truth: Ints) -> float:
    """The temperature with the least negative log-likelihood, golden-section search of its logarithm in [0.2, 10]."""

    def loss(log_temperature: float) -> float:
        chosen = softmax(logits, float(np.exp(log_temperature)))[np.arange(len(truth)), truth]
        return float(-np.mean(np.log(np.maximum(chosen, 1e-12))))

    ratio = (np.sqrt(5) - 1) / 2
    low, high = np.log(0.2), np.log(10.0)
    for _ in range(60):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, right) if loss(left) < loss(right) else (left, high)
    return float(np.exp((low + high) / 2))
