"""What denial does to a reading: "I am not happy" is not happy, whatever the model makes of the word "happy"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.affect import EMOTIONS, Emotion, Language
from edge.perception.text.lexicon.lookup import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.perception.text.lexicon.lookup import Match

REACH = {Language.EN: 4, Language.ZH: 4}
"""Words (characters) between a denial and what it denies, at most: "not in a very good mood", "不是那么的开心"."""
MOVED = 0.9
"""Share of a denied emotion's probability that goes elsewhere."""
INSTEAD = {Emotion.HAPPY: {Emotion.SAD: 0.6, Emotion.NEUTRAL: 0.25, Emotion.ANGRY: 0.15}}
"""Where it goes: who denies joy is rather sad; who denies anything else says that nothing is the matter."""


def denied(found: Sequence[Match], language: Language) -> list[Match]:
    """The words of emotion that are denied and whose emotion stands nowhere in the text undenied."""
    felt: set[Emotion | None] = set()
    candidates: list[Match] = []
    negators: list[int] = []
    for index, match in enumerate(found):
        kind = match.entry.kind
        if kind is Kind.NEGATOR:
            negators.append(match.last)
        elif kind in (Kind.END, Kind.BREAK):
            negators.clear()
        elif kind is Kind.EMOTION:
            count = sum(1 for end in negators if match.first - end <= REACH[language])
            after = found[index + 1] if index + 1 < len(found) else None
            count += after is not None and after.entry.kind is Kind.NEGATOR_AFTER and after.first == match.last
            if count % 2:  # two denials cancel out
                candidates.append(match)
            else:
                felt.add(match.entry.emotion)
    return [match for match in candidates if match.entry.emotion not in felt]


def without(probabilities: Sequence[float], emotions: set[Emotion]) -> tuple[float, ...]:
    """``probabilities`` after most of the weight of ``emotions`` has gone where INSTEAD says, else to neutral."""
    moved = list(probabilities)
    for emotion in EMOTIONS:
        if emotion in emotions:
            share = MOVED * probabilities[EMOTIONS.index(emotion)]
            moved[EMOTIONS.index(emotion)] -= share
            for other, part in INSTEAD.get(emotion, {Emotion.NEUTRAL: 1.0}).items():
                moved[EMOTIONS.index(other)] += share * part
    return tuple(moved)
