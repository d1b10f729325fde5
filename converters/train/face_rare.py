"""Rare emotions are said too rarely: a net that is trained on few of them has learnt that they are rare.

Logit adjustment (Menon et al., Long-Tail Learning via Logit Adjustment, ICLR 2021, section 4.2): a part of the
logarithm of each emotion's share is taken from its logit, which the last layer's bias can do at no cost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from converters import metrics

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.floating]

PARTS = np.linspace(0.0, 1.0, 21)
LOSS = 0.001
"""Accuracy that the rare emotions may cost on the held-out rows."""


def fitted_shift(logits: Floats, truth: NDArray[np.int64], shares: Floats) -> NDArray[np.float32]:
    """(classes,) to be added to the logits: the part with the best macro-F1 that costs at most LOSS of accuracy.

    Args:
        logits: (n, classes) on held-out rows.
        truth: (n,) index of the class.
        shares: (classes,) of the training rows, sum 1.
    """
    prior = np.log(np.maximum(shares, 1e-6))
    prior = prior - prior.mean()
    plain = metrics.accuracy(truth, logits.argmax(axis=1))
    best, best_f1 = 0.0, metrics.macro_f1(truth, logits.argmax(axis=1))
    for part in PARTS:
        said = (logits - part * prior).argmax(axis=1)
        f1 = metrics.macro_f1(truth, said)
        if f1 > best_f1 and metrics.accuracy(truth, said) >= plain - LOSS:
            best, best_f1 = float(part), f1
    return np.asarray(-best * prior, np.float32)


def add_to_bias(model: Any, shift: Floats) -> None:  # noqa: ANN401 - tf_keras has no types
    """Add ``shift`` (classes,) to the bias of the network's last layer."""
    bias = model.layers[-1].bias
    bias.assign_add(shift)
