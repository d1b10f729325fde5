"""Calibrated late fusion: a log-linear pool over the senses that are there, each of which may be talking nonsense.

p(e) ∝ prior(e) · ∏ₛ fₛ(e)^(mₛ / T), after Genest & Zidek (1986), Combining probability distributions, Statistical
Science 1(1). What one sense adds is a mixture: with probability t it means what it says, else it could say anything:

    fₛ(e) = 1 − tₛ + tₛ · K · cₛ(e)        cₛ = softmax(wₛ,ₑ · log pₛ(e) + bₛ,ₑ) over the K emotions that it knows
    tₛ = reliability · min(1, quality / usual quality) ^ sharpness

So no sense alone can veto an emotion, and one that contradicts two others is outvoted: that is what a bounded
likelihood does (Huber & Ronchetti, Robust Statistics, 2009, ch. 1; the mixture is that of Box & Tiao, A Bayesian
approach to some outlier problems, Biometrika 55, 1968). m is what the user set for the sense times its fading with
age. A sense that is absent, abstains or has faded has f = 1 and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from typing import TYPE_CHECKING

from edge.affect import EMOTIONS, Affect, Emotion, Reading, Sense

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
"""Least probability that enters a logarithm. On held-out data the surest answers of our models are wrong about once in
a hundred times."""
KINDS = len(EMOTIONS)
SENSES = tuple(Sense)


@dataclass(frozen=True, slots=True)
class Trust:
    """How one sense is taken.

    Attributes:
        reliability: chance that a Reading of usual quality means what it says, 0 to 1.
        weights: (7,) exponents, one for each emotion.
        offsets: (7,) added to the log-probabilities: what the model says too often or too seldom.
        knows: (7,) False for an emotion that the sense's model cannot tell; it then says nothing of it.
        usual_quality: quality from which on a Reading is trusted in full.
        sharpness: how fast trust falls below that; 0: not at all.
        confusions: (7, 7) or empty: added to the log-probability of the row's emotion, times the probability of the
            column's: what the model takes for another. Learned at home, see ``edge.learning.federated.head``.
    """

    reliability: float
    weights: tuple[float, ...] = (1.0,) * KINDS
    offsets: tuple[float, ...] = (0.0,) * KINDS
    knows: tuple[bool, ...] = (True,) * KINDS
    usual_quality: float = 1.0
    sharpness: float = 1.0
    confusions: tuple[tuple[float, ...], ...] = ()

    def at(self, quality: float) -> float:
        """Chance that a Reading of this quality means what it says."""
        share = min(1.0, quality / self.usual_quality)
        return self.reliability * share**self.sharpness if share > 0 else 0.0

    def logs(self, probabilities: tuple[float, ...], quality: float) -> list[float]:
        """(7,) log f(e): how much more, or less, likely each emotion is by this Reading."""
        offsets = self.offsets
        if self.confusions:
            offsets = tuple(
                [
                    offset + sum([number * p for number, p in zip(row, probabilities, strict=True)])
                    for offset, row in zip(offsets, self.confusions, strict=True)
                ]
            )
        terms = [
            exp(weight * log(max(p, FLOOR)) + offset) if known else 0.0
            for p, weight, offset, known in zip(probabilities, self.weights, offsets, self.knows, strict=True)
        ]
        trust = self.at(quality)
        scale = trust * sum(self.knows) / sum(terms)
        return [
            log(1.0 - trust + scale * term) if known else 0.0 for term, known in zip(terms, self.knows, strict=True)
        ]


_NO_SURPRISE = tuple(emotion is not Emotion.SURPRISE for emotion in EMOTIONS)


@dataclass(frozen=True, slots=True)
class Pool:
    """What the pool needs to know; fitted by ``python -m converters train fusion``.

    Attributes:
        trusts: of each sense.
        prior: (7,) log prior, up to a constant.
        temperature: divides the sum of what the senses add.
        name: what it is, for the log.
    """

    trusts: Mapping[Sense, Trust]
    prior: tuple[float, ...] = (0.0,) * KINDS
    temperature: float = 1.0
    name: str = "built in"


BUILT_IN = Pool(
    {
        Sense.FACE: Trust(0.8),
        Sense.VOICE: Trust(0.5, knows=_NO_SURPRISE),
        Sense.TEXT: Trust(0.9),
    }
)
"""By judgement, not fitted: what stands in where ``models/fusion-pool`` cannot be loaded."""


@dataclass(frozen=True, slots=True)
class Said:
    """A Reading, and what of it no time changes: worked out once, for a Reading counts for many States.

    Attributes:
        reading: which does not abstain.
        affect: that of the reading.
        weight: reliability × quality.
        logs: (7,) log f(e) / T, see the head of this file.
        information: nats away from "could be anything".
        label: the likeliest emotion.
        confidence: its probability.
    """

    reading: Reading
    affect: Affect
    weight: float
    logs: tuple[float, ...]
    information: float
    label: Emotion
    confidence: float

    @classmethod
    def of(cls, reading: Reading, affect: Affect, by: Pool) -> Said:
        """``reading``, whose affect it is, as the pool takes it."""
        trust = by.trusts[reading.sense]
        logs = tuple([value / by.temperature for value in trust.logs(affect.probabilities, reading.quality)])
        information = sum([p * log(p * KINDS) for p in affect.probabilities if p > 0])
        weight = trust.reliability * reading.quality
        return cls(reading, affect, weight, logs, information, affect.label, affect.confidence)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was said with its weight now, and the part of that which the user and its age leave it."""

    said: Said
    weight: float
    standing: float = 1.0

    @property
    def reading(self) -> Reading:
        """Where it comes from."""
        return self.said.reading


