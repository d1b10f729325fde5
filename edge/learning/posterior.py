"""What feedback says of each kind of answer: Bayesian linear regression, and draws from it.

A verdict is +1 (helped) or -1 (not now). What is expected of it is linear: a part that is the same for every strategy
(some people always say that it helped) and a part for each strategy, both in the numbers of ``situation.vector``, with
Gaussian priors of mean 0, but for the place in the rules' order: each place further down is expected to help GAP less,
and how much it does for this person is learned as well. A draw from the posterior for the strategies in question is
Thompson sampling with linear payoffs (Agrawal & Goyal, ICML 2013).

It is worked out in function space: with n verdicts the n by n covariance of what they would be, and not that of the 300
weights (Rasmussen & Williams, Gaussian Processes for Machine Learning, 2006, eqs. 2.25, 2.26). So the verdicts are all
there is to keep, and what is forgotten is forgotten exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.learning.situation import FEATURES, lately, vector

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from numpy.typing import NDArray

    from edge.learning.situation import Situation

    Array = NDArray[np.float64]

MOST = 300
"""Verdicts that are looked at, the newest: the covariance is 0.7 MB, worked out anew with each verdict."""
HALF_LIFE = 150
"""Verdicts after which one counts half: people change, and so does what helps them."""
NOISE = 0.9
"""Deviation of a verdict around what is expected of it: at most 1, as it is +1 or -1."""
GAP = 0.35
"""By how much less each place in the rules' order is expected to help."""
WIDTH = 0.15
"""Of a draw, as part of the posterior's deviation: less than 1 explores less, which over few verdicts costs less
(Chapelle & Li, An Empirical Evaluation of Thompson Sampling, NIPS 2011, section 4)."""
DEVIATIONS: dict[str, tuple[float, float]] = {
    "always": (0.5, 0.4),
    "feels": (0.2, 0.8),
    "said": (0.1, 0.15),
    "after": (0.05, 0.1),
    "part": (0.15, 0.6),
    "place": (0.1, 0.15),
    "valence": (0.1, 0.2),
    "arousal": (0.1, 1.0),
    "confidence": (0.1, 0.1),
    "turns": (0.1, 0.2),
    "lately": (0.3, 0.2),
    "rank": (0.3, 0.0),
}
"""Prior deviation of a weight, by the first word of its feature: of the part for all strategies, and of each one's own.
Fitted on simulated households (``converters/evaluate_bandit.py``), on other people than those that are reported."""

SHARED, OWN = (np.array([DEVIATIONS[name.partition(" ")[0]][k] ** 2 for name in FEATURES]) for k in (0, 1))


class Posterior:
    """After some verdicts, the newest last.

    Args:
        answers: (situation, strategy, place in the rules' order from 0, verdict as +1.0 or -1.0) each.
    """

    def __init__(self, answers: Sequence[tuple[Situation, str, int, float]]) -> None:
        answers = answers[-MOST:]
        self.count = len(answers)
        self._strategies = np.array([strategy for _, strategy, _, _ in answers], dtype=object)
        self._rows = _rows([(situation, strategy, place) for situation, strategy, place, _ in answers])
        if not answers:
            return
        age = np.arange(len(answers))[::-1]
        noise = NOISE**2 * 2.0 ** (age / HALF_LIFE)
        self._root = np.linalg.cholesky(_covariance(self._rows, self._strategies) + np.diag(noise))
        missed = np.array([verdict - expected(place) for _, _, place, verdict in answers])
        self._weights = self._solved(missed)

    def of(
        self, situation: Situation, strategies: Sequence[str], places: Sequence[int] | None = None
    ) -> tuple[Array, Array]:
        """(k,) mean and (k, k) covariance of what is expected of ``strategies`` in ``situation``.

        ``places``: of each in the rules' order; by default as they stand.
        """
        ranked = list(range(len(strategies)) if places is None else places)
        rows = _rows([(situation, strategy, place) for strategy, place in zip(strategies, ranked, strict=True)])
        prior = np.array([expected(place) for place in ranked])
        return self._after(rows, np.array(strategies, dtype=object), prior)

    def over(self, situations: Sequence[Situation], strategy: str) -> tuple[float, float]:
        """Mean and deviation of what is expected of a strategy over situations, as if it stood first in the rules."""
        rows = _rows([(situation, strategy, 0) for situation in situations]).mean(axis=0, keepdims=True)
        mean, covariance = self._after(rows, np.array([strategy], dtype=object), np.array([expected(0)]))
        return float(mean[0]), float(np.sqrt(max(0.0, covariance[0, 0])))

    def _after(self, rows: Array, strategies: NDArray[np.object_], prior: Array) -> tuple[Array, Array]:
        covariance = _covariance(rows, strategies)
        if not self.count:
            return prior, covariance
        cross = _covariance(self._rows, self._strategies, rows, strategies)
        half = np.linalg.solve(self._root, cross)
        return prior + cross.T @ self._weights, covariance - half.T @ half

    def _solved(self, right: Array) -> Array:
        return np.linalg.solve(self._root.T, np.linalg.solve(self._root, right))


def expected(place: int) -> float:
    """What is expected of the strategy at ``place`` in the rules' order before anything was said of it."""
    return -GAP * place


def draw(mean: Array, covariance: Array, random: Random) -> Array:
    """(k,) one draw around ``mean``, WIDTH times as wide as the posterior."""
    values, vectors = np.linalg.eigh(covariance)
    scale = WIDTH * np.sqrt(np.clip(values, 0.0, None))
    return np.asarray(mean + vectors @ (scale * [random.gauss(0.0, 1.0) for _ in mean]))


def _rows(answers: Sequence[tuple[Situation, str, int]]) -> Array:
    """(n, len(FEATURES)) numbers of situation, strategy and rank each."""
    found = np.zeros((len(answers), len(FEATURES)))
    for row, (situation, strategy, rank) in zip(found, answers, strict=True):
        row[:] = vector(situation)
        row[-2:] = lately(situation, strategy), rank
    return found


def _covariance(
    rows: Array,
    strategies: NDArray[np.object_],
    others: Array | None = None,
    their: NDArray[np.object_] | None = None,
) -> Array:
    """Prior covariance of what is expected, (n, m)."""
    others = rows if others is None else others
    their = strategies if their is None else their
    same = strategies[:, None] == their[None, :]
    return np.asarray((rows * SHARED) @ others.T + same * ((rows * OWN) @ others.T))
