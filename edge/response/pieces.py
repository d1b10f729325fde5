"""What a person said, in pieces: each as it was said, as it is told back, and what may be done with it.

A piece is a word in English, a character or a listed word in Chinese, or a run of marks. Telling back is copying
pieces in their order: a stretch that begins where a clause begins and ends where one ends, less what carries no fact.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from edge.affect import Language
from edge.response.telling import telling

if TYPE_CHECKING:
    from edge.response.telling import Telling

MOST = 40
"""Pieces that are looked at: longer than nineteen of twenty things that are said."""
PRONOUNS = frozenset(
    {
        *("i", "i'm", "i've", "i'll", "i'd", "we", "we're", "we've", "he", "he's", "she", "she's", "they", "they're"),
        *("it", "it's", "nobody", "everyone", "everybody", "someone", "somebody", "nothing", "everything"),
    }
)
"""Subjects that are one word."""
PAUSES = frozenset(",，、;；:：—-–…")
_QUOTES = str.maketrans("’‘`“”„", "'''\"\"\"")
_NUMBER = re.compile(r"\d")
_SHORT_OF = 2
"""Pieces that a denial reaches: what follows it so closely is not left out."""
_ENDING = 6
"""Characters within which a Chinese clause ends well or badly."""
_PAST = re.compile(r"[a-z]{2,}ed$")


@dataclass(frozen=True, slots=True)
class Piece:
    """``said`` is in the person's own writing, ``plain`` in lower case, ``told`` what is told back in its place.

    ``mark`` is a run of punctuation, ``stop`` one that ends a sentence. ``dropped``: may be left out. ``starts`` and
    ``ends``: a clause may begin or end with it. ``sentence`` counts sentences from 0.
    """

    said: str
    plain: str
    told: str
    mark: bool
    stop: bool
    dropped: bool
    starts: bool
    ends: bool
    sentence: int


def pieces(words: str, language: Language) -> list[Piece]:
    """The pieces of ``words``, at most MOST; those of the end where there are more, from the start of a sentence."""
    return _Reading.of(words, telling(language)).pieces()


@dataclass(slots=True)
class _Reading:
    """What was said, as lists with one entry a piece: ``said``, ``plain`` in lower case, marks, sentences' ends."""

    rules: Telling
    said: list[str]
    plain: list[str]
    marks: list[bool]
    stops: list[bool]
    dropped: list[bool] = field(default_factory=list)
    starts: list[bool] = field(default_factory=list)

    @classmethod
    def of(cls, words: str, rules: Telling) -> _Reading:
        said = [found for found in rules.pattern.findall(words.translate(_QUOTES).strip()) if found]
        if rules.language is Language.ZH:
            said = ["，" if not found.strip() else found for found in said]
        plain = [found.strip().lower() for found in said]
        marks = [_is_mark(found) for found in plain]
        stops = [mark and not set(found.replace(" ", "")) <= PAUSES for found, mark in zip(plain, marks, strict=True)]
        first = _cut(stops)
        made = cls(rules, said[first:], plain[first:], marks[first:], stops[first:])
        places = range(len(made.plain))
        made.dropped = [made.may_drop(at) for at in places]
        made.starts = [not made.marks[at] and made.may_start(at) for at in places]
        return made

    @property
    def english(self) -> bool:
        return self.rules.language is Language.EN

    def pieces(self) -> list[Piece]:
        out, sentence = [], 0
        for at, found in enumerate(self.said):
            out.append(
                Piece(
                    said=found,
                    plain=self.plain[at],
                    told=self.told(at),
                    mark=self.marks[at],
                    stop=self.stops[at],
                    dropped=self.dropped[at],
                    starts=self.starts[at],
                    ends=not self.marks[at] and self.may_end(at),
                    sentence=sentence,
                )
            )
            sentence += self.stops[at]
        return out

    def may_drop(self, at: int) -> bool:
        data, word = self.rules.rules, self.plain[at]
        following = self.plain[at + 1] if at + 1 < len(self.plain) else ""
        if (word not in data.drop and word not in data.drop_long) or following in data.keeps:
            return False
        if self.english:
            if word == "so" and ("that" in self.plain[at:] or following in data.begins):
                return False
            near = self.plain[max(0, at - _SHORT_OF) : at]
            return not near or not (near[-1] in data.needs or any(before in data.denials for before in near))
        # A single character may be part of a word: it is a particle only beside a mark.
        alone = at == 0 or _is_mark(self.plain[at - 1]) or not following or _is_mark(following)
        return following[:1] not in data.keeps and (len(word) > 1 or alone)

    def may_start(self, at: int) -> bool:
        data, word = self.rules.rules, self.plain[at]
        if word in data.leads and not (self.english and word in data.begins):
            return False
        if word in data.drop or word in data.drop_long:
            return False
        before = at - 1
        while before >= 0 and self._is_no_part(self.plain[before]):
            before -= 1
        led = any(self.plain[place] in data.leads for place in range(before + 1, at))
        opening = before < 0 or self.marks[before]
        if not self.english:
            return opening
        if opening:
            named = self.said[at][:1].isupper() and at + 1 < len(self.plain)
            return word in data.begins or (named and self._is_verb(self.plain[at + 1]))
        # After a bare "and" a noun may only go on a list: "my keys and my wallet".
        return led and word in (PRONOUNS if self.plain[at - 1] == "and" else data.begins)

    def may_end(self, at: int) -> bool:
        data, plain = self.rules.rules, self.plain
        after = at + 1
        while after < len(plain) and not self.marks[after] and self.dropped[after]:
            after += 1
        if after < len(plain) and not self.marks[after] and not self._goes_on_anew(after):
            return False
        if self.english:
            return plain[at] not in data.dangling
        text = "".join(plain[max(0, at - _ENDING) : at + 1])
        return text.endswith(tuple(data.whole)) or not text.endswith(tuple(data.dangling))

    def told(self, at: int) -> str:
        data, word = self.rules.rules, self.plain[at]
        if self.marks[at]:
            return word if self.stops[at] else ("," if self.english else "，")
        if word in data.shift:
            return data.shift[word]
        if word in data.agree and self._follows_i(at):
            return data.agree[word]
        if self.english and word in data.words.kin and not self._is_determined(at):
            return f"your {word}"
        first = at == 0 or self.stops[at - 1]
        return word if first and word in data.words.lowered else self.said[at]

    def _is_no_part(self, word: str) -> bool:
        data = self.rules.rules
        return word in data.leads or word in data.drop or word in data.drop_long

    def _goes_on_anew(self, at: int) -> bool:
        """Whether a clause may end before the word at ``at``: in English, where that joins another one to it."""
        if not self.english or self.plain[at] not in self.rules.rules.leads:
            return False
        following = next((place for place in range(at + 1, len(self.plain)) if not self.dropped[place]), at)
        both = self.plain[at] == "and" and self.plain[following] == "i" and self.plain[at - 2 : at - 1] != []
        if both and self.plain[at - 2] in self.rules.rules.words.determined:
            return False  # "my husband and I"
        joins = self.plain[at] in {"and", "but"} and self._is_verb(self.plain[following])
        return joins or (self.starts[following] and (self.plain[at] != "and" or self.plain[following] in PRONOUNS))

    def _is_verb(self, word: str) -> bool:
        return word in self.rules.rules.verbs or _PAST.match(word) is not None

    def _follows_i(self, at: int) -> bool:
        before = at - 1
        while before >= 0 and (self.plain[before] in self.rules.rules.words.over or self.plain[before].endswith("ly")):
            before -= 1
        return before >= 0 and self.plain[before] == "i" and (before == 0 or self.plain[before - 1] != "and")

    def _is_determined(self, at: int) -> bool:
        """Whether a name of kin has a word that says whose it is, or shares it: "my mum and dad"."""
        words = self.rules.rules.words
        before = self.plain[at - 1] if at else ""
        shares = at > _SHORT_OF and before in {"and", "or"} and self.plain[at - 2] in words.kin
        if before in words.determined or before.endswith(("'s", "s'")):
            return True
        return shares and self.plain[at - 3] in words.determined


def _is_mark(found: str) -> bool:
    return not any(character.isalnum() for character in found)


def _cut(stops: list[bool]) -> int:
    """Where to begin so that no more than MOST pieces are left: after the end of a sentence where there is one."""
    if len(stops) <= MOST:
        return 0
    least = len(stops) - MOST
    return next((index + 1 for index in range(least - 1, len(stops) - 1) if stops[index]), len(stops))


def joined(told: list[str], language: Language) -> str:
    """Told pieces as text, without a full stop."""
    if language is Language.ZH:
        return "".join(told)
    return re.sub(r"\s+([,])", r"\1", " ".join(told))


def has_number(text: str) -> bool:
    """Whether a digit is in it."""
    return _NUMBER.search(text) is not None
