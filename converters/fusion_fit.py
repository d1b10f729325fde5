"""Fits the log-linear pool of ``edge.understanding.fusion`` on trios: maximum likelihood, regularised, by L-BFGS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from converters.calibration import calibration_error, softmax
from converters.fusion_figures import scenarios
from converters.fusion_sets import KINDS, MIXES, SENSES, labels, lessons, paired, shared
from edge.affect import EMOTIONS, Emotion, Sense
from edge.understanding.fusion import FLOOR, Pool, Trust

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from converters.fusion_readings import Heard
    from converters.fusion_sets import Trios

    Floats = NDArray[np.float64]

KNOWN = np.array(
    [[not (sense is Sense.VOICE and emotion is Emotion.SURPRISE) for emotion in EMOTIONS] for sense in SENSES]
)
"""(3, 7) what each sense can tell: the voice's model has no surprise."""
MANY = KNOWN.sum(axis=1)[:, None]
"""(3, 1) how many that are."""
EACH = 2 * KINDS + 2
"""Numbers of one sense: 7 weights, 7 offsets, the logit of its reliability, the logarithm of its sharpness."""
RELIABILITY, SHARPNESS = 2.5, -0.5
"""Where the last two begin: 0.92, and the square root of quality or so."""
LEAST_QUALITY = 1e-3
LESSONS = 16000
ITERATIONS = 300


@dataclass(frozen=True, slots=True)
class Ties:
    """How a pool is fitted: what its numbers are tied to, and how much nonsense it is to expect.

    Attributes:
        strength: factor of the squares by which numbers leave where they begin (all weights 1, all offsets 0).
        voice: more for the voice's weights and offsets: it knows hundreds of clips of few speakers, not thousands.
        nonsense: part of the lessons; see ``lessons``.
    """

    strength: float
    voice: float
    nonsense: float

    def vector(self) -> Floats:
        """One factor for each number; the temperature is free."""
        found = np.full(len(SENSES) * EACH + 1, self.strength)
        found[: len(SENSES) * EACH].reshape(len(SENSES), EACH)[SENSES.index(Sense.VOICE), : 2 * KINDS] *= self.voice
        found[-1] = 0.0
        return found


TIES = tuple(
    Ties(strength, voice, nonsense)
    for strength in (1e-3, 3e-3, 1e-2)
    for voice in (10.0, 100.0)
    for nonsense in (0.03, 0.06, 0.1, 0.2)
)
"""What is chosen among."""
GAIN, MOST_ECE = -0.01, 0.05
"""The bars: never further below the best sense that tells the truth, never less calibrated."""
CHECKED = 1500
"""Trios by which ties are judged, for each mix and scenario."""


@dataclass(frozen=True, slots=True)
class Fit:
    """The pool that was fitted, on how many lessons, by which ties, and what each of them was worth."""

    pool: Pool
    ties: Ties
    chosen: tuple[tuple[Ties, float], ...]