def heard(readings: Mapping[Sense, Reading], by: Pool = BUILT_IN) -> dict[Sense, Said]:
    """The Readings that do not abstain, as the pool takes them."""
    return {sense: Said.of(one, one.affect, by) for sense, one in readings.items() if one.affect is not None}


def weigh(said: Mapping[Sense, Said], factors: Mapping[Sense, float], now_ns: int) -> list[Evidence]:
    """What still counts, each with the user's factor × fading by age at ``now_ns`` × reliability × quality.

    They come in the order of Sense, so that it never matters which sense spoke first.
    """
    evidence = []
    for sense in SENSES:
        one = said.get(sense)
        if one is None:
            continue
        age = max(0.0, (now_ns - one.reading.captured_ns) / 1e9) / FADE_S[sense]
        standing = factors[sense] * exp(-age)
        weight = standing * one.weight
        if age < GONE_AFTER and weight >= LEAST_WEIGHT:
            evidence.append(Evidence(one, weight, standing))
    return evidence


def pool(evidence: list[Evidence], by: Pool = BUILT_IN) -> Affect:
    """The pooled distribution; valence and arousal are the weighted means of those of the senses."""
    if not evidence:
        return Affect.of((1 / KINDS,) * KINDS)
    total = valence = arousal = 0.0
    for item in evidence:
        total += item.weight
        valence += item.weight * item.said.affect.valence
        arousal += item.weight * item.said.affect.arousal
    return Affect(normalised(scores(evidence, by)), valence / total, arousal / total)


def scores(evidence: list[Evidence], by: Pool = BUILT_IN) -> list[float]:
    """(7,) log of prior × what each sense adds, not normalised."""
    sums = list(by.prior)
    for item in evidence:
        standing = item.standing
        sums = [value + standing * added for value, added in zip(sums, item.said.logs, strict=True)]
    return sums


def agreement(evidence: list[Evidence], by: Pool = BUILT_IN) -> float:
    """How well the senses go together: log of the mean over emotions of what they add, in nats.

    0 for one sense alone, up to log 7 (1.9) where all are sure of one emotion, below 0 where no emotion explains what
    they all say. It is the energy of the pooled logits, which tells what a model was not made for (Liu et al.,
    Energy-based Out-of-distribution Detection, NeurIPS 2020).
    """
    found = [value - prior for value, prior in zip(scores(evidence, by), by.prior, strict=True)]
    top = max(found)
    return top + log(sum(exp(value - top) for value in found) / KINDS)


def normalised(scores: list[float]) -> tuple[float, ...]:
    """Softmax of log scores."""
    top = max(scores)
    exponents = [exp(score - top) for score in scores]
    total = sum(exponents)
    return tuple([value / total for value in exponents])


def shares(evidence: list[Evidence]) -> tuple[tuple[Sense, float], ...]:
    """Each sense's part of the evidence, weight × information; sums to 1."""
    parts = [(item.weight * (0.05 + item.said.information), item.said.reading.sense) for item in evidence]
    if len(parts) > 1:
        parts.sort(key=_part, reverse=True)
    total = sum([part for part, _ in parts])
    return tuple([(sense, part / total) for part, sense in parts])


def _part(pair: tuple[float, Sense]) -> float:
    return pair[0]
