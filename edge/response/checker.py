"""Whether a clause may be told back to the person who said the words that it comes from. Better refused than wrong.

It trusts nothing that made the clause: it takes the words and the clause as texts, and looks for the stretch of the
words that the clause repeats. A clause that is not found there, less what may be left out and with me become you, says
something that the person did not say.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from edge.affect import Language
from edge.perception.text.normalise import simplified
from edge.response.pieces import has_number, joined, pieces
from edge.response.telling import telling
from edge.understanding.graph.graph import find

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.response.pieces import Piece
    from edge.response.telling import Telling

LENGTHS = {Language.EN: (3, 16), Language.ZH: (4, 24)}
"""Words or characters that a clause may have: long enough to tell something, short enough to be heard once."""
REPEATED = {Language.EN: 2, Language.ZH: 3}
"""Words or characters in a row that may not come twice."""
CONTENT = {Language.EN: 1, Language.ZH: 1}
"""Words or characters that must tell something by themselves."""

_HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")
_UNSPEAKABLE = re.compile(r"""(?<![A-Za-z])'|'(?![A-Za-z])|\d{3}|["“”「」『』《》<>{}\[\]@/\\#*_|()（）]|[A-Z]{4}""")
_OF_PERSON = re.compile(r"\byou")
_SUBJECTS = frozenset(
    {"you", "you're", "you've", "you'll", "you'd", "he", "he's", "she", "she's", "it", "it's", "they"}
)
_NOMINATIVE = frozenset(
    {"i", "i'm", "i've", "i'll", "i'd", "we", "we're", "he", "he's", "she", "she's", "they", "they're"}
)
_DEPENDS = frozenset({"就", "才"})
"""Near the beginning of a Chinese clause after another one: it holds only where that does."""
_STAMMERED = frozenset(
    {("i", "it"), ("i", "i'm"), ("i", "i've"), ("we", "we're"), ("it", "it's"), ("he", "he's"), ("she", "she's")}
)
_OR_NOT = re.compile(r"(?!动不动|时不时)([\u4e00-\u9fff]{1,2})不\1")
"""An alternative in Chinese, which asks: 好不好."""
_PAST = re.compile(r"[a-z]{2,}ed$")
_TIMES = re.compile(
    "^(?:[今昨前明后]天|[今昨]晚|刚才|最近|早上|晚上|[上下本]周.?|[今去]年|半夜|中午|下午|现在|到现在)+"
)
SO = "so"
_SUBJECT = 3
"""Words at the beginning of an English clause among which its subject is."""
_PART = 2
_DEMANDS = ("把", "请", "别", "叫", "让他", "让她", "给我", "给你讲")
"""Characters that each part of a Chinese clause has at least; how a part begins that asks somebody for something."""
_CLITIC = re.compile(r"[a-z]'(?:s|re|ve|ll|d|m)$")
_EMOJI_OR_SIGN = re.compile("[\u2190-\u2bff\U0001f000-\U0001faff\u2028^=+~$%&]")


class Span(NamedTuple):
    """Places of the first and the last piece that a clause repeats, and of all that it repeats."""

    first: int
    last: int
    copied: tuple[int, ...]


def untellable(words: str, language: Language) -> str | None:
    """Why nothing of ``words`` may be told back; None where something may."""
    rules = telling(language)
    if bool(_HAN.search(words)) is not (language is Language.ZH):
        return "it is in another language"
    if simplified(words) != words:
        return "it is in traditional characters, and replies are not"
    if _UNSPEAKABLE.search(words.replace("’", "'")) or _EMOJI_OR_SIGN.search(words):
        return "it has signs or numbers that are not said aloud"
    low = words.lower().replace("’", "'")
    for text, listed, why in (
        (low, rules.rules.writing, "it is written, not said"),
        (rules.spared(low), rules.rules.unsafe, "it touches what reviewed texts answer"),
        (low, rules.rules.takes_back, "it is taken back"),
        (low, rules.rules.second, "it speaks to somebody"),
    ):
        if (found := rules.holds(text, listed)) is not None:
            return f"{why}: {found}"
    return "it asks" if _asks(low, rules) else None


