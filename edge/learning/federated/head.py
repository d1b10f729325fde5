"""The personal head: 203 numbers that say how a household's senses are to be taken, beside what is shipped.

A flat float32 vector. All zero is exactly the shipped pool. Of each sense, in the order of Sense: 7 weights, 7 offsets,
49 confusions (row: the emotion that is told, column: the one that the model says), the logit of its reliability, the
logarithm of its sharpness; then 7 of the prior and the logarithm of the temperature. Each number is counted in steps of
its kind (``SCALE``), so that one clip, one noise and one pull suit all of them. What they do in the pool is written in
``edge.understanding.fusion``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.affect import EMOTIONS, Sense
from edge.errors import FleetError
from edge.understanding.fusion import Pool, Trust

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Vector = NDArray[np.float32]

KINDS = len(EMOTIONS)
SENSES = tuple(Sense)
EACH = 2 * KINDS + KINDS * KINDS + 2
"""Numbers of one sense."""
SIZE = len(SENSES) * EACH + KINDS + 1
WEIGHTS, OFFSETS, CONFUSIONS = slice(0, KINDS), slice(KINDS, 2 * KINDS), slice(2 * KINDS, 2 * KINDS + KINDS * KINDS)
RELIABILITY, SHARPNESS = EACH - 2, EACH - 1
MOST = 12.0
"""Steps that a number may be away from what is shipped; a head beyond it is broken or made to harm."""
SURE = 1e-6
"""Nearest that a reliability comes to 0 and 1."""


def _scale() -> Floats:
    each = np.empty(EACH)
    each[WEIGHTS], each[OFFSETS], each[CONFUSIONS], each[RELIABILITY], each[SHARPNESS] = 0.2, 0.5, 0.5, 1.0, 0.3
    return np.concatenate([np.tile(each, len(SENSES)), np.full(KINDS, 0.5), [0.2]])


SCALE = _scale()
"""(SIZE,) what one step of each number is. By what a fit on held-out predictions moves them (docs/fleet/learning.md)."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """A pool as arrays; the senses in the order of Sense.

    Attributes:
        weights: (3, 7).
        offsets: (3, 7).
        confusions: (3, 7, 7).
        reliability: (3,) 0 to 1.
        sharpness: (3,) 0 or more.
        usual: (3,) quality from which on a Reading is trusted in full.
        knows: (3, 7) whether the sense can tell the emotion.
        prior: (7,).
        temperature: of the sum of what the senses add.
    """

    weights: Floats
    offsets: Floats
    confusions: Floats
    reliability: Floats
    sharpness: Floats
    usual: Floats
    knows: NDArray[np.bool_]
    prior: Floats
    temperature: float


def nothing() -> Vector:
    """The head that changes nothing."""
    return np.zeros(SIZE, np.float32)


def checked(head: NDArray[np.floating]) -> Vector:
    """``head`` (SIZE,) itself. Raises FleetError where it is no head, or has a number out of bounds."""
    if head.shape != (SIZE,):
        problem = f"a head has the shape {head.shape}, wanted is ({SIZE},)"
        raise FleetError(problem, "Bring the devices and the coordinator to the same version")
    wrong = np.flatnonzero(~(np.abs(head) <= MOST))  # so that NaN is wrong as well
    if wrong.size:
        problem = f"a head has {head[wrong[0]]:g} at place {wrong[0]}, allowed is -{MOST:g} to {MOST:g}"
        raise FleetError(problem, "Keep the head before it, and check who made this one")
    return head.astype(np.float32)


def numbers_of(head: NDArray[np.floating], base: Pool) -> Numbers:
    """What ``head`` (SIZE,) makes of the shipped pool ``base``."""
    trusts = [base.trusts[sense] for sense in SENSES]
    steps = np.asarray(head, np.float64) * SCALE
    each = steps[: len(SENSES) * EACH].reshape(len(SENSES), EACH)
    sure = np.clip([trust.reliability for trust in trusts], SURE, 1 - SURE)
    logit = np.log(sure / (1 - sure)) + each[:, RELIABILITY]
    return Numbers(
        weights=np.array([trust.weights for trust in trusts]) + each[:, WEIGHTS],
        offsets=np.array([trust.offsets for trust in trusts]) + each[:, OFFSETS],
        confusions=_confusions(trusts) + each[:, CONFUSIONS].reshape(len(SENSES), KINDS, KINDS),
        reliability=np.clip(1 / (1 + np.exp(-logit)), SURE, 1 - SURE),
        sharpness=np.array([trust.sharpness for trust in trusts]) * np.exp(each[:, SHARPNESS]),
        usual=np.array([trust.usual_quality for trust in trusts]),
        knows=np.array([trust.knows for trust in trusts]),
        prior=np.array(base.prior) + steps[-1 - KINDS : -1],
        temperature=base.temperature * float(np.exp(steps[-1])),
    )


def pool_of(head: NDArray[np.floating], base: Pool) -> Pool:
    """The pool of a head (SIZE,); of one that is all zero ``base`` itself. Raises FleetError."""
    head = checked(head)
    if not head.any():
        return base
    numbers = numbers_of(head, base)
    trusts = {
        sense: Trust(
            reliability=float(numbers.reliability[place]),
            weights=tuple(numbers.weights[place].tolist()),
            offsets=tuple(numbers.offsets[place].tolist()),
            knows=base.trusts[sense].knows,
            usual_quality=base.trusts[sense].usual_quality,
            sharpness=float(numbers.sharpness[place]),
            confusions=tuple(tuple(row) for row in numbers.confusions[place].tolist()),
        )
        for place, sense in enumerate(SENSES)
    }
    return Pool(trusts, tuple(numbers.prior.tolist()), numbers.temperature, f"{base.name}, as it was learned here")


def _confusions(trusts: list[Trust]) -> Floats:
    none = np.zeros((KINDS, KINDS))
    return np.array([np.array(trust.confusions) if trust.confusions else none for trust in trusts])
