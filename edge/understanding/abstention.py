"""When the State is "unsure", and why, in words.

There is too little evidence, senses contradict each other or fit no feeling together, or none stands out.

To abstain is an answer: what may be left unanswered for which precision stands in docs/understanding/fusion.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from edge.affect import EMOTIONS, Affect, Emotion, Sense
from edge.section import Section
from edge.understanding.fusion import BUILT_IN, Evidence, Pool, agreement

if TYPE_CHECKING:
    from edge.understanding.settings import UnderstandingSettings

SUBJECT = {Sense.FACE: ("the face", "is"), Sense.VOICE: ("the voice", "is"), Sense.TEXT: ("the words", "are")}

PLEASANT = frozenset({Emotion.HAPPY})
UNPLEASANT = frozenset({Emotion.ANGRY, Emotion.DISGUST, Emotion.FEAR, Emotion.SAD})
"""The sides of a conflict; surprise may be of either kind, and neutral is of none."""


class AbstentionSettings(Section):
    """When senses that do not go together make the State unsure."""

    LIVE: ClassVar[frozenset[str]] = frozenset({"conflict", "conflict_weight", "least_agreement"})

    conflict: float = Field(
        default=0.6,
        ge=0,
        le=1,
        title="Conflict",
        description="two senses contradict each other when both are at least this sure, one of something pleasant and"
        " one of something unpleasant; 1: hardly ever",
    )
    conflict_weight: float = Field(
        default=0.25,
        ge=0,
        le=1,
        title="Weight in a conflict",
        description="a sense must weigh at least this part of the heaviest to contradict it: a face seen from the side"
        " does not contradict clear words",
    )
    least_agreement: float = Field(
        default=-1.0,
        ge=-20,
        le=0,
        title="Least agreement",
        description="below this the senses together fit no feeling that is known (nats; 0 for one sense alone, above"
        " 0 where they agree), and the State is unsure; -20: never",
    )


def doubt(
    affect: Affect, evidence: list[Evidence], settings: UnderstandingSettings, silence: str, by: Pool = BUILT_IN
) -> str | None:
    """Why no label is given, as a clause; None when one may be.

    Args:
        affect: what is believed.
        evidence: what counts now.
        settings: the thresholds.
        silence: which senses abstain and why, in words; empty when none does.
        by: the pool that the evidence is weighed by.
    """
    if not evidence:
        return "nothing to go by: " + (silence or "no sense has said anything yet")
    strife = conflict(evidence, settings.abstention) or strangeness(evidence, settings.abstention, by)
    if strife is not None:
        return strife
    total = sum([item.weight for item in evidence])
    if total < settings.min_evidence:
        return f"too little evidence ({total:.2f}, {settings.min_evidence:.2f} is needed)"
    if affect.confidence < settings.min_confidence:
        ranked = sorted(zip(affect.probabilities, EMOTIONS, strict=True), reverse=True)[:2]
        told = ", ".join(f"{emotion} {p:.2f}" for p, emotion in ranked)
        return f"no feeling stands out ({told})"
    return None


def conflict(evidence: list[Evidence], settings: AbstentionSettings) -> str | None:
    """Two senses that are sure of a pleasant and of an unpleasant feeling, in plain words; None when there are none."""
    if len(evidence) < 2:  # noqa: PLR2004 - one sense does not contradict itself
        return None
    heaviest = max([item.weight for item in evidence])
    least = settings.conflict_weight * heaviest
    sure = [item.said for item in evidence if item.said.confidence >= settings.conflict and item.weight >= least]
    glad = [said for said in sure if said.label in PLEASANT]
    sorry = [said for said in sure if said.label in UNPLEASANT]
    if not glad or not sorry:
        return None
    one, other = glad[0], sorry[0]
    subject, verb = SUBJECT[one.reading.sense]
    opposed, denies = SUBJECT[other.reading.sense]
    numbers = f"{one.label} {one.confidence:.2f} against {other.label} {other.confidence:.2f}"
    return f"{subject} {verb} cheerful, {opposed} {denies} not ({numbers})"


def strangeness(evidence: list[Evidence], settings: AbstentionSettings, by: Pool = BUILT_IN) -> str | None:
    """Senses that fit no feeling together, in words; None where they do, or there is only one."""
    if len(evidence) < 2:  # noqa: PLR2004 - one sense always fits itself
        return None
    found = agreement(evidence, by)
    if found >= settings.least_agreement:
        return None
    said = ", ".join(f"{SUBJECT[item.reading.sense][0]} {item.said.label}" for item in evidence)
    return f"the senses fit no feeling together ({said}: {found:.2f}, {settings.least_agreement:.2f} is needed)"