def refusal(words: str, clause: str, language: Language) -> str | None:
    """Why ``clause`` may not be told back to whoever said ``words``; None where it may.

    Args:
        words: what the person said.
        clause: a piece of a sentence without a full stop, the person being "you" in it.
        language: of both.
    """
    why = untellable(words, language)
    if why is not None:
        return why
    rules, said = telling(language), pieces(words, language)
    span = found_in(clause, said, language)
    if span is None:
        return "the person did not say that"
    told = [said[place] for place in span.copied]
    return (
        _ill_formed(told, said, span, language)
        or _ill_said(clause.lower(), rules)
        or _unreal_around(said, span, rules)
        or _says_nothing(clause, told, rules)
    )


def found_in(clause: str, said: Sequence[Piece], language: Language) -> Span | None:
    """The stretch of ``said`` that ``clause`` repeats, less what may be left out; None where there is none."""
    wanted = _plain(clause)
    for first in range(len(said)):
        rest, copied, place = wanted, [], first
        while place < len(said):
            told = _plain(said[place].told)
            if told and rest.startswith(told) and (language is Language.ZH or rest[len(told) :][:1] in {"", " ", ","}):
                rest = rest[len(told) :].lstrip()
                copied.append(place)
                if not rest:
                    return Span(first, place, tuple(copied))
            elif place == first or not said[place].dropped:
                break
            place += 1
    return None


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("’", "'").split())


def _asks(low: str, rules: Telling) -> bool:
    if "?" in low or "？" in low:
        return True
    for harmless in rules.rules.asks_nothing:
        low = low.replace(harmless, "")
    if rules.holds(low, rules.rules.asking) is not None or _OR_NOT.search(low):
        return True
    sentences = (sentence.strip(" ,，") for sentence in re.split(r"[.!。！;；\n]+", low))
    if rules.language is Language.ZH:
        return any(sentence.startswith(tuple(rules.rules.asks)) for sentence in sentences)
    return any(sentence.split(" ")[0].rstrip(",") in rules.rules.asks for sentence in sentences)


def _ill_formed(told: Sequence[Piece], said: Sequence[Piece], span: Span, language: Language) -> str | None:
    least, most = LENGTHS[language]
    words = [piece for piece in told if not piece.mark]
    length = len(words) if language is Language.EN else sum(len(piece.told) for piece in words)
    if not least <= length <= most:
        return f"it has {length} words or characters, wanted are {least} to {most}"
    if any(piece.stop for piece in told):
        return "it goes over the end of a sentence"
    if not said[span.first].starts:
        return "it begins in the middle"
    if not said[span.last].ends:
        return "it ends in the middle"
    if (why := _ill_joined(told, language)) is not None:
        return why
    units = [piece.told for piece in words] if language is Language.EN else list("".join(p.told for p in words))
    size = REPEATED[language]
    grams = [tuple(units[at : at + size]) for at in range(len(units) - size + 1)]
    return "it repeats itself" if len(set(grams)) < len(grams) else None


def _ill_joined(told: Sequence[Piece], language: Language) -> str | None:
    """Clauses that need a second one have it; others are one clause, in Chinese two at most."""
    rules, whole = telling(language), joined([piece.told for piece in told], language).lower()
    english, commas = language is Language.EN, sum(piece.mark for piece in told)
    opening = f"{whole} " if english else _TIMES.sub("", whole)
    if opening.startswith(rules.rules.begins_not):
        return "it begins without its subject, or demands something"
    opens = told[0].plain in rules.rules.opens if english else any(word in whole for word in rules.rules.opens)
    if opens and not commas:
        return "it is half a sentence"
    if english:
        strung = commas > opens or _runs_on(told, rules)
    else:
        turns = any(before.mark and piece.plain in rules.rules.turns for before, piece in pairwise(told))
        torn = commas and any(len(part) < _PART or part.startswith(_DEMANDS) for part in whole.split("，"))
        strung = commas > 1 or bool(torn) or (turns and not opens)
    return "it strings clauses together" if strung else None


def _runs_on(told: Sequence[Piece], rules: Telling) -> bool:
    """Whether a second sentence begins where no mark is, or a word is said twice."""
    for before, piece in pairwise(told):
        if before.plain == piece.plain or (before.plain, piece.plain) in _STAMMERED:
            return True
        anew = piece.plain in _NOMINATIVE and before.plain not in rules.rules.hosts and not before.mark
        if anew and before.plain not in rules.rules.leads:
            return True
    return False


