"""The linear part of the voice model: logistic regression on the measures that the device takes of a window.

With ten speakers a linear model on 180 measures is as good as the network, and it errs elsewhere: their sum is better
than either (EMO-DB, four of the folds, 7 classes: 0.59 and 0.60 alone, 0.66 together). It needs the variants as well:
trained on studio sound alone it falls from 0.65 to 0.42 in noise and rooms, with them it stays at 0.61.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from converters.datasets.voice import LABELS, Clip
from converters.datasets.voice_windows import Recordings, draw
from edge.perception.voice.inputs import Inputs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Ints = NDArray[np.int64]

PENALTY = 0.02
"""Inverse strength of the ridge (scikit-learn's C), of 0.001, 0.005, 0.02 and 0.1 the best on the folds, by 0.01."""
MEASURES = ("functionals", "band-statistics")
SHARE = 0.5
"""Weight of the linear logits beside the network's, of 0.3, 0.5, 1 and 2 all within 0.03 on the folds."""


def fit(recordings: Recordings, clips: list[Clip], chosen: Ints, seed: int) -> tuple[Floats, Floats]:
    """(measures, labels) weights and (labels,) biases on functionals and band statistics, both already times SHARE."""
    from sklearn.linear_model import LogisticRegression

    rows = np.flatnonzero(np.isin(recordings.source, chosen))
    random = np.random.default_rng(seed)
    window = Inputs()
    measures = []
    for row in rows:
        draw(recordings, int(row), random, window)
        measures.append(np.concatenate([part[0] for part in window.ordered(MEASURES)]))
    labels = np.array([LABELS.index(clips[index].label) for index in recordings.source[rows]])
    matrix = np.stack(measures)
    centre, scale = matrix.mean(axis=0), np.maximum(matrix.std(axis=0), 1e-3)
    fitted = LogisticRegression(C=PENALTY, class_weight="balanced", max_iter=500).fit((matrix - centre) / scale, labels)
    weights = (fitted.coef_ / scale).T
    biases = fitted.intercept_ - centre @ weights
    return (SHARE * weights).astype(np.float32), (SHARE * biases).astype(np.float32)
