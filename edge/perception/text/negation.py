"""What a denial reaches: "I am not happy" names joy and denies it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.affect import Emotion, Language
from edge.perception.text.lexicon.lookup import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.perception.text.lexicon.lookup import Match

REACH = {Language.EN: 4, Language.ZH: 4}
"""Words (characters) between a denial and what it denies, at most: "not in a very good mood", "不是那么的开心"."""


def is_denied(index: int, found: Sequence[Match], language: Language) -> bool:
    """Whether the entry at ``index`` is denied: by an odd number of denials, since two cancel out.

    A denial reaches REACH units, and not past the end of its clause.
    """
    match = found[index]
    count = 0
    for other in reversed(found[:index]):
        if other.entry.kind in (Kind.END, Kind.BREAK) or match.first - other.last > REACH[language]:
            break
        count += other.entry.kind is Kind.NEGATOR
        if other.text == "nor":  # the "neither" before it denies something else
            break
    after = found[index + 1] if index + 1 < len(found) else None
    count += after is not None and after.entry.kind is Kind.NEGATOR_AFTER and after.first == match.last
    return count % 2 == 1


def denied(found: Sequence[Match], language: Language) -> list[Match]:
    """The words of emotion that are denied and whose emotion stands nowhere in the text undenied."""
    named = [
        (match, is_denied(index, found, language))
        for index, match in enumerate(found)
        if match.entry.kind is Kind.EMOTION and match.entry.emotion is not Emotion.NEUTRAL
    ]
    felt = {match.entry.emotion for match, is_not in named if not is_not}
    return [match for match, is_not in named if is_not and match.entry.emotion not in felt]
