"""Each rule of context as a direction in which it moves the log-probabilities; how far is fitted (weights.toml).

A rule that finds nothing moves nothing. Directions are in units of EMOTIONS, the weights in nats.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from edge.affect import EMOTIONS, Emotion
from edge.perception.text.context import Place, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.perception.text.context import Context, Feeling

Direction = tuple[float, ...]
"""(len(EMOTIONS),)"""


class Rule(StrEnum):
    """Name of a rule, here and in weights.toml."""

    WORD = "word"
    MILD = "mild"
    IDIOM = "idiom"
    SIGN = "sign"
    LAUGHTER = "laughter"
    CALM = "calm"
    STRONG = "strong"
    WEAK = "weak"
    YIELDING = "yielding"
    EARLIER = "earlier"
    DENIED_JOY = "denied_joy"
    DENIED = "denied"
    OTHERS = "others"
    ASKED = "asked"
    QUESTION = "question"
    IMAGINED = "imagined"
    PAST = "past"
    SUPPOSED = "supposed"
    MISSED = "missed"
    WISH = "wish"
    REPROACH = "reproach"
    REPORTED = "reported"
    IRONY = "irony"
    LOUD = "loud"


def _direction(**parts: float) -> Direction:
    return tuple(parts.get(emotion.value, 0.0) for emotion in EMOTIONS)


TOWARDS = {emotion: _direction(**{emotion.value: 1.0}) for emotion in EMOTIONS}
AWAY = {emotion: _direction(**{emotion.value: -1.0, "neutral": 1.0}) for emotion in EMOTIONS}
"""From a feeling that nobody here has, to none."""
FROM_JOY = _direction(happy=-1.0, sad=1.0, angry=0.4, neutral=0.5)
"""Who denies joy is rather sad, sometimes angry, sometimes merely indifferent."""
LOSS = _direction(sad=1.0, happy=-1.0)
REBUKE = _direction(angry=1.0, happy=-1.0)
SOUR = _direction(happy=-1.0, angry=1.0, sad=0.3, surprise=-0.5)
CALMED = _direction(neutral=1.0)
MOVED = _direction(neutral=-1.0)

_UNFELT = {
    Status.ASKED: Rule.ASKED,
    Status.IMAGINED: Rule.IMAGINED,
    Status.PAST: Rule.PAST,
    Status.OTHERS: Rule.OTHERS,
}


def fired(
    context: Context, *, loud: bool, counted: Callable[[Feeling], bool] = lambda _: True
) -> list[tuple[Rule, Direction]]:
    """The rules that apply, each with its direction, at most once for each.

    Args:
        context: of a text.
        loud: it is shouted: in capitals, with letters drawn out, or with several exclamation marks.
        counted: which feelings count.
    """
    found: dict[tuple[Rule, Direction], None] = {}
    feelings = [feeling for feeling in context.feelings if counted(feeling)]
    felt = any(feeling.status is Status.FELT and feeling.emotion is not Emotion.NEUTRAL for feeling in feelings)
    denied = {feeling.emotion for feeling in feelings if feeling.status is Status.DENIED}
    for feeling in feelings:
        for rule, direction in _of_feeling(feeling, felt=felt, neither=len(denied) > 1):
            found[rule, direction] = None
    for emotion in context.signs.emotions:
        found[Rule.SIGN, TOWARDS[emotion]] = None
    for holds, rule, direction in (
        (context.signs.laughs, Rule.LAUGHTER, TOWARDS[Emotion.HAPPY]),
        (context.wish, Rule.WISH, LOSS),
        (context.reproach, Rule.REPROACH, REBUKE),
        (context.ironic, Rule.IRONY, SOUR),
        (context.supposed, Rule.SUPPOSED, CALMED),
        (context.asked and not felt, Rule.QUESTION, CALMED),
        (context.reported and not felt, Rule.REPORTED, CALMED),
        (loud, Rule.LOUD, MOVED),
    ):
        if holds:
            found[rule, direction] = None
    return list(found)


def _of_feeling(feeling: Feeling, *, felt: bool, neither: bool) -> list[tuple[Rule, Direction]]:
    """The rules of one feeling; ``felt``: one is felt in the text; ``neither``: several are denied in it."""
    emotion, status = feeling.emotion, feeling.status
    if status is Status.DENIED:
        if feeling.place is not Place.MAIN and felt:
            return []
        if emotion is Emotion.HAPPY and not neither:
            return [(Rule.DENIED_JOY, FROM_JOY)]
        return [(Rule.DENIED, AWAY[emotion])]
    if status is Status.MISSED:
        return [(Rule.MISSED, LOSS)] if emotion is Emotion.HAPPY else [(Rule.IMAGINED, AWAY[emotion])]
    if status is not Status.FELT:
        return [] if felt else [(_UNFELT[status], AWAY[emotion])]
    return _of_felt(feeling)


def _of_felt(feeling: Feeling) -> list[tuple[Rule, Direction]]:
    emotion, entry = feeling.emotion, feeling.match.entry
    if feeling.place is not Place.MAIN:
        return [(Rule.EARLIER if feeling.place is Place.EARLIER else Rule.YIELDING, TOWARDS[emotion])]
    kind = Rule.IDIOM if entry.idiom else Rule.MILD if entry.mild else Rule.WORD
    if emotion is Emotion.NEUTRAL:
        kind = Rule.CALM
    rules = [(kind, TOWARDS[emotion])]
    if feeling.strength:
        rules.append((Rule.STRONG if feeling.strength > 0 else Rule.WEAK, TOWARDS[emotion]))
    return rules
