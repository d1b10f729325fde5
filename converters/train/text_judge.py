"""What a text network is worth on held-out texts: the figures that say which epoch is best, and the fine thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from converters import metrics, metrics_multilabel
from converters.figures import pearson

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from converters.train.text_material import Material

    Floats = NDArray[np.float32]
    Outputs = tuple[Floats, Floats, Floats]

SURE = 0.999
"""Share of the leading emotion from which a text counts as having one label."""


def judged(held: Mapping[str, Material], outputs: Callable[[str], Outputs]) -> dict[str, float]:
    """Figures by name; ``outputs`` gives logits, fine logits and affect of a held-out part.

    ``f1 …`` is macro-F1 of the seven emotions on texts with one label, ``fine`` macro-F1 of the fine labels with the
    best thresholds for these same texts, ``valence`` and ``arousal`` are correlations,
    ``mean`` is the mean of all.
    """
    found: dict[str, float] = {}
    for name, part in held.items():
        logits, fine, affect = outputs(name)
        one = np.nan_to_num(part.emotion).max(axis=1) > SURE
        if one.any():
            truth = part.emotion[one].argmax(axis=1)
            found[f"f1 {name}"] = metrics.macro_f1(truth, np.asarray(logits[one].argmax(axis=1), np.int64))
        if not np.isnan(part.fine).all():
            thresholds = fine_thresholds(fine, part.fine)
            said = metrics_multilabel.decide(metrics_multilabel.sigmoid(fine.astype(np.float64)), thresholds)
            wanted = part.fine > 0
            hit = (said & wanted).sum(axis=0)
            found["fine"] = float(np.mean(2 * hit / np.maximum(said.sum(axis=0) + wanted.sum(axis=0), 1)))
        if not np.isnan(part.affect).all():
            ones = np.ones((1, len(part)))
            for place, title in enumerate(("valence", "arousal")):
                wanted_one = part.affect[:, place].astype(np.float64)
                found[title] = float(pearson(ones, affect[:, place].astype(np.float64), wanted_one)[0])
    found["mean"] = float(np.mean(list(found.values())))
    return found


def fine_thresholds(logits: Floats, truth: Floats) -> NDArray[np.float64]:
    """(labels,) the best threshold of each fine label on held-out texts."""
    return metrics_multilabel.fit_thresholds(metrics_multilabel.sigmoid(logits.astype(np.float64)), truth > 0)
