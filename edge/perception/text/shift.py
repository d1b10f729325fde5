"""How rules and parts change the model's distribution: log-linear, with fitted weights, and bounded.

    log p'(e) = (1 - a) log p(e | whole) + a Σ_i w_i log p(e | part i) + clip(Σ_r v_r direction_r(e), ±limit) + const

Weight v_r of each rule, w_i of each part. The w_i sum to 1 and grow with how late a part comes and how much feeling
the model finds in it. Such a pool keeps what both are sure of (Genest & Zidek, Combining probability distributions,
Statistical Science 1986). Rules never turn a distribution whose log-odds are beyond twice the limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import exp, log
from typing import TYPE_CHECKING

from edge.affect import EMOTIONS, Emotion, Language
from edge.perception.text.lexicon.lookup import read
from edge.perception.text.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.perception.text.rules import Direction

NEUTRAL = EMOTIONS.index(Emotion.NEUTRAL)
FLOOR = 1e-6
"""Least probability whose logarithm is taken."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Of one language: each rule's weight in nats, their ``limit`` in nats, and how parts are weighed.

    ``contrast`` and ``sentences`` are the share of the parts beside the whole, in a text with a contrast and in one
    with several sentences; ``later`` and ``felt`` are the exponents of a part's place (0 first, 1 last) and of its
    probability of any feeling.
    """

    rules: dict[Rule, float]
    limit: float
    contrast: float
    sentences: float
    later: float
    felt: float


@cache
def weights(language: Language) -> Weights:
    """The fitted Weights of ``language``; read once."""
    content = read("weights.toml")[language.value]
    rules = {Rule(name): float(value) for name, value in content.pop("rules").items()}
    return Weights(rules=rules, **content)


def pooled(whole: Sequence[float], parts: Sequence[Sequence[float]], by: Weights, *, contrasted: bool) -> list[float]:
    """Log-probabilities, up to a constant, of the ``whole`` and its ``parts``, each a distribution over EMOTIONS."""
    found = [log(max(p, FLOOR)) for p in whole]
    if not parts:
        return found
    last = max(1, len(parts) - 1)
    raw = [exp(by.later * place / last + by.felt * (1.0 - part[NEUTRAL])) for place, part in enumerate(parts)]
    total = sum(raw)
    of_parts = by.contrast if contrasted else by.sentences
    pool = [(1.0 - of_parts) * value for value in found]
    for weight, part in zip(raw, parts, strict=True):
        share = of_parts * weight / total
        for place, p in enumerate(part):
            pool[place] += share * log(max(p, FLOOR))
    return pool


def shift(fired: Sequence[tuple[Rule, Direction]], by: Weights) -> list[float]:
    """What the rules add to the log-probabilities, each within ±limit."""
    moved = [0.0] * len(EMOTIONS)
    for rule, direction in fired:
        weight = by.rules[rule]
        for place, part in enumerate(direction):
            if part:
                moved[place] += weight * part
    return [max(-by.limit, min(by.limit, value)) for value in moved]


def distribution(logs: Sequence[float], moved: Sequence[float]) -> tuple[float, ...]:
    """The distribution with these log-probabilities, up to a constant, after they were ``moved``."""
    sums = [value + by for value, by in zip(logs, moved, strict=True)]
    top = max(sums)
    raw = [exp(value - top) for value in sums]
    total = sum(raw)
    return tuple(value / total for value in raw)
