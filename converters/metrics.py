"""Figures of a classifier on a labelled set, with bootstrap intervals.

Every figure of ``result`` is computed from rows with weights: all weights 1 give the figure, the counts of a resample
give one draw of its interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from converters import bootstrap
from converters.bootstrap import DRAWS
from converters.calibration import BINS, bin_of, calibration_error, fit_temperature, reliability, softmax
from converters.figures import confusion, coverage, figures_of, pearson

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

__all__ = [
    "accuracy",
    "calibration_error",
    "confusion",
    "coverage",
    "figures_of",
    "fit_temperature",
    "interval",
    "macro_f1",
    "pearson",
    "recalls",
    "reliability",
    "result",
    "softmax",
    "uar",
]


def recalls(truth: Ints, predicted: Ints, classes: int) -> Floats:
    """(classes,) recall of each class; NaN for a class without a row."""
    return figures_of(confusion(truth, predicted, classes))["recall"]


def accuracy(truth: Ints, predicted: Ints) -> float:
    """Share of rows that are right."""
    return float(np.mean(truth == predicted))


def uar(truth: Ints, predicted: Ints) -> float:
    """Unweighted average recall over the classes present."""
    return float(figures_of(confusion(truth, predicted, _classes(truth, predicted)))["uar"])


def macro_f1(truth: Ints, predicted: Ints) -> float:
    """Mean of the F1 scores of the classes present in ``truth``."""
    return float(figures_of(confusion(truth, predicted, _classes(truth, predicted)))["macro_f1"])


def interval(figure: Callable[[Ints, Ints], float], truth: Ints, predicted: Ints, seed: int = 0) -> tuple[float, float]:
    """The 95 % bootstrap interval of ``figure(truth, predicted)``, which is ``accuracy``, ``uar`` or ``macro_f1``.

    Resampling rows changes the confusion table as drawing its cells does, so that is what is drawn.
    """
    table = confusion(truth, predicted, _classes(truth, predicted))
    drawn = np.random.default_rng(seed).multinomial(len(truth), table.ravel() / len(truth), size=DRAWS)
    values = figures_of(drawn.reshape(DRAWS, *table.shape))[figure.__name__]
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


@dataclass(frozen=True, slots=True)
class _Rows:
    """What the figures of one set rest on: rows × confusion cells, confidence, and share right."""

    cells: Floats
    confidence: Floats
    right: Floats
    classes: int

    @classmethod
    def of(cls, probabilities: Floats, truth: Ints) -> _Rows:
        """A row whose probabilities are all equal says nothing: it counts as a guess, shared among all classes."""
        classes = probabilities.shape[1]
        said = np.eye(classes)[probabilities.argmax(axis=1)]
        said[np.ptp(probabilities, axis=1) == 0] = 1.0 / classes
        cells = np.zeros((len(truth), classes, classes))
        rows = np.arange(len(truth))
        cells[rows, truth] = said
        return cls(cells.reshape(len(truth), -1), probabilities.max(axis=1), said[rows, truth], classes)

    def figures(self, weights: Floats) -> dict[str, Floats]:
        """Each (draws,) or (draws, classes) for ``weights`` (draws, rows)."""
        table = (weights @ self.cells).reshape(len(weights), self.classes, self.classes)
        return figures_of(table) | {
            "ece": self._calibration(weights),
            "coverage_at_precision_90": coverage(weights, self.confidence, self.right),
        }

    def _calibration(self, weights: Floats) -> Floats:
        members = np.eye(BINS)[bin_of(self.confidence)]
        gaps = weights @ (members * (self.confidence - self.right)[:, None])
        return np.asarray(np.abs(gaps).sum(axis=1) / weights.sum(axis=1))


def result(
    probabilities: Floats, truth: Ints, labels: Sequence[str], *, clusters: Ints | None = None
) -> dict[str, Any]:
    """All figures of one set, ready for JSON.

    Args:
        probabilities: (rows, classes), rows sum to 1; a row of equal ones is an abstention and scored as a guess.
        truth: (rows,) index into ``labels``.
        labels: names of the classes; each should have a row.
        clusters: (rows,) number of the speaker, for intervals that speak of other speakers.

    Returns:
        ``n``, ``accuracy``, ``macro_f1``, ``uar``, ``ece``, ``coverage_at_precision_90``, ``per_class`` (label →
        recall, precision, n), ``confusion`` (rows are true classes), ``reliability`` (a list of bins), and
        ``intervals``: the 95 % interval of each figure, and of each class's recall and precision under ``per_class``.
    """
    rows = _Rows.of(probabilities, truth)
    found = {name: values[0] for name, values in rows.figures(np.ones((1, len(truth)))).items()}
    ends = bootstrap.intervals(rows.figures, len(truth), clusters)
    support = np.bincount(truth, minlength=len(labels))
    scalars = [name for name in found if name not in ("recall", "precision")]
    return {
        "n": len(truth),
        **{name: _rounded(found[name]) for name in scalars},
        "per_class": {
            label: {
                "recall": _rounded(found["recall"][place]),
                "precision": _rounded(found["precision"][place]),
                "n": int(support[place]),
            }
            for place, label in enumerate(labels)
        },
        "labels": list(labels),
        "confusion": rows.cells.sum(axis=0).round(4).reshape(rows.classes, -1).tolist(),
        "reliability": _bins(rows),
        "intervals": {name: [_rounded(end) for end in ends[name]] for name in scalars}
        | {
            "per_class": {
                label: {name: [_rounded(end[place]) for end in ends[name]] for name in ("recall", "precision")}
                for place, label in enumerate(labels)
            }
        },
    }


def _bins(rows: _Rows) -> list[dict[str, float]]:
    counts, said, found = reliability(rows.confidence, rows.right)
    return [
        {"n": int(count), "confidence": _rounded(confidence), "right": _rounded(right)}
        for count, confidence, right in zip(counts, said, found, strict=True)
        if count
    ]


def _rounded(value: Any) -> float:  # noqa: ANN401 - any of numpy's numbers
    return round(float(value), 4)


def _classes(truth: Ints, predicted: Ints) -> int:
    return int(max(truth.max(), predicted.max())) + 1
