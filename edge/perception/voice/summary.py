"""Means, deviations and percentiles of short tracks, dozens of times a hop.

The values are numpy's own, bit for bit but for the percentiles, which rest on doubles; numpy's functions take several
times as long, for the care given to axes, types and masks.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


def percentiles(values: Floats, wanted: tuple[float, ...]) -> list[float]:
    """The ``wanted`` percentiles of ``values`` (n,), n ≥ 1, linear between neighbours as ``np.percentile`` has them."""
    return of_sorted(np.sort(values), wanted)


def of_sorted(ordered: Floats, wanted: tuple[float, ...]) -> list[float]:
    """``percentiles`` of values that are sorted already."""
    found = []
    last = len(ordered) - 1
    for percent in wanted:
        place = percent / 100.0 * last
        below = int(place)
        part = place - below
        found.append(float(ordered[below]) * (1.0 - part) + float(ordered[min(below + 1, last)]) * part)
    return found


def mean(values: Floats) -> float:
    """Mean of ``values`` (n,) float32, n ≥ 1; a float32 as ``values.mean()`` is."""
    return float(np.float32(np.add.reduce(values) / len(values)))


def deviation(values: Floats, middle: float) -> float:
    """Deviation of ``values`` (n,) float32, n ≥ 1, whose mean is ``middle``; a float32 as ``values.std()`` is."""
    centred = values - middle
    return float(np.float32(sqrt(np.float32(np.add.reduce(centred * centred) / len(values)))))
