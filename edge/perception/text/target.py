"""Who or what a feeling is about, by rules over a light parse: "angry at *the bank*", "我对*银行*很生气".

The nearest word that leads to a target decides: a preposition after the feeling, an object after a verb of feeling, or
the subject of what "makes me" feel. A text without such a word has none: to guess would be worse.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from edge.affect import Emotion, Language
from edge.perception.text.context import Status, analyse
from edge.perception.text.language import detect_language
from edge.perception.text.lexicon.lookup import lexicon, read, units_of
from edge.perception.text.normalise import normalised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.perception.text.context import Context, Feeling
    from edge.perception.text.lexicon.lookup import Unit

LONGEST = {Language.EN: 7, Language.ZH: 12}
"""Words (characters) of a target, at most."""
NEAR = 5
"""Units before a feeling in which what causes it is looked for."""
LIMIT = 600
"""Characters of a text that ``target_of`` looks at."""
_SIGNS = frozenset(",.;:!?…，。；：！？、~～\"'()[]")


@dataclass(frozen=True, slots=True)
class Target:
    """What ``emotion`` is about: ``text``, characters ``start`` to ``end`` of the normalised words."""

    emotion: Emotion
    text: str
    start: int
    end: int


def target_of(words: str) -> Target | None:
    """The target of the feeling in ``words`` as they were said, for whoever forms a reply; None when none is named."""
    text = normalised(words, LIMIT)
    language = detect_language(text)
    book = lexicon(language)
    units = book.units(text)
    return target(text, units, analyse(text, units, book.find(units), language), language)


def target(text: str, units: Sequence[Unit], context: Context, language: Language) -> Target | None:
    """The target of the last feeling that is felt, asked of the feelings before it when it has none."""
    for feeling in reversed(context.feelings):
        if feeling.status in (Status.FELT, Status.DENIED) and feeling.emotion is not Emotion.NEUTRAL:
            span = _english(units, feeling) if language is Language.EN else _chinese(text, feeling)
            if span is not None:
                start, end = span
                return Target(feeling.emotion, text[start:end], start, end)
    return None


class _Words(NamedTuple):
    prepositions: frozenset[str]
    verbs: frozenset[str]
    causes: frozenset[tuple[str, ...]]
    stops: frozenset[str]
    between: frozenset[str]
    empty: frozenset[str]
    helpers: frozenset[str]
    joins: frozenset[str]
    heads: frozenset[str]
    people: frozenset[str]
    before: tuple[str, ...]
    after: tuple[str, ...]
    ends: tuple[str, ...]
    causers: tuple[str, ...]
    provokes: tuple[str, ...]


_SETS = ("prepositions", "verbs", "stops", "between", "empty", "helpers", "joins", "people")
_ORDERED = {"before": "before", "after": "after", "ends": "stops", "causers": "causers", "provokes": "provokes"}


@cache
def _words(language: Language) -> _Words:
    content = read("target.toml")[language.value]
    many: dict[str, Any] = {name: frozenset(content.get(name, ())) for name in _SETS}
    causes = frozenset(tuple(unit.text for unit in units_of(phrase, language)) for phrase in content.get("causes", ()))
    ordered: dict[str, Any] = {
        name: tuple(sorted(content.get(key, ()), key=len, reverse=True)) for name, key in _ORDERED.items()
    }
    return _Words(causes=causes, heads=frozenset(phrase[0] for phrase in causes), **many, **ordered)


def _english(units: Sequence[Unit], feeling: Feeling) -> tuple[int, int] | None:
    book = _words(Language.EN)
    match = feeling.match
    place = match.last
    if units[place - 1].text in book.prepositions or match.text in book.verbs:
        if units[place - 1].text in book.people:
            place -= 1
        return _phrase(units, place, book)
    caused = _subject(units, match.first, match.last, book)
    if caused is not None:
        return caused
    while place < len(units) and units[place].text in book.between:
        place += 1
    if place + 1 < len(units) and units[place].text in book.prepositions:
        to_person = units[place].text != "to" or units[place + 1].text in book.people
        return _phrase(units, place + 1, book) if to_person else None
    return None


def _phrase(units: Sequence[Unit], place: int, book: _Words) -> tuple[int, int] | None:
    """The words from ``place`` up to a sign, a stop, or LONGEST of them."""
    end = place
    while end < len(units) and end - place < LONGEST[Language.EN] and units[end].text not in _SIGNS:
        if units[end].text in book.stops and end > place:
            break
        end += 1
    if end == place or (end == place + 1 and units[place].text in book.empty):
        return None
    return units[place].start, units[end - 1].end


def _subject(units: Sequence[Unit], first: int, last: int, book: _Words) -> tuple[int, int] | None:
    """What stands before "makes me" and the like, where that leads to the feeling or is part of it."""
    for place in range(last - 1, max(-1, first - NEAR), -1):
        if units[place].text not in book.heads:
            continue
        for length in (3, 2):
            words = tuple(unit.text for unit in units[place : place + length])
            if words in book.causes and place + length >= first - 1:
                return _before(units, place, book)
    return None


def _before(units: Sequence[Unit], end: int, book: _Words) -> tuple[int, int] | None:
    """The words before unit ``end``, back to a sign, a word that joins, or LONGEST of them."""
    while end > 0 and units[end - 1].text in book.helpers:
        end -= 1
    begin = end
    while begin > 0 and end - begin < LONGEST[Language.EN]:
        if units[begin - 1].text in _SIGNS or units[begin - 1].text in book.joins:
            break
        begin -= 1
    if begin == end or (begin == end - 1 and units[begin].text in book.empty):
        return None
    return units[begin].start, units[end - 1].end


def _chinese(text: str, feeling: Feeling) -> tuple[int, int] | None:
    book = _words(Language.ZH)
    start, end = feeling.start, feeling.end
    begin = max((text.rfind(sign, 0, start) for sign in "，,。！!?？；;"), default=-1) + 1
    return (
        _caused(text, begin, start, end, book)
        or _marked(text, begin, start, book)
        or _object(text, feeling, book)
        or _reason(text, begin, book)
    )


def _caused(text: str, begin: int, start: int, end: int, book: _Words) -> tuple[int, int] | None:
    """What causes it: what stands before "让我…", or right before "气死我了"."""
    for word in book.causers:
        place = text.find(word, begin, end)
        if place > begin:
            return _kept(text, begin, place, book)
    provoked = text.startswith(book.provokes, start) and text.startswith(("我", "了"), end)
    if provoked and start > begin and not any(sign in text[begin:start] for sign in "被对我"):
        return _kept(text, begin, start, book)
    return None


def _marked(text: str, begin: int, start: int, book: _Words) -> tuple[int, int] | None:
    """What is marked: "对X很…", "被X…", "为X…": between the two."""
    for word in book.before:
        place = text.rfind(word, begin, start)
        if place < 0:
            continue
        first = last = place + len(word)
        while last < start and last - first < LONGEST[Language.ZH]:
            if text.startswith(book.ends, last) or text.startswith(book.after, last):
                break
            last += 1
        if last > first:
            return _kept(text, first, last, book)
    return None


def _object(text: str, feeling: Feeling, book: _Words) -> tuple[int, int] | None:
    """The object: "喜欢X": what follows a verb of feeling."""
    if feeling.match.text not in book.verbs:
        return None
    first = feeling.end
    while first < len(text) and text[first] in "着过死":
        first += 1
    last = first
    while last < len(text) and last - first < LONGEST[Language.ZH]:
        if text[last].isspace() or (text[last] != "了" and text.startswith(book.ends, last)):
            break
        if text[last] == "了" and last + 1 >= len(text.rstrip("。！!~")):
            break
        last += 1
    return _kept(text, first, last, book) if last > first else None


def _reason(text: str, begin: int, book: _Words) -> tuple[int, int] | None:
    """The reason: "因为X，我…": the clause before."""
    for word in ("因为", "由于"):
        place = text.rfind(word, 0, begin)
        if place >= 0:
            first = last = place + len(word)
            while last < begin and text[last] not in _SIGNS:
                last += 1
            if last > first:
                return _kept(text, first, last, book)
    return None


def _kept(text: str, first: int, last: int, book: _Words) -> tuple[int, int] | None:
    """The span, unless its words say nothing by themselves."""
    found = text[first:last]
    return None if found in book.empty or not found.strip() else (first, last)
