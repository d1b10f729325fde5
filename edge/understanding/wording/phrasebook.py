"""English phrases in another language.

The phrase itself is its message id, so perception and understanding know of no language: they say what they measured,
in English, and whoever tells it to a person translates it here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from edge.affect import Language
from edge.data_file import read_table

if TYPE_CHECKING:
    from collections.abc import Iterable

NUMBER = r"[-+]?\d[\d.,]*(?:e[-+]?\d+)?%?"
"""As the code writes numbers: signed, with decimals, an exponent, a percent sign."""
ONE_WORD = frozenset({"emotion", "sense", "side", "verb"})
"""Slots, also as ``{other_…}``, that hold a single word; it says where a phrase beside them ends."""
DEEPEST = 4
"""Phrases within phrases: a reason, in a list, in a reason."""
LONGEST = 1000
"""Characters of a phrase that is looked at; what is longer is no phrase of ours."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A phrase with slots, ready to be found in a text."""

    expression: re.Pattern[str]
    wording: str
    quotes: bool
    """Whether one of its slots holds words of the person."""


class Phrasebook:
    """``say`` fills the slots of a message, ``translate`` turns a finished English phrase into this language."""

    def __init__(self, language: Language) -> None:
        """English needs no file. Raises nothing: the files are part of the program and tests hold them."""
        self.language = language
        data: dict[str, Any] = {} if language is Language.EN else _data(language)
        self.between: str = data.get("between", " ")
        self._listing: str = data.get("listing", ", ")
        self._chaining: str = data.get("chaining", ", ")
        self._separating: str = data.get("separating", "; ")
        tables = [table for table in data.values() if isinstance(table, dict)]
        self.wordings: dict[str, str] = {message: wording for table in tables for message, wording in table.items()}
        self._patterns = _patterns(self.wordings)

    def say(self, message: str, **slots: object) -> str:
        """The message in this language, with ``slots`` filled in as they are. An unknown message is said in English."""
        return self.wordings.get(message, message).format(**slots)

    def joined(self, entries: Iterable[str]) -> str:
        """A list."""
        return self._listing.join(entries)

    def chained(self, clauses: Iterable[str]) -> str:
        """Clauses of one sentence."""
        return self._chaining.join(clauses)

    def separated(self, entries: Iterable[str]) -> str:
        """A list whose entries may hold commas of their own."""
        return self._separating.join(entries)

    def translate(self, phrase: str) -> str:
        """An English phrase in this language; the phrase itself where nobody has worded it yet."""
        if self.language is Language.EN:
            return phrase
        found = self.find(phrase)
        return phrase if found is None else found

    def find(self, phrase: str, depth: int = DEEPEST, *, quoting: bool = True) -> str | None:
        """The wording of an English phrase, None where there is none, or where it quotes and may not."""
        if phrase in self.wordings:
            return self.wordings[phrase]
        if depth == 0 or len(phrase) > LONGEST:
            return None
        for pattern in self._patterns:
            match = pattern.expression.fullmatch(phrase) if quoting or not pattern.quotes else None
            if match is not None:
                found = match.groupdict().items()
                slots = {slot: self._slot(slot, text, depth - 1, quoting=quoting) for slot, text in found}
                if None not in slots.values():
                    return pattern.wording.format(**slots)
        return None

    def _slot(self, slot: str, text: str, depth: int, *, quoting: bool) -> str | None:
        if _as_it_is(slot):
            return text
        if not slot.endswith("s"):
            return self.find(text, depth, quoting=quoting)
        entries = [self.find(entry, depth, quoting=quoting) for entry in _entries(text)]
        return None if None in entries else self._listing.join(entry for entry in entries if entry is not None)


@cache
def phrasebook(language: Language) -> Phrasebook:
    """The phrasebook of a language, made once."""
    return Phrasebook(language)


def ours(phrase: str) -> bool:
    """Whether every word of an English phrase is the program's own, so that nothing of it can be the person's.

    Chinese is asked, as its phrasebook has every phrase that there is; a test sees to that.
    """
    return phrasebook(Language.ZH).find(phrase, quoting=False) is not None


def _patterns(wordings: dict[str, str]) -> tuple[Pattern, ...]:
    """Those with slots, the one with the most text of its own first: it is the closest where several fit."""
    slotted = [message for message in wordings if "{" in message]
    slotted.sort(key=lambda message: -len(re.sub(r"\{\w+\}", "", message)))
    return tuple(Pattern(_expression(message), wordings[message], "{said" in message) for message in slotted)


def _expression(message: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", message)
    text = [f"(?P<{part}>{_form(part)})" if place % 2 else re.escape(part) for place, part in enumerate(parts)]
    return re.compile("".join(text), re.DOTALL)


def _form(slot: str) -> str:
    if _is_number(slot):
        return NUMBER
    if _as_it_is(slot):
        return ".+"
    return r"\S+" if slot.rpartition("_")[2] in ONE_WORD else ".+?"


def _is_number(slot: str) -> bool:
    return slot == "n" or slot.startswith("n_")


def _as_it_is(slot: str) -> bool:
    return _is_number(slot) or slot.startswith("said")


def _entries(text: str) -> list[str]:
    """The entries of a list: parted by commas that stand in no parentheses."""
    return re.split(r", (?![^(]*\))", text)


@cache
def _data(language: Language) -> dict[str, Any]:
    name = f"{language.value}.toml"
    return read_table(files("edge.understanding.wording").joinpath(name))
