"""Finds the words of context in a normalised text: what contrasts, supposes, wishes, and who it is about."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from edge.affect import Language
from edge.perception.text.lexicon.lookup import read, units_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.perception.text.lexicon.lookup import Unit


class Role(StrEnum):
    """What a phrase does; the values are the tables of ``<language>_context.toml``."""

    CONTRAST = "contrasts"
    CONCESSION = "concessions"
    NO_CONTRAST = "no_contrasts"
    CONDITIONAL = "conditionals"
    MAYBE = "maybes"
    NO_CONDITIONAL = "no_conditionals"
    MISSED = "missed"
    PAST = "past"
    WISH = "wishes"
    NO_WISH = "no_wishes"
    REPROACH = "reproaches"
    FIRST = "first"
    SECOND = "second"
    THIRD = "third"
    VERB = "verbs"
    THING = "things"
    REPORT = "reports"
    REQUEST = "requests"
    OPENER = "openers"
    DIMINISHER = "diminishers"
    IRONY = "ironies"
    SARCASM = "sarcasms"
    MISHAP = "mishaps"


class Mark(NamedTuple):
    """A phrase that was found: units ``first`` to ``last`` (exclusive) and all that it may do."""

    roles: frozenset[Role]
    first: int
    last: int


class Phrases:
    """The words of context of one language."""

    def __init__(self, language: Language) -> None:
        content = read(f"{language.value}_context.toml")
        roles: dict[tuple[str, ...], set[Role]] = {}
        for role in Role:
            for phrase in content.get(role.value, ()):
                key = tuple(unit.text for unit in units_of(phrase, language))
                roles.setdefault(key, set()).add(role)
        self._of_length: dict[str, list[int]] = {}
        for key in roles:
            lengths = self._of_length.setdefault(key[0], [])
            if len(key) not in lengths:
                lengths.append(len(key))
        for lengths in self._of_length.values():
            lengths.sort(reverse=True)
        joint = " " if language is Language.EN else ""
        self._joint = joint
        self._roles = {joint.join(key): frozenset(found) for key, found in roles.items()}
        self.states = frozenset(content["states"])

    def find(self, units: Sequence[Unit]) -> list[Mark]:
        """The longest phrase at each place, from left to right, without overlap."""
        texts = [unit.text for unit in units]
        found: list[Mark] = []
        place, end = 0, len(texts)
        while place < end:
            for length in self._of_length.get(texts[place], ()):
                last = place + length
                roles = self._roles.get(self._joint.join(texts[place:last])) if last <= end else None
                if roles is not None:
                    found.append(Mark(roles, place, last))
                    place = last
                    break
            else:
                place += 1
        return found


@cache
def phrases(language: Language) -> Phrases:
    """The one Phrases of ``language``; read once."""
    return Phrases(language)
