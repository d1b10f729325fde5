"""What in the words led to the reading, told with the words themselves."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING

from edge.affect import Cue, Emotion, Language
from edge.perception.text.context import Status
from edge.perception.text.lexicon.lookup import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from edge.accelerators.card import Head
    from edge.perception.text.context import Context
    from edge.perception.text.lexicon.lookup import Lexicon, Match, Unit
    from edge.perception.text.target import Target

LEAST_DROP = 0.05
"""A word whose absence lowers the probability by less is not told."""
LEAST_FINE = 0.3
"""A fine label that is less probable is not told, even where its threshold is lower."""
LEAST_LOGIT = -0.85
"""Just under the logit of LEAST_FINE: most fine labels lie lower and need no exponential."""
LONGEST_CLAUSE = 8
"""Characters of a Chinese clause that are left out together when no lexicon entry is in it."""
DECISIVE = 0.15
"""When the absence of a word lowers the probability by this much no other is tried: in 49 of 50 sentences (GoEmotions
dev, CPED valid) it is the one whose absence lowers it most."""
MANY_SIGNS = 3
"""Exclamation marks, or words of strength, that count as the most notable."""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the normalised text that may have decided."""

    start: int
    end: int


def spans(
    units: Sequence[Unit],
    found: Sequence[Match],
    denied: Sequence[Match],
    lexicon: Lexicon,
    *,
    label: Emotion,
    most: int,
) -> list[Span]:
    """At most ``most`` parts worth leaving out.

    First words of the emotion ``label`` with what strengthens them, then words of other emotions, then content.
    """
    chosen: list[Span] = []
    others: list[Span] = []
    for index, match in enumerate(found):
        if match.entry.kind is Kind.EMOTION and match not in denied:
            before = found[index - 1] if index else None
            strengthened = before is not None and before.entry.kind is Kind.INTENSIFIER and before.last == match.first
            first = before.first if before is not None and strengthened else match.first
            of_label = match.entry.emotion is label
            (chosen if of_label else others).append(Span(units[first].start, units[match.last - 1].end))
    chosen += others
    if len(chosen) < most:
        covered = {i for match in found for i in range(match.first, match.last)}
        chosen += _content(units, covered, lexicon)
    return chosen[:most]


def words_cue(text: str, span: Span, drop: float) -> Cue:
    """The words that moved the decision most; ``drop`` is what the label loses when they are left out."""
    quoted = f'"{text[span.start : span.end].strip(" ?!.,")}"'
    return Cue("words", round(drop, 3), "", quoted, min(1.0, drop * 1.5), quotes=True)


def sign_cues(text: str, found: Sequence[Match], denied: Sequence[Match]) -> list[Cue]:
    """Denial, words of strength and exclamation marks."""
    cues = [Cue("negation", 1.0, "", f'"{match.text}" is denied', 0.6, quotes=True) for match in denied]
    strong = [match.text for match in found if match.entry.kind is Kind.INTENSIFIER]
    if strong:
        told = ", ".join(f'"{word}"' for word in dict.fromkeys(strong))
        strength = min(1.0, len(strong) / MANY_SIGNS)
        cues.append(Cue("intensity", float(len(strong)), "words", f"strong words: {told}", strength, quotes=True))
    marks = text.count("!")
    if marks:
        cues.append(Cue("exclamation", float(marks), "marks", "exclamation", min(1.0, marks / MANY_SIGNS)))
    return cues


def fine_cues(logits: NDArray[np.float32], head: Head) -> list[Cue]:
    """The finest word for the feeling that is surely there, if any; ``logits`` (labels,) are those of the fine head."""
    thresholds = head.thresholds or (0.5,) * len(head.labels)
    values: list[float] = logits.tolist()
    sure = [
        (p, label)
        for value, label, least in zip(values, head.labels, thresholds, strict=True)
        if value > LEAST_LOGIT and label != Emotion.NEUTRAL and (p := 1 / (1 + exp(-value))) >= max(least, LEAST_FINE)
    ]
    return [Cue("fine", round(p, 3), "", f"sounds like {label}", p) for p, label in sorted(sure)[-1:]]


def context_cues(context: Context) -> list[Cue]:
    """What stands around the words of feeling and changes what they mean."""
    cues = [
        Cue(name, 1.0, "", phrase, 0.5)
        for name, phrase, holds in (
            ("hypothetical", "wished for, not so", context.wish),
            ("reproach", "another is wished to change", context.reproach),
            ("sarcasm", "may be meant the other way round", context.ironic),
            ("hypothetical", "supposed, not so", context.supposed and not context.wish),
            ("question", "a question, not a feeling", context.asked),
        )
        if holds
    ]
    if context.contrast is not None:
        phrase = f'what "{context.contrast}" sets against the rest weighs more'
        cues.append(Cue("contrast", 1.0, "", phrase, 0.4, quotes=True))
    others = [feeling.match.text for feeling in context.feelings if feeling.status is Status.OTHERS]
    if others:
        cues.append(Cue("reported", 1.0, "", f'"{others[0]}" is what another feels', 0.5, quotes=True))
    if context.signs.emotions:
        count = len(context.signs.emotions)
        cues.append(Cue("sign", float(count), "signs", f"a sign of {context.signs.emotions[-1]}", 0.5))
    idioms = [feeling.match.text for feeling in context.feelings if feeling.match.entry.idiom]
    if idioms:
        cues.append(Cue("idiom", 1.0, "", f'turn of phrase: "{idioms[-1]}"', 0.5, quotes=True))
    return cues


def target_cue(target: Target) -> Cue:
    """Who or what the feeling is about."""
    return Cue("target", 1.0, "", f'about "{target.text}"', 0.5, quotes=True)


def cut_cue(length: int, limit: int) -> Cue:
    """Says that only the beginning was read."""
    return Cue("length", float(length), "characters", f"only the first {limit} characters were read", 0.5)


def _content(units: Sequence[Unit], covered: set[int], lexicon: Lexicon) -> list[Span]:
    free = [i for i, unit in enumerate(units) if i not in covered and unit.text[0].isalpha()]
    if lexicon.language is Language.EN:
        rare = [i for i in free if units[i].text not in lexicon.common]
        return [Span(units[i].start, units[i].end) for i in rare]
    clauses: list[list[int]] = []
    for i in free:
        if clauses and clauses[-1][-1] == i - 1 and len(clauses[-1]) < LONGEST_CLAUSE:
            clauses[-1].append(i)
        else:
            clauses.append([i])
    clauses = sorted((clause for clause in clauses if len(clause) > 1), key=len, reverse=True)
    return [Span(units[clause[0]].start, units[clause[-1]].end) for clause in clauses]
