"""Whether a signal is of the kind that a model was made for: a score of its logits, held against the model's card.

A network answers whatever it is given, and its softmax may be sure of nonsense. How large the logits are together says
more: Liu, Wang, Owens & Li, Energy-based Out-of-distribution Detection, NeurIPS 2020. The rivals are the largest
probability (Hendrycks & Gimpel, A Baseline for Detecting Misclassified and Out-of-Distribution Examples, ICLR 2017),
the largest logit (Hendrycks et al., Scaling Out-of-Distribution Detection for Real-World Settings, ICML 2022), and,
since a model may also answer strangers with logits that are too large, how near the energy is to the usual one (the
idea of Nalisnick et al., Detecting Out-of-Distribution Inputs to Deep Generative Models Using Typicality, 2019). Which
of them a model uses is measured by ``converters.out_of_domain`` and stands in its card.
"""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from edge.accelerators.card import Card
    from edge.perception.settings import DomainSettings

Method = Literal["energy", "typical-energy", "max-softmax", "max-logit"]


def energy(logits: NDArray[np.floating], temperature: float = 1.0) -> float:
    """−T · log Σ exp(z / T) of ``logits`` (labels,): low where the model is at home (Liu et al. 2020, equation 4)."""
    values: list[float] = logits.tolist()
    top = max(values)
    return -(top + temperature * log(sum(exp((value - top) / temperature) for value in values)))


def score(method: Method, logits: NDArray[np.floating], temperature: float = 1.0, usual: float = 0.0) -> float:
    """How much ``logits`` (labels,) look like those of the model's own kind; higher is more, whatever the method.

    ``usual`` is the median energy of the model's own kind, for "typical-energy".
    """
    if method == "energy":
        return -energy(logits, temperature)
    if method == "typical-energy":
        return -abs(energy(logits, temperature) - usual)
    top = float(logits.max())
    return top if method == "max-logit" else exp((top + energy(logits, temperature)) / temperature)


def trust(card: Card, logits: NDArray[np.floating], settings: DomainSettings) -> float:
    """Factor on the quality of a Reading made from ``logits`` (labels,).

    Returns:
        1 for the model's own kind and where the card does not say how to tell; ``settings.quality`` below the card's
        threshold; 0 below its floor: nothing is to be said.
    """
    domain = card.domain
    if domain is None:
        return 1.0
    found = score(domain.method, logits, card.temperature, domain.usual)
    if found < domain.floor and settings.abstain:
        return 0.0
    return settings.quality if found < domain.threshold else 1.0
