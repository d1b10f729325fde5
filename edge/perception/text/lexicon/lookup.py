"""Finds the lexicon's entries in a normalised text: the longest entry at each place, from left to right."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from edge.affect import Emotion, Language
from edge.data_file import read_table

if TYPE_CHECKING:
    from collections.abc import Sequence

_UNIT = {Language.EN: re.compile(r"[a-z]+(?:'[a-z]+)?|[,.;:!?…]"), Language.ZH: re.compile(r"\S")}
"""Words (English) or characters (Chinese), and the signs that end a clause."""
_CLAUSE_ENDS = frozenset(",.;:!?…，。；：！？、")


class Kind(Enum):
    """What an entry is for."""

    EMOTION = auto()
    NEGATOR = auto()
    NEGATOR_AFTER = auto()
    EXCEPTION = auto()
    INTENSIFIER = auto()
    BREAK = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; ``emotion`` is set for EMOTION only.

    ``idiom`` marks a turn of phrase, ``mild`` a word that also has other meanings and says little by itself ("down").
    """

    kind: Kind
    emotion: Emotion | None = None
    idiom: bool = False
    mild: bool = False


class Unit(NamedTuple):
    """One word or character and where it stands in the text; dozens are made of each sentence."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that was found: units ``first`` to ``last`` (exclusive)."""

    entry: Entry
    text: str
    first: int
    last: int


def read(name: str) -> dict[str, Any]:
    """The content of one of the lexicon's data files."""
    return read_table(files(__package__).joinpath(name))


def units_of(text: str, language: Language) -> list[Unit]:
    """Words or characters of a normalised ``text``, and the signs that end a clause."""
    return [Unit(m.group(), m.start(), m.end()) for m in _UNIT[language].finditer(text)]


class Lexicon:
    """Entries and common words of one language."""

    def __init__(self, language: Language) -> None:
        content = read(f"{language.value}.toml")
        self.language = language
        self._joint = " " if language is Language.EN else ""
        self._entries: dict[str, Entry] = {}
        self._lengths: dict[str, list[int]] = {}
        """How many units entries have that begin with a unit, the longest first."""
        self._add(sorted(_CLAUSE_ENDS), Entry(Kind.END))
        mild = frozenset(content["mild"])
        for emotion, words in read(f"{language.value}_idioms.toml")["idioms"].items():
            self._add(words, Entry(Kind.EMOTION, Emotion(emotion), idiom=True))
        for emotion, words in content["emotions"].items():
            self._add([word for word in words if word not in mild], Entry(Kind.EMOTION, Emotion(emotion)))
            self._add([word for word in words if word in mild], Entry(Kind.EMOTION, Emotion(emotion), mild=True))
        for kind, key in (
            (Kind.BREAK, "breaks"),
            (Kind.INTENSIFIER, "intensifiers"),
            (Kind.NEGATOR, "negators"),
            (Kind.NEGATOR_AFTER, "negators_after"),
        ):
            self._add(content.get(key, ()), Entry(kind))
        # A phrase that is also one of emotion ("can't believe") stays that; either way it denies nothing.
        self._add([phrase for phrase in content["exceptions"] if phrase not in self._entries], Entry(Kind.EXCEPTION))
        common = content["common"]["words"]
        self.common = frozenset(common.split() if language is Language.EN else common)

    def units(self, text: str) -> list[Unit]:
        """Words or characters of a normalised text."""
        return units_of(text, self.language)

    def find(self, units: Sequence[Unit]) -> list[Match]:
        """All entries in ``units``, without overlap."""
        found: list[Match] = []
        texts = [unit.text for unit in units]
        place = 0
        while place < len(units):
            for length in self._lengths.get(texts[place], ()):
                text = self._joint.join(texts[place : place + length])
                entry = self._entries.get(text) if place + length <= len(units) else None
                if entry is not None:
                    found.append(Match(entry, text, place, place + length))
                    place += length
                    break
            else:
                place += 1
        return found

    def known_share(self, units: Sequence[Unit], found: Sequence[Match]) -> float:
        """Share of words (characters) that are common or in an entry; 1 for a text without any."""
        covered = {i for match in found if match.entry.kind is not Kind.END for i in range(match.first, match.last)}
        words = [i for i, unit in enumerate(units) if unit.text[0].isalpha()]
        if not words:
            return 1.0
        return sum(1 for i in words if i in covered or units[i].text in self.common) / len(words)

    def _add(self, words: Sequence[str], entry: Entry) -> None:
        for word in words:
            self._entries[word] = entry
            parts = [unit.text for unit in units_of(word, self.language)]
            if not parts:
                continue  # a Chinese sign in English
            if self.language is Language.EN and len(parts) > 1:
                self._entries[" ".join(parts)] = entry
            lengths = {len(parts), *self._lengths.get(parts[0], ())}
            self._lengths[parts[0]] = sorted(lengths, reverse=True)


@cache
def lexicon(language: Language) -> Lexicon:
    """The one Lexicon of ``language``; read once."""
    return Lexicon(language)
