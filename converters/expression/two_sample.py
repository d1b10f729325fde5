"""Can drawn vectors be told from measured ones? By a classifier, by the mean discrepancy, by how diverse they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from converters.bootstrap import intervals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

FOLDS = 5
PERMUTATIONS = 500


@dataclass(frozen=True, slots=True)
class Found:
    """Figures of one comparison.

    Attributes:
        n: measured rows, and as many drawn.
        accuracy: of a classifier on rows it did not learn; 0.5 says that it cannot tell. low, high: 95 % interval.
        mmd: squared discrepancy, unbiased, so that about 0 says no difference, and less can come out.
        p: share of permutations with as much of it.
        deviations: (parts,) deviation of what was drawn over that of what was measured.
        distance: the same of the mean distance between two rows.
    """

    n: int
    accuracy: float
    low: float
    high: float
    mmd: float
    p: float
    deviations: tuple[float, ...]
    distance: float


def compare(
    measured: Floats,
    draws: Sequence[Floats],
    clusters: Ints | None = None,
    copies: Sequence[Ints] | None = None,
    seed: int = 0,
) -> Found:
    """The figures of ``measured`` (n, parts) and several ``draws`` of that shape, standardised by what was measured.

    Args:
        measured: rows of people.
        draws: as many rows of a generator, drawn again and again; figures are means over them, p is their median.
        clusters: (n,) whose row it is, 0 to k - 1, where rows of one person are alike; the interval is then over
            people.
        copies: for each of ``draws`` (n,) the row of ``measured`` that it repeats, -1 for none: a classifier must not
            learn one and be asked of the other.
        seed: of folds, permutations and resamples.
    """
    mean, deviation = measured.mean(axis=0), measured.std(axis=0)
    real = (measured - mean) / deviation
    made = [(draw - mean) / deviation for draw in draws]
    same = copies or [np.full(len(real), -1)] * len(made)
    right = np.mean([told_apart(real, one, seed + place, same[place]) for place, one in enumerate(made)], axis=0)
    both = None if clusters is None else np.concatenate([clusters, clusters])
    ends = intervals(lambda w: {"a": w @ right / w.sum(axis=1)}, len(right), both, seed)["a"]
    discrepancies = [discrepancy(real, one, seed + place) for place, one in enumerate(made)]
    spread = np.mean([one.std(axis=0) for one in made], axis=0)
    return Found(
        len(real),
        float(right.mean()),
        float(ends[0]),
        float(ends[1]),
        float(np.mean([mmd for mmd, _ in discrepancies])),
        float(np.median([p for _, p in discrepancies])),
        tuple(float(one) for one in spread / real.std(axis=0)),
        float(np.mean([mean_distance(one) for one in made])) / mean_distance(real),
    )


def told_apart(real: Floats, made: Floats, seed: int, copies: Ints | None = None) -> Floats:
    """(2 n,) 1 where a classifier that did not learn the row says rightly whether it was measured or drawn.

    Lopez-Paz & Oquab, Revisiting Classifier Two-Sample Tests, 2017, with boosted trees: they see a shape as well as a
    shift. A measured row and the drawn one of the same place are in one fold, so that no fold leans; but one that
    repeats a measured row (``copies``, -1 for none) is in the fold of that.
    """
    from sklearn.ensemble import GradientBoostingClassifier

    n = len(real)
    rows, truth = np.concatenate([real, made]), np.repeat([1, 0], n)
    fold = np.tile(np.random.default_rng(seed).permutation(n) % FOLDS, 2)
    if copies is not None:
        fold[n:] = np.where(copies < 0, fold[n:], fold[copies])
    right = np.zeros(2 * n)
    for held in range(FOLDS):
        judge = GradientBoostingClassifier(
            n_estimators=60, max_depth=3, subsample=0.7, learning_rate=0.1, random_state=seed
        )
        judge.fit(rows[fold != held], truth[fold != held])
        right[fold == held] = judge.predict(rows[fold == held]) == truth[fold == held]
    return right


def discrepancy(real: Floats, made: Floats, seed: int) -> tuple[float, float]:
    """The squared maximum mean discrepancy, unbiased, and its p value by permutation.

    Gretton et al., A Kernel Two-Sample Test, JMLR 13, 2012, equation 3; Gaussian kernel, width the median distance.
    """
    rows = np.concatenate([real, made])
    squared = _squared_distances(rows)
    width = np.median(squared[np.triu_indices(len(rows), 1)])
    kernel = np.exp(-squared / width)
    np.fill_diagonal(kernel, 0.0)
    n = len(real)
    generator = np.random.default_rng(seed)
    sides = np.zeros((len(rows), PERMUTATIONS + 1))
    sides[:n, 0] = 1
    for column in range(1, PERMUTATIONS + 1):
        sides[generator.permutation(len(rows))[:n], column] = 1
    seen = kernel @ sides
    within = (sides * seen).sum(axis=0)
    across = ((1 - sides) * seen).sum(axis=0)
    others = kernel.sum() - within - 2 * across
    found = (within + others) / (n * (n - 1)) - 2 * across / n**2
    return float(found[0]), float((1 + np.count_nonzero(found[1:] >= found[0])) / (1 + PERMUTATIONS))


def mean_distance(rows: Floats) -> float:
    """Mean distance of two different rows."""
    return float(np.sqrt(_squared_distances(rows)).sum() / (len(rows) * (len(rows) - 1)))


def _squared_distances(rows: Floats) -> Floats:
    lengths = (rows**2).sum(axis=1)
    return np.asarray(np.maximum(lengths[:, None] + lengths - 2 * rows @ rows.T, 0.0))
