"""Who or what a feeling is about, by rules over a light parse: "angry at *the bank*", "我对*银行*很生气".

The nearest word that leads to a target decides: a preposition after the feeling, an object after a verb of feeling, or
the subject of what "makes me" feel. A text without such a word has none: to guess would be worse.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

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
    find = _english if language is Language.EN else _chinese
    for feeling in reversed(context.feelings):
        if feeling.status in (Status.FELT, Status.DENIED) and feeling.emotion is not Emotion.NEUTRAL:
            span = find(text, units, feeling)
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
    before: tuple[str, ...]
    after: tuple[str, ...]
    trim: tuple[str, ...]


@cache
def _words(language: Language) -> _Words:
    content = read("target.toml")[language.value]
    many = {name: frozenset(content.get(name, ())) for name in ("prepositions", "verbs", "stops", "between", "empty")}
    causes = frozenset(tuple(unit.text for unit in units_of(phrase, language)) for phrase in content.get("causes", ()))
    ordered = {
        name: tuple(sorted(content.get(name, ()), key=len, reverse=True)) for name in ("before", "after", "trim")
    }
    return _Words(causes=causes, **many, **ordered)


def _english(_: str, units: Sequence[Unit], feeling: Feeling) -> tuple[int, int] | None:
    book = _words(Language.EN)
    match = feeling.match
    place = match.last
    if units[place - 1].text in book.prepositions or match.text in book.verbs:
        if units[place - 1].text in ("him", "her", "my", "our", "it", "you", "them"):
            place -= 1
        return _phrase(units, place, book)
    caused = _subject(units, match.first, match.last, book)
    if caused is not None:
        return caused
    while place < len(units) and units[place].text in book.between:
        place += 1
    if place < len(units) and units[place].text in book.prepositions and units[place].text not in ("to", "that"):
        return _phrase(units, place + 1, book)
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
    for place in range(last - 1, max(-1, first - 5), -1):
        for length in (3, 2):
            if tuple(unit.text for unit in units[place : place + length]) in book.causes and place + length >= first:
                begin = place
                while begin > 0 and units[begin - 1].text not in _SIGNS and place - begin < LONGEST[Language.EN]:
                    if units[begin - 1].text in ("but", "and", "because", "so", "that", "really", "i", "constantly", "always"):
                        if begin == place:
                            place -= 1
                            begin -= 1
                            continue
                        break
                    begin -= 1
                if begin == place or (begin == place - 1 and units[begin].text in book.empty):
                    return None
                return units[begin].start, units[place - 1].end
    return None


def _chinese(text: str, units: Sequence[Unit], feeling: Feeling) -> tuple[int, int] | None:
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
    """"X让我…": what stands before the word that leads to the feeling; "老板气死我了" has it right before."""
    for word in ("快把我", "让我们", "让大家", "让我", "让人", "使我", "令我", "令人", "叫我", "把我", "惹我", "害我", "逗我"):
        place = text.find(word, begin, end)
        if place > begin:
            return _trimmed(text, begin, place, book)
    if text[start:end].startswith(("气死", "烦死", "气坏", "吓死", "急死")) and text[end : end + 1] in ("我", "了") and start > begin:
        if not any(p in text[begin:start] for p in ("被", "对", "我")):
            return _trimmed(text, begin, start, book)
    return None


def _marked(text: str, begin: int, start: int, book: _Words) -> tuple[int, int] | None:
    """"对X很…", "被X…", "为X…": between the two."""
    for word in book.before:
        place = text.rfind(word, begin, start)
        if place < 0:
            continue
        first = last = place + len(word)
        while last < start and last - first < LONGEST[Language.ZH]:
            if any(text.startswith(stop, last) for stop in book.stops) or any(text.startswith(a, last) for a in book.after):
                break
            last += 1
        if last > first:
            return _trimmed(text, first, last, book)
    return None


def _object(text: str, feeling: Feeling, book: _Words) -> tuple[int, int] | None:
    """"喜欢X": what follows a verb of feeling."""
    if feeling.match.text not in book.verbs:
        return None
    first = feeling.end
    while first < len(text) and text[first] in "着过死":
        first += 1
    last = first
    while last < len(text) and last - first < LONGEST[Language.ZH]:
        if any(text.startswith(stop, last) for stop in book.stops) and not text.startswith("了", last) or text[last].isspace():
            break
        if text[last] == "了" and last + 1 >= len(text.rstrip("。！!~")):
            break
        last += 1
    return _trimmed(text, first, last, book) if last > first else None


def _reason(text: str, begin: int, book: _Words) -> tuple[int, int] | None:
    """"因为X，我…": the clause before."""
    for word in ("因为", "由于"):
        place = text.rfind(word, 0, begin)
        if place >= 0:
            first = last = place + len(word)
            while last < begin and text[last] not in _SIGNS:
                last += 1
            if last > first:
                return _trimmed(text, first, last, book)
    return None


def _trimmed(text: str, first: int, last: int, book: _Words) -> tuple[int, int] | None:
    found = text[first:last]
    return None if found in book.empty or not found.strip() else (first, last)
