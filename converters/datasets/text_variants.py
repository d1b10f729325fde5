"""One text as others would have typed or a recogniser would have heard it: typos, homophones, fillers, synonyms.

What a text means stays: words of denial are never touched, words of feeling only by typos, and a change after which the
device's own lexicon finds other words of feeling or denial is not made.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from edge.affect import Language
from edge.perception.text.lexicon.lookup import Kind, lexicon

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np

    from edge.affect import Emotion

SHORTEST = 4
"""Letters of a word that may get a typo: in a shorter one another word would come out ("not", "now")."""
MEANING = (Kind.EMOTION, Kind.NEGATOR, Kind.NEGATOR_AFTER, Kind.EXCEPTION, Kind.INTENSIFIER, Kind.BREAK)
_WORD = {Language.EN: re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)?"), Language.ZH: re.compile(r"[\u4e00-\u9fff]")}
_CLAUSE = re.compile(r"(?:^|(?<=[，。！？；,.!?;]))(?=[\u4e00-\u9fff])")
_STOPS = re.compile(r"[,.;:!?…，。；：！？、]+(?![()\[\]DPpOo3'/\\|*]|\d)")
"""Marks that nobody pronounces, but not those of ":)" or "3.5"."""
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Rates:
    """How often each change is made.

    Of typing on phones 2.3 % of characters stay wrong (Palin et al., How do people type on mobile devices?, 2019),
    about a tenth of words; that a small recogniser across a room gets a tenth of words wrong is assumed.

    Attributes:
        typo: share of English words of at least SHORTEST letters that get one; in Chinese as ``homophone``.
        homophone: share of words or characters with a homophone that are misheard.
        synonym: share of words with a synonym that are exchanged.
        filler: share of gaps between English words, or of Chinese clauses, that get one.
        repeat: share of words or characters that are said twice.
        spoken: share of texts that are heard, not typed: no case, no punctuation.
    """

    typo: float = 0.08
    homophone: float = 0.08
    synonym: float = 0.2
    filler: float = 0.03
    repeat: float = 0.02
    spoken: float = 0.4


RATES = Rates()
Change: TypeAlias = "Callable[[str, Language, np.random.Generator, float], str]"
"""A change at a rate."""


@dataclass(frozen=True, slots=True)
class _Tables:
    synonyms: dict[str, tuple[str, ...]]
    homophones: dict[str, tuple[str, ...]]
    fillers: tuple[str, ...]
    keys: dict[str, str]


def variant(words: str, language: Language, random: np.random.Generator, rates: Rates = RATES) -> str:
    """``words`` changed at random: synonyms, then either typos, or what a recogniser makes of speech."""
    changed = synonyms(words, language, random, rates.synonym)
    if random.random() >= rates.spoken:
        return typos(changed, language, random, rates.typo)
    for change, rate in ((homophones, rates.homophone), (repeats, rates.repeat), (fillers, rates.filler)):
        changed = change(changed, language, random, rate)
    return unpunctuated(changed, language)


def typos(words: str, language: Language, random: np.random.Generator, rate: float) -> str:
    """A key beside the right one, two letters in the wrong order, one missing or doubled; in Chinese, a homophone.

    Args:
        words: any text.
        language: of the text.
        random: the source of chance; the same state gives the same text.
        rate: share of the words that get one typo, see Rates.
    """
    if language is Language.ZH:
        return homophones(words, language, random, rate)
    spared = _spans(words, language, tuple(kind for kind in MEANING if kind is not Kind.EMOTION))

    def mistype(word: str) -> str:
        return _mistyped(word, random) if len(word) >= SHORTEST and random.random() < rate else word

    changed = _replaced(words, _WORD[language], spared, mistype)
    return _checked(words, changed, language, may_lose_feeling=True)


def _mistyped(word: str, random: np.random.Generator) -> str:
    place = int(random.integers(1, len(word) - 1))  # people see a wrong first letter
    letter, after = word[place], word[place + 1]
    beside = _tables(Language.EN).keys.get(letter.lower(), letter)
    key = beside[int(random.integers(len(beside)))]
    choices = (
        word[:place] + key + word[place + 1 :],
        word[:place] + after + letter + word[place + 2 :],
        word[:place] + word[place + 1 :],
        word[:place] + letter + word[place:],
    )
    return choices[int(random.integers(len(choices)))]


def homophones(words: str, language: Language, random: np.random.Generator, rate: float) -> str:
    """Words (English) or characters (Chinese) that sound alike in place of ``rate`` of those that have such."""
    return _exchanged(words, language, random, rate, _tables(language).homophones)


def synonyms(words: str, language: Language, random: np.random.Generator, rate: float) -> str:
    """Words that mean the same in place of ``rate`` of those that have such; none of them is of feeling."""
    return _exchanged(words, language, random, rate, _tables(language).synonyms)


def repeats(words: str, language: Language, random: np.random.Generator, rate: float) -> str:
    """``rate`` of the words (characters) said twice, as by one who searches for the next."""
    joint = " " if language is Language.EN else ""

    def twice(word: str) -> str:
        return f"{word}{joint}{word}" if random.random() < rate else word

    spared = _spans(words, language, MEANING)
    return _checked(words, _replaced(words, _WORD[language], spared, twice), language)


def fillers(words: str, language: Language, random: np.random.Generator, rate: float) -> str:
    """A filler in ``rate`` of the gaps between English words, or before ``rate`` of the Chinese clauses."""
    chosen = _tables(language).fillers

    def filled(gap: re.Match[str]) -> str:
        if random.random() >= rate:
            return gap.group()
        filler = chosen[int(random.integers(len(chosen)))]
        return f" {filler} " if language is Language.EN else filler

    gaps = re.compile(r"(?<=[A-Za-z]) (?=[A-Za-z])") if language is Language.EN else _CLAUSE
    return _checked(words, gaps.sub(filled, words), language)


def unpunctuated(words: str, language: Language) -> str:
    """``words`` as a recogniser writes them: lower case, without marks of punctuation (emoticons stay)."""
    return _checked(words, _SPACES.sub(" ", _STOPS.sub(" ", words.lower())).strip(), language)


def meaning(words: str, language: Language) -> list[tuple[Kind, Emotion | None]]:
    """What the device's lexicon finds of feeling and denial in ``words``, in order; degree and clauses do not count."""
    book = lexicon(language)
    entries = (match.entry for match in book.find(book.units(words.lower())))
    told = (Kind.EMOTION, Kind.NEGATOR, Kind.NEGATOR_AFTER)
    return [(entry.kind, entry.emotion) for entry in entries if entry.kind in told]