def _ill_said(low: str, rules: Telling) -> str | None:
    if low[0].isdigit():
        return "it begins with a number"
    if (found := rules.holds(rules.spared(low), rules.rules.harsh)) is not None:
        return f"it judges: {found}"
    return "it has a number that may be heard wrongly" if has_number(low) and rules.language is Language.EN else None


def _unreal_around(said: Sequence[Piece], span: Span, rules: Telling) -> str | None:
    """What stands in the clause's sentence and makes it unsure, denied, or somebody's saying, but is not told back."""
    sentence = said[span.first].sentence
    before = [piece for piece in said[: span.first] if piece.sentence == sentence]
    after = [piece for piece in said[span.last + 1 :] if piece.sentence == sentence]
    if before and any(piece.plain in _DEPENDS for piece in said[span.first : span.first + _SUBJECT]):
        return "it depends on what is left out"
    turned = max((at for at, piece in enumerate(before) if piece.plain in rules.rules.turns), default=-1)
    marked = max((at for at, piece in enumerate(before) if piece.mark or piece.plain in rules.rules.leads), default=-1)
    far, near = before[turned + 1 :], before[max(turned, marked) + 1 :]
    turned = min((at for at, piece in enumerate(after) if piece.plain in rules.rules.turns), default=len(after))
    listed = rules.rules.unreal - rules.rules.denials
    for stretch, words in ((far, listed), (near, rules.rules.denials), (after[:turned], listed)):
        text = joined([piece.plain for piece in stretch], rules.language)
        if (found := rules.holds(text, words)) is not None:
            return f"{found!r} stands beside it and is left out"
    left_out = [said[place] for place in range(span.first, span.last) if place not in span.copied]
    text = joined([piece.plain for piece in left_out], rules.language)
    found = rules.holds(text, rules.rules.unreal)
    if found is None and _measures(said, span, left_out):
        found = SO
    return None if found is None else f"{found!r} is left out of it"


def _measures(said: Sequence[Piece], span: Span, left_out: Sequence[Piece]) -> bool:
    """Whether a "so" that is left out says how much, and what follows from it comes: "so happy I could dance"."""
    if not any(piece.plain == SO for piece in left_out):
        return False
    after = said[next(at for at in range(span.first, span.last) if said[at].plain == SO) : span.last + 1]
    upto = next((at for at, piece in enumerate(after) if piece.mark), len(after))
    return any(piece.plain in _NOMINATIVE for piece in after[1:upto])


def _says_nothing(clause: str, told: Sequence[Piece], rules: Telling) -> str | None:
    low, english = clause.lower(), rules.language is Language.EN
    if english:
        content = sum(not piece.mark and piece.told.lower() not in rules.rules.empty for piece in told)
        if told[0].told.lower() not in _SUBJECTS and not any(_may_be_verb(one.plain, rules) for one in told):
            return "it has no verb"
    else:
        if not any(verb in low for verb in rules.rules.verbs):
            return "it has no verb"
        content = len(_empty(rules.language).sub("", low.replace("，", "")))
    if content < CONTENT[rules.language]:
        return "it tells nothing"
    of_person = _OF_PERSON.search(low) if english else "你" in low
    near = of_person or find(clause, rules.language) or _is_near(low, rules)
    return None if near else "it is not about the person"


def _is_near(low: str, rules: Telling) -> bool:
    """Whether the clause is of what is near to the person; in Chinese that begins it, for a time before it."""
    if rules.language is Language.EN:
        return rules.holds(" ".join(low.split()[:_SUBJECT]), rules.rules.near) is not None
    return _TIMES.sub("", low).startswith(tuple(rules.rules.near))


def _may_be_verb(plain: str, rules: Telling) -> bool:
    return plain in rules.rules.verbs or _PAST.match(plain) is not None or _CLITIC.search(plain) is not None


@cache
def _empty(language: Language) -> re.Pattern[str]:
    listed = sorted(telling(language).rules.empty, key=lambda word: (-len(word), word))
    return re.compile("|".join(re.escape(word) for word in listed))
