"""Intervals by resampling rows, or whole speakers where rows of one speaker are alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

DRAWS = 1000
"""Resamples for a 95 % percentile interval (Efron & Tibshirani, An Introduction to the Bootstrap, 1993, ch. 13)."""
AT_ONCE = 100
"""Resamples that are held in memory together."""


def weights(rows: int, clusters: Ints | None = None, seed: int = 0) -> Iterator[Floats]:
    """DRAWS resamples as how often each row was drawn, (AT_ONCE, rows) at a time.

    Args:
        rows: how many there are.
        clusters: (rows,) number of each row's cluster, 0 to k - 1. Clusters are then drawn instead of rows (Davison &
            Hinkley, Bootstrap Methods and their Application, 1997, section 3.8), and an interval says what would happen
            with other speakers, not with other clips of the same ones.
        seed: of the draws.
    """
    generator = np.random.default_rng(seed)
    units = rows if clusters is None else int(clusters.max()) + 1
    for _ in range(0, DRAWS, AT_ONCE):
        drawn = generator.integers(0, units, size=(AT_ONCE, units)) + np.arange(AT_ONCE)[:, None] * units
        counts = np.bincount(drawn.ravel(), minlength=AT_ONCE * units).reshape(AT_ONCE, units)
        yield (counts if clusters is None else counts[:, clusters]).astype(np.float64)


def intervals(
    figures: Callable[[Floats], dict[str, Floats]], rows: int, clusters: Ints | None = None, seed: int = 0
) -> dict[str, tuple[Floats, Floats]]:
    """The 95 % interval (low, high) of each figure.

    Args:
        figures: from weights (draws, rows) to figures by name, each (draws, …); NaN where a resample has none.
        rows: as for ``weights``.
        clusters: as for ``weights``.
        seed: as for ``weights``.
    """
    drawn = [figures(part) for part in weights(rows, clusters, seed)]
    ends = {}
    for name in drawn[0]:
        values = np.concatenate([part[name] for part in drawn])
        low, high = np.nanpercentile(values, [2.5, 97.5], axis=0)
        ends[name] = (low, high)
    return ends
