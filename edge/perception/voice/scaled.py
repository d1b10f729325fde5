"""A measure that the model is given, and how it is brought to the size that an int8 holds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """The model gets ``(value - centre) / scale``, about [-2, 2].

    ``centre`` and ``scale`` are rounded means and deviations over EMO-DB; they only have to fit an int8.
    """

    name: str
    centre: float
    scale: float