def _checked(before: str, after: str, language: Language, *, may_lose_feeling: bool = False) -> str:
    """``after``, unless the lexicon reads it otherwise than ``before``."""
    if after == before:
        return before
    was, now = meaning(before, language), meaning(after, language)
    if may_lose_feeling:
        left = iter(was)
        same = all(any(entry == other for other in left) for entry in now) and _denials(was) == _denials(now)
    else:
        same = was == now
    return after if same and after.strip() else before


def _denials(entries: list[tuple[Kind, Emotion | None]]) -> int:
    return sum(kind is not Kind.EMOTION for kind, _ in entries)


def _exchanged(
    words: str, language: Language, random: np.random.Generator, rate: float, table: dict[str, tuple[str, ...]]
) -> str:
    def exchange(word: str) -> str:
        others = table[word.lower()]
        if random.random() >= rate:
            return word
        other = others[int(random.integers(len(others)))]
        return other[0].upper() + other[1:] if word[0].isupper() else other

    spared = _spans(words, language, MEANING)
    changed = _replaced(words, _pattern(tuple(table), language), spared, exchange)
    return _checked(words, changed, language)


@cache
def _pattern(entries: tuple[str, ...], language: Language) -> re.Pattern[str]:
    longest_first = "|".join(re.escape(entry) for entry in sorted(entries, key=len, reverse=True))
    if language is Language.ZH:
        return re.compile(longest_first)
    return re.compile(rf"(?<![\w'])(?:{longest_first})(?![\w'])", re.IGNORECASE)


def _replaced(words: str, pattern: re.Pattern[str], spared: set[int], change: Callable[[str], str]) -> str:
    def replace(match: re.Match[str]) -> str:
        return match.group() if spared.intersection(range(*match.span())) else change(match.group())

    return pattern.sub(replace, words)


def _spans(words: str, language: Language, kinds: tuple[Kind, ...]) -> set[int]:
    """Places of characters that belong to an entry of ``kinds``."""
    lowered = words.lower()
    if len(lowered) != len(words):  # a few letters become two in lower case, and places would not fit
        return set(range(len(words)))
    return {place for start, end in _entries(lowered, language, kinds) for place in range(start, end)}


def _entries(words: str, language: Language, kinds: tuple[Kind, ...]) -> Iterator[tuple[int, int]]:
    book = lexicon(language)
    units = book.units(words)
    for match in book.find(units):
        if match.entry.kind in kinds:
            yield units[match.first].start, units[match.last - 1].end


@cache
def _tables(language: Language) -> _Tables:
    path = Path(__file__).with_name(f"text_variants_{language.value}.toml")
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    return _Tables(
        _others(content["synonyms"]), _others(content["homophones"]), tuple(content["fillers"]), content.get("keys", {})
    )


def _others(groups: list[list[str]]) -> dict[str, tuple[str, ...]]:
    return {word: tuple(other for other in group if other != word) for group in groups for word in group}
