"""Calibrated late fusion: a log-linear pool over the senses that are there.

p(e) ∝ prior(e) · ∏ₛ (pₛ(e) / prior(e))^wₛ with a uniform prior, after Genest & Zidek (1986), Combining probability
distributions, Statistical Science 1(1). A sense that is absent, abstains or has faded has w = 0 and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from typing import TYPE_CHECKING

from edge.affect import EMOTIONS, Affect, Reading, Sense

if TYPE_CHECKING:
    from collections.abc import Mapping

FADE_S: dict[Sense, float] = {Sense.FACE: 1.5, Sense.VOICE: 3.0, Sense.TEXT: 6.0}
"""Time constant with which a Reading loses weight. A face is seen anew ten times a second; a sentence stands for the
few seconds in which people answer it (gaps between turns are mostly under 1 s, turns last 2 to 6 s: Stivers et al.
2009, Heldner & Edlund 2010)."""
GONE_AFTER = 3.0
"""A Reading older than this many time constants (weight under 5 %) no longer counts as a sense in use."""
LEAST_WEIGHT = 1e-3
"""Evidence that weighs less is none."""
FLOOR = 0.01
"""Least probability that enters a logarithm: one sense alone can never veto an emotion, however sure its model is. On
held-out data the surest answers of ours are wrong about once in a hundred times."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One Reading with its weight now."""

    reading: Reading
    weight: float


def weigh(readings: Mapping[Sense, Reading], reliability: Mapping[Sense, float], now_ns: int) -> list[Evidence]:
    """The Readings that still count, each with reliability × quality × fading by its age at ``now_ns``."""
    evidence = []
    for sense, reading in readings.items():
        age = max(0.0, (now_ns - reading.captured_ns) / 1e9) / FADE_S[sense]
        weight = reliability[sense] * reading.quality * exp(-age)
        if reading.affect is not None and age < GONE_AFTER and weight >= LEAST_WEIGHT:
            evidence.append(Evidence(reading, weight))
    return evidence


def pool(evidence: list[Evidence]) -> Affect:
    """The pooled distribution; valence and arousal are the weighted means of those of the senses."""
    if not evidence:
        return Affect.of((1 / len(EMOTIONS),) * len(EMOTIONS))
    affects = [(item.reading.affect, item.weight) for item in evidence if item.reading.affect is not None]
    scores = [
        sum(weight * log(max(affect.probabilities[i], FLOOR) * len(EMOTIONS)) for affect, weight in affects)
        for i in range(len(EMOTIONS))
    ]
    total = sum(weight for _, weight in affects)
    valence = sum(weight * affect.valence for affect, weight in affects) / total
    arousal = sum(weight * affect.arousal for affect, weight in affects) / total
    return Affect(normalised(scores), valence, arousal)


def normalised(scores: list[float]) -> tuple[float, ...]:
    """Softmax of log scores."""
    top = max(scores)
    exponents = [exp(score - top) for score in scores]
    total = sum(exponents)
    return tuple(value / total for value in exponents)


def shares(evidence: list[Evidence]) -> tuple[tuple[Sense, float], ...]:
    """Each sense's part of the evidence, weight × information (nats away from "could be anything"); sums to 1."""
    parts = [(item.reading.sense, item.weight * (0.05 + _information(item.reading))) for item in evidence]
    total = sum(part for _, part in parts)
    return tuple((sense, part / total) for sense, part in sorted(parts, key=lambda pair: -pair[1]))


def _information(reading: Reading) -> float:
    if reading.affect is None:
        return 0.0
    return sum(p * log(p * len(EMOTIONS)) for p in reading.affect.probabilities if p > 0)
