"""Figures as functions of whole arrays: of many confusion tables, or of many resamples, at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

PRECISION = 0.9
"""What the most confident rows have to reach for ``coverage_at_precision_90``."""


def confusion(truth: Ints, predicted: Ints, classes: int) -> Ints:
    """(classes, classes) counts; a row is a true class, a column what was said."""
    return np.bincount(truth * classes + predicted, minlength=classes**2).reshape(classes, classes)


def figures_of(table: Floats | Ints) -> dict[str, Floats]:
    """Figures of confusion tables (…, classes, classes): accuracy, macro_f1, uar (…), recall, precision (…, classes).

    The means run over the classes that have a row. Recall is NaN for the others; the precision of a class that is never
    said is 0.
    """
    table = np.asarray(table, np.float64)
    hit = np.diagonal(table, axis1=-2, axis2=-1)
    there, said = table.sum(axis=-1), table.sum(axis=-2)
    known = there > 0
    recall = np.divide(hit, there, out=np.full_like(hit, np.nan), where=known)
    precision = np.divide(hit, said, out=np.zeros_like(hit), where=said > 0)
    f1 = np.divide(2 * hit, there + said, out=np.zeros_like(hit), where=known)
    classes = np.maximum(known.sum(axis=-1), 1)
    return {
        "accuracy": hit.sum(axis=-1) / np.maximum(there.sum(axis=-1), 1e-300),
        "macro_f1": f1.sum(axis=-1) / classes,
        "uar": np.where(known, recall, 0.0).sum(axis=-1) / classes,
        "recall": recall,
        "precision": precision,
    }


def pearson(weights: Floats, said: Floats, truth: Floats) -> Floats:
    """(draws,) Pearson's correlation of two (rows,) arrays under ``weights`` (draws, rows); 0 where one is constant."""
    total = weights.sum(axis=1)
    x, y = said - said.mean(), truth - truth.mean()  # for precision: correlation does not change with the origin
    mean_x, mean_y, xx, yy, xy = (weights @ column / total for column in (x, y, x * x, y * y, x * y))
    spread = np.sqrt(np.maximum((xx - mean_x**2) * (yy - mean_y**2), 0.0))
    together = xy - mean_x * mean_y
    return np.asarray(np.divide(together, spread, out=np.zeros_like(together), where=spread > 0))


def coverage(weights: Floats, confidence: Floats, right: Floats, precision: float = PRECISION) -> Floats:
    """(draws,) coverage at a precision.

    The largest share of the rows that can be answered when only rows with a confidence of at least some bound are
    answered and at least ``precision`` of the answers are to be right; 0 where no bound does it. Rows of equal
    confidence are answered together, since no bound tells them apart.

    Args:
        weights: (draws, rows) how often each row counts.
        confidence: (rows,) of the answer.
        right: (rows,) 1 where the answer is right, else 0; a share where it is a guess.
        precision: the share wanted.
    """
    order = np.argsort(-confidence, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(confidence[order])), len(order) - 1)
    sorted_weights = weights[:, order]
    answered = np.cumsum(sorted_weights, axis=1)[:, ends]
    hits = np.cumsum(sorted_weights * right[order], axis=1)[:, ends]
    good = hits >= precision * answered - 1e-9 * len(order)
    return np.asarray(np.where(good, answered, 0.0).max(axis=1) / weights.sum(axis=1))


def auroc(own: Floats, strange: Floats) -> float:
    """The chance that one of ``own`` (n,) is above one of ``strange`` (m,), a tie counting half: Mann & Whitney's U."""
    others = np.sort(strange)
    below, upto = np.searchsorted(others, own, "left"), np.searchsorted(others, own, "right")
    return float((below + upto).mean() / (2 * len(strange)))
