"""Whether a model is as sure as it is right: its probabilities, their temperature, and the error that is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

BINS = 15
"""Equal-width confidence bins of the calibration error (Guo et al., On Calibration of Modern Neural Networks, 2017)."""


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


def bin_of(confidence: Floats) -> Ints:
    """(n,) which of the BINS each confidence in [0, 1] falls into."""
    return np.minimum((confidence * BINS).astype(np.int64), BINS - 1)


def calibration_error(probabilities: Floats, truth: Ints) -> float:
    """Expected calibration error of the leading class; ``probabilities`` is (rows, classes)."""
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    _, said, found = reliability(confidence, right.astype(np.float64))
    counts = np.bincount(bin_of(confidence), minlength=BINS)
    return float(np.sum(counts * np.abs(said - found)) / len(truth))


def reliability(confidence: Floats, right: Floats) -> tuple[Ints, Floats, Floats]:
    """What a reliability diagram shows, each (BINS,): rows of each bin, their mean confidence, and the share right.

    Both means are 0 where a bin is empty.
    """
    bins = bin_of(confidence)
    counts = np.bincount(bins, minlength=BINS)
    rows = np.maximum(counts, 1)
    said = np.bincount(bins, confidence, minlength=BINS) / rows
    found = np.bincount(bins, right, minlength=BINS) / rows
    return counts, said, found