def fit(heard: Mapping[Sense, Heard], number: int = LESSONS, seed: int = 0, among: Sequence[Ties] = TIES) -> Fit:
    """The pool of the items given; ``among`` the ties the best is taken, told by items that were not fitted on.

    Each third of the items in turn is left out (of the voice, its speakers), and by how much the pool of the others
    falls short of the bars there is averaged.
    """
    usual = usual_quality(heard)
    worth = []
    for ties in among if len(among) > 1 else ():
        losses = []
        for third in range(3):
            rest = {sense: one.take(one.third != third) for sense, one in heard.items()}
            out = {sense: one.take(one.third == third) for sense, one in heard.items()}
            vector = solved(lessons(rest, number // 2, seed, ties.nonsense), usual, ties)
            losses.append(shortfall(vector, out, usual, seed))
        worth.append((ties, float(np.mean(losses))))
    best = min(worth, key=lambda pair: pair[1])[0] if worth else among[0]
    made = solved(lessons(heard, number, seed, best.nonsense), usual, best)
    return Fit(pool_of(made, usual), best, tuple(worth))


def shortfall(vector: Floats, heard: Mapping[Sense, Heard], usual: Floats, seed: int) -> float:
    """How far a pool falls short of the bars, summed over mixes and scenarios: in gain, and in calibration.

    Calibration is asked for where no sense talks nonsense, which nobody can be sure of.
    """
    short = 0.0
    for mix in MIXES:
        trios = paired(heard, CHECKED, labels(heard, mix, shared(heard)), seed)
        for one in scenarios(trios, heard, seed):
            if "beside" in one.name:
                continue
            said = probabilities(vector, one.trios, usual)
            alone = (one.trios.probabilities.argmax(axis=2) == one.trios.truth[:, None]).mean(axis=0)
            gain = float((said.argmax(axis=1) == one.trios.truth).mean() - alone[list(one.told)].max())
            short += max(0.0, GAIN - gain)
            if one.clean:
                short += max(0.0, calibration_error(said, one.trios.truth) - MOST_ECE)
    return short


def usual_quality(heard: Mapping[Sense, Heard]) -> Floats:
    """(3,) median quality of each sense's Readings."""
    return np.array([max(float(np.median(heard[sense].quality)), 0.05) for sense in SENSES])


def begin() -> Floats:
    """The vector from which the search starts."""
    vector = np.zeros(len(SENSES) * EACH + 1)
    each = _each(vector)
    each[:, :KINDS] = 1.0
    each[:, -2:] = RELIABILITY, SHARPNESS
    return vector


def solved(trios: Trios, usual: Floats, ties: Ties) -> Floats:
    """The vector with the least loss."""
    from scipy.optimize import minimize

    arguments = (trios, usual, ties.vector())
    found = minimize(loss, begin(), args=arguments, jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS})
    return np.asarray(found.x)


def pool_of(vector: Floats, usual: Floats) -> Pool:
    """What the vector says, rounded as the file has it."""
    trusts = {}
    for place, sense in enumerate(SENSES):
        one = _each(vector)[place]
        trusts[sense] = Trust(
            reliability=round(float(_sigmoid(one[-2])), 4),
            weights=tuple(round(float(value), 4) for value in one[:KINDS]),
            offsets=tuple(round(float(value), 4) for value in one[KINDS : 2 * KINDS]),
            knows=tuple(bool(known) for known in KNOWN[place]),
            usual_quality=round(float(usual[place]), 4),
            sharpness=round(float(np.exp(one[-1])), 4),
        )
    return Pool(trusts, temperature=round(float(np.exp(vector[-1])), 4), name="fusion-pool")


def probabilities(vector: Floats, trios: Trios, usual: Floats) -> Floats:
    """(n, 7) what the pool of a vector says: the device's formula, for many trios at once."""
    return _forward(vector, trios, usual).out


def loss(vector: Floats, trios: Trios, usual: Floats, ties: Floats) -> tuple[float, Floats]:
    """Mean negative log-likelihood with the squares of the ties, and its gradient."""
    one = _forward(vector, trios, usual)
    rows, off = np.arange(len(trios)), vector - begin()
    likely = np.maximum(one.out[rows, trios.truth], 1e-12)
    value = -float(np.mean(np.log(likely))) + float((ties * off**2).sum())
    back = one.out.copy()
    back[rows, trios.truth] -= 1
    back /= len(trios)
    to_mixed = (back[:, None] / one.heat) * trios.present[..., None] * KNOWN / one.mixed
    to_trust = (to_mixed * (one.said * MANY - 1)).sum(axis=2)
    to_said = to_mixed * one.trust[..., None] * MANY
    to_told = one.said * (to_said - (one.said * to_said).sum(axis=2, keepdims=True))
    slope = 2 * ties * off
    slopes = _each(slope)
    slopes[:, :KINDS] += (to_told * one.logs).sum(axis=0)
    slopes[:, KINDS : 2 * KINDS] += to_told.sum(axis=0)
    slopes[:, -2] += (to_trust * one.trust).sum(axis=0) * (1 - one.reliability)
    slopes[:, -1] += (to_trust * one.trust * np.log(one.quality)).sum(axis=0) * one.sharpness
    slope[-1] -= (back * one.total).sum() / one.heat
    return value, slope


class _Steps(NamedTuple):
    """What the pool computes on its way; (n, 3, 7) or (n, 3) where not said otherwise."""

    logs: Floats
    said: Floats
    quality: Floats
    trust: Floats
    mixed: Floats
    total: Floats
    """(n, 7)"""
    out: Floats
    """(n, 7)"""
    reliability: Floats
    """(3,)"""
    sharpness: Floats
    """(3,)"""
    heat: float


def _forward(vector: Floats, trios: Trios, usual: Floats) -> _Steps:
    each, heat = _each(vector), float(np.exp(vector[-1]))
    logs = np.log(np.maximum(trios.probabilities, FLOOR))
    told = np.where(KNOWN, each[:, :KINDS] * logs + each[:, KINDS : 2 * KINDS], -np.inf)
    said = np.exp(told - told.max(axis=2, keepdims=True))
    said /= said.sum(axis=2, keepdims=True)
    quality = np.clip(trios.quality / usual, LEAST_QUALITY, 1.0)
    reliability, sharpness = _sigmoid(each[:, -2]), np.exp(each[:, -1])
    trust = reliability * quality**sharpness
    mixed = 1 - trust[..., None] + trust[..., None] * said * MANY
    total = (np.where(KNOWN, np.log(mixed), 0.0) * trios.present[..., None]).sum(axis=1)
    out = softmax(total, heat)
    return _Steps(logs, said, quality, trust, mixed, total, out, reliability, sharpness, heat)


def _each(vector: Floats) -> Floats:
    """(3, EACH) view of a vector's numbers by sense."""
    return vector[: len(SENSES) * EACH].reshape(len(SENSES), EACH)


def _sigmoid(value: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-value)))
