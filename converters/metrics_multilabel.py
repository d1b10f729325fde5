"""Figures of a head that may say several labels at once, and the thresholds by which it says them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from converters import bootstrap
from converters.calibration import BINS, bin_of
from converters.figures import coverage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]
    Floats = NDArray[np.float64]

STEPS = 99
"""Thresholds that are tried for each label: 0.01, 0.02, … 0.99."""


def sigmoid(logits: Floats) -> Floats:
    """Probability of each logit by itself."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * logits)))


def decide(probabilities: Floats, thresholds: Floats) -> Flags:
    """(rows, labels) what is said: every label at or above its threshold, else the one that is nearest to its own."""
    over = probabilities - thresholds
    said = over >= 0
    silent = np.flatnonzero(~said.any(axis=1))
    said[silent, over[silent].argmax(axis=1)] = True
    return np.asarray(said)


def fit_thresholds(probabilities: Floats, truth: Flags) -> Floats:
    """(labels,) the threshold of each label with the best F1 of that label on validation data; the middle of a tie.

    Each label is fitted by itself, as macro-F1 is a mean over labels; that ``decide`` never stays silent is left aside.
    """
    tried = np.linspace(0.01, 0.99, STEPS)
    chosen = np.zeros(truth.shape[1])
    for label, (column, wanted) in enumerate(zip(probabilities.T, truth.T, strict=True)):
        said = column[:, None] >= tried
        hit = (said & wanted[:, None]).sum(axis=0)
        scores = 2 * hit / np.maximum(said.sum(axis=0) + wanted.sum(), 1)
        best = np.flatnonzero(scores >= scores.max() - 1e-12)
        chosen[label] = tried[best[len(best) // 2]]
    return chosen


def result(probabilities: Floats, thresholds: Floats, truth: Flags, labels: Sequence[str]) -> dict[str, Any]:
    """The figures of ``converters.metrics.result`` for several labels a row, ready for JSON.

    Args:
        probabilities: (rows, labels), each by itself in [0, 1].
        thresholds: (labels,) from validation data.
        truth: (rows, labels); each label should have a row.
        labels: their names.

    Returns:
        ``accuracy`` is the share of rows of which every label is right, ``macro_f1`` and ``uar`` are means of F1 and
        recall over the labels, ``ece`` is over all pairs of row and label, ``coverage_at_precision_90`` asks the surest
        label of each row; ``per_class`` and ``intervals`` are as there.
    """
    said = decide(probabilities, thresholds)
    figures = _Figures(probabilities, said, truth)
    found = {name: values[0] for name, values in figures(np.ones((1, len(truth)))).items()}
    ends = bootstrap.intervals(figures, len(truth))
    scalars = [name for name in found if name not in ("recall", "precision")]
    return {
        "n": len(truth),
        **{name: _rounded(found[name]) for name in scalars},
        "per_class": {
            label: {
                "recall": _rounded(found["recall"][place]),
                "precision": _rounded(found["precision"][place]),
                "n": int(truth[:, place].sum()),
            }
            for place, label in enumerate(labels)
        },
        "labels": list(labels),
        "intervals": {name: [_rounded(end) for end in ends[name]] for name in scalars},
    }


class _Figures:
    """Figures by name, each (draws,) or (draws, labels), for weights (draws, rows)."""

    def __init__(self, probabilities: Floats, said: Flags, truth: Flags) -> None:
        self._hit, self._said, self._there = (array.astype(np.float64) for array in (said & truth, said, truth))
        self._exact = (said == truth).all(axis=1).astype(np.float64)
        surest = probabilities.argmax(axis=1)
        self._confidence = probabilities.max(axis=1)
        self._right = truth[np.arange(len(truth)), surest].astype(np.float64)
        gaps = np.zeros((len(truth), BINS))
        rows = np.repeat(np.arange(len(truth)), truth.shape[1])
        np.add.at(gaps, (rows, bin_of(probabilities.ravel())), (probabilities - truth).ravel())
        self._gaps = gaps / truth.shape[1]

    def __call__(self, weights: Floats) -> dict[str, Floats]:
        hit, said, there = (weights @ array for array in (self._hit, self._said, self._there))
        total = weights.sum(axis=1)
        known = there > 0
        recall = np.divide(hit, there, out=np.full_like(hit, np.nan), where=known)
        f1 = np.divide(2 * hit, said + there, out=np.zeros_like(hit), where=known)
        labels = np.maximum(known.sum(axis=1), 1)
        return {
            "accuracy": weights @ self._exact / total,
            "macro_f1": f1.sum(axis=1) / labels,
            "uar": np.where(known, recall, 0.0).sum(axis=1) / labels,
            "ece": np.abs(weights @ self._gaps).sum(axis=1) / total,
            "coverage_at_precision_90": coverage(weights, self._confidence, self._right),
            "recall": recall,
            "precision": np.divide(hit, said, out=np.zeros_like(hit), where=said > 0),
        }


def _rounded(value: Any) -> float:  # noqa: ANN401 - any of numpy's numbers
    return round(float(value), 4)
