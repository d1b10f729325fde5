"""Whose feeling it is, by the nearest person before the word in its sentence: a very light parse."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from edge.affect import Language
from edge.perception.text.lexicon.phrases import Role, phrases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.perception.text.lexicon.lookup import Match, Unit
    from edge.perception.text.lexicon.phrases import Mark

_PERSONS = frozenset({Role.FIRST, Role.SECOND, Role.THIRD})
_SPEAKERS = frozenset({"me", "my", "myself", "我"})
_BEFORE_NAMES = frozenset("小老阿")
"""A Chinese sentence that begins with one of these and another character begins with a name (小王, 老李)."""


_LEADS_TO = frozenset("为对被跟替和向")
"""Words before the object of a feeling."""


class Holder(Enum):
    """Who feels; NOBODY named means the speaker."""

    NOBODY = auto()
    FIRST = auto()
    SECOND = auto()
    THIRD = auto()


def holder(match: Match, begin: int, marks: Sequence[Mark], units: Sequence[Unit], language: Language) -> Holder:
    """Who has the feeling ``match`` in the sentence that begins with unit ``begin``.

    In a turn of phrase with "my" in it the speaker has it. English subjects that no list has are told by the verb
    after them ("the villagers were afraid"), but only of words that say how their subject feels.
    """
    if any(units[i].text in _SPEAKERS for i in range(match.first, match.last)):
        return Holder.FIRST
    near = [mark for mark in marks if mark.last <= match.first]
    person = next((mark for mark in reversed(near) if mark.roles & _PERSONS), None)
    if language is Language.EN and match.text in phrases(language).states:
        verb = next((mark for mark in reversed(near) if Role.VERB in mark.roles), None)
        if (
            verb is not None
            and (person is None or person.last < verb.first)
            and _is_noun(verb.first - 1, begin, near, units)
        ):
            return Holder.THIRD
        if _is_possessed_or_third_verb(match, begin, near, units):
            return Holder.THIRD
    if person is None:
        named = language is Language.ZH and units[begin].text in _BEFORE_NAMES and match.first > begin + 2
        return Holder.THIRD if named else Holder.NOBODY
    if Role.FIRST in person.roles or (language is Language.ZH and _is_object(person, near, units)):
        return Holder.FIRST
    return Holder.SECOND if Role.SECOND in person.roles else Holder.THIRD


def _is_object(person: Mark, near: Sequence[Mark], units: Sequence[Unit]) -> bool:
    """Whether someone stands between the speaker and a feeling as its cause: "我为女儿…", "我被那条狗…"."""
    speaker = next((mark for mark in reversed(near) if Role.FIRST in mark.roles and mark.last <= person.first), None)
    return speaker is not None and any(units[i].text in _LEADS_TO for i in range(speaker.last, person.first))


def _is_noun(place: int, begin: int, marks: Sequence[Mark], units: Sequence[Unit]) -> bool:
    """Whether the unit may be a subject by itself: an ordinary word that no list has."""
    if place < begin or not units[place].text[0].isalpha():
        return False
    return not any(mark.first <= place < mark.last for mark in marks)


_THIRD_VERBS = frozenset(
    {"loves", "hates", "likes", "fears", "enjoys", "cries", "misses", "worries", "adores", "laughs"}
)


def _is_possessed_or_third_verb(match: Match, begin: int, marks: Sequence[Mark], units: Sequence[Unit]) -> bool:
    """Whether it is "Tom hates", "Anna's angry": the word right before is the subject."""
    before = match.first - 1
    while before >= begin and units[before].text in ("so", "very", "really", "always", "also", "still", "just"):
        before -= 1
    if match.text in _THIRD_VERBS:
        return _is_noun(before, begin, marks, units)
    return before >= begin and units[before].text.endswith("'s") and _is_noun(before, begin, marks, units)
