"""A few steps on the device's own examples, and what of them may leave it: the difference, clipped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.learning.federated.head import MOST
from edge.learning.federated.loss import gradient

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.learning.federated.head import Floats, Vector
    from edge.learning.federated.loss import Batch
    from edge.understanding.fusion import Pool


@dataclass(frozen=True, slots=True)
class Steps:
    """How a device learns.

    Attributes:
        number: steps of gradient descent over all examples.
        rate: length of a step, in numbers of the head for each nat.
        pull: strength of the pull to where the steps begin, in nats for a number that is one step of its kind away
            (FedProx: Li et al., Federated Optimization in Heterogeneous Networks, MLSys 2020).
    """

    number: int = 10
    rate: float = 1.0
    pull: float = 0.02


ROUND = Steps()
"""For a round: short, since the mean of many devices goes on from there."""
OWN = Steps(number=60, rate=0.5, pull=0.05)
"""For the device itself: till it is as good as done, but pulled to the head of all."""


def learned(start: NDArray[np.floating], base: Pool, batch: Batch, steps: Steps = ROUND) -> Vector:
    """The head (SIZE,) after steps from ``start`` that lessen the mean loss on ``batch`` plus pull/2 · ‖head − start‖².

    The mean is over the weights of the batch. Without examples it is ``start``.
    """
    begin = np.asarray(start, np.float64)
    head = begin.copy()
    total = float(batch.weight.sum())
    if total <= 0:
        return np.asarray(start, np.float32)
    for _ in range(steps.number):
        slope = gradient(head, base, batch) / total + steps.pull * (head - begin)
        head = np.clip(head - steps.rate * slope, -MOST, MOST)
    return head.astype(np.float32)


def clipped(delta: NDArray[np.floating], clip: float) -> Floats:
    """``delta`` shortened to the length ``clip`` (L2) where it is longer, so that no household counts for more."""
    length = float(np.linalg.norm(np.asarray(delta, np.float64)))
    return np.asarray(delta, np.float64) * (min(1.0, clip / length) if length > 0 else 1.0)
