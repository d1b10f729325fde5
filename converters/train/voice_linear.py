"""The linear part of the voice model: logistic regression on the measures that the device takes of a window.

With ten speakers a linear model on these measures is better than any network we trained on them, and errs elsewhere. It
needs the altered recordings as well: trained on studio sound alone it knows 0.43 of noisy windows, with them 0.68.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from converters.datasets.voice import LABELS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from converters.datasets.voice_windows import Windows

    Floats = NDArray[np.float32]
    Ints = NDArray[np.int64]

PENALTY = 0.002
"""Inverse strength of the ridge (scikit-learn's C)."""
LEAST_DEVIATION = 1e-3
NEUTRAL_SHIFT = 1.5
"""By how much the logit of neutral is lowered. Actors show more than people do, and what shows less must not all become
neutral. With the networks beside it this costs no more than a point on the folds; 2 would."""


def fit(windows: Windows, labels: Ints, chosen: Ints) -> tuple[Floats, Floats]:
    """(measures, labels) weights and (labels,) biases on functionals and statistics of the ``chosen`` clips' windows.

    Args:
        windows: of all clips.
        labels: (clips,) index into LABELS of each clip.
        chosen: numbers of the clips to learn from; each label weighs the same.
    """
    from sklearn.linear_model import LogisticRegression

    rows = np.flatnonzero(np.isin(windows.source, chosen))
    _, functionals, statistics = windows.inputs(rows)
    measures = np.concatenate([functionals, statistics], axis=1).astype(np.float64)
    centre, scale = measures.mean(axis=0), np.maximum(measures.std(axis=0), LEAST_DEVIATION)
    model = LogisticRegression(C=PENALTY, class_weight="balanced", max_iter=500)
    model.fit((measures - centre) / scale, labels[windows.source[rows]])
    weights = (model.coef_ / scale).T
    biases = model.intercept_ - centre @ weights
    biases[LABELS.index("neutral")] -= NEUTRAL_SHIFT
    return weights.astype(np.float32), biases.astype(np.float32)
