"""What kind of thing was said, the piece of it that can be quoted, and what it is about: plain matching of phrases.

The phrases are data (``templates/<language>/wording.toml``). Feeling is not read here: that is perception's work.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from edge.affect import Language

if TYPE_CHECKING:
    from edge.response.wording import Wording


class Talk(StrEnum):
    """Kinds of utterances, in the order in which they are tried; the last always fits."""

    DISMISSAL = "dismissal"
    URGENT = "urgent"
    BELIEF = "belief"
    OPINION = "opinion"
    HATE = "hate"
    INSULT = "insult"
    HARM = "harm"
    CRUEL = "cruel"
    DEED = "deed"
    ROAD = "road"
    RISK = "risk"
    HABIT = "habit"
    REFUSED = "refused"
    SCAM = "scam"
    MEDICAL = "medical"
    EXPERT = "expert"
    SECRET = "secret"  # noqa: S105 - a kind of talk
    PRIVATE = "private"
    CLOSENESS = "closeness"
    PROMISE = "promise"
    DECIDE = "decide"
    LOSS = "loss"
    CORRECTION = "correction"
    ASKS_STATE = "asks_state"
    ASKS_DEVICE = "asks_device"
    ASKS_ADVICE = "asks_advice"
    HOW_ARE_YOU = "how_are_you"
    GREETING = "greeting"
    FAREWELL = "farewell"
    THANKS = "thanks"
    ACKNOWLEDGEMENT = "acknowledgement"
    QUESTION = "question"
    GRAVE = "grave"
    GLAD = "glad"
    SHORT = "short"
    STATEMENT = "statement"


DELICATE = frozenset(
    {
        Talk.URGENT,
        Talk.BELIEF,
        Talk.OPINION,
        Talk.HATE,
        Talk.INSULT,
        Talk.HARM,
        Talk.CRUEL,
        Talk.DEED,
        Talk.ROAD,
        Talk.RISK,
        Talk.HABIT,
        Talk.REFUSED,
        Talk.SCAM,
        Talk.MEDICAL,
        Talk.EXPERT,
        Talk.SECRET,
        Talk.PRIVATE,
        Talk.CLOSENESS,
        Talk.PROMISE,
        Talk.DECIDE,
        Talk.GRAVE,
    }
)
"""Kinds that are recognised by the expressions of ``delicate.toml`` (``edge/response/delicate.py``)."""
LISTED = tuple(kind for kind in Talk if kind not in {Talk.QUESTION, Talk.GLAD, Talk.SHORT, Talk.STATEMENT, *DELICATE})
"""Kinds that are recognised by listed phrases alone."""

PLEASANTRIES = (Talk.FAREWELL, Talk.THANKS, Talk.HOW_ARE_YOU, Talk.GREETING)
"""Several of them may stand together, as in "thanks, good night"; the first of these is answered."""
MOSTLY = 0.5
"""Share of words in pleasant clauses from which all is a pleasantry: "hi, my boss yelled at me" is none."""

SHORT_LIMIT = {Language.EN: 2, Language.ZH: 3}
"""Words (English) or characters (Chinese) up to which an utterance is too short to be quoted or built upon."""
QUOTE_RANGE = {Language.EN: (3, 7), Language.ZH: (4, 11)}
"""Words or characters that a quoted piece may have: long enough to mean something, short enough to be said again."""

_NOT_WORDS = re.compile(r"[^\w']+|_")
_CLAUSE_END = re.compile(r"[,.;:!?，。；：！？、…—\n]+|\s-\s")
_UNSPEAKABLE = re.compile(
    r"""\d{3}|["“”「」<>{}\[\]@/\\#*_|%=~^$&+`]"""
    r"""|[^\0-\u024f\u2010-\u2026\u3001-\u301f\u4e00-\u9fff\uff00-\uff5e]"""
)
"""Numbers, signs, and what is neither Latin nor Chinese nor their punctuation: other scripts, emoji, accents apart."""
_TURNED = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the direction of a text round: what stands there is not what was meant."""
_HAN = re.compile(r"[\u4e00-\u9fff]")


def units(text: str, language: Language) -> list[str]:
    """``text`` in lower case without punctuation, as words (English) or single characters (Chinese)."""
    plain = _NOT_WORDS.sub(" ", text.lower().replace("’", "'")).split()
    return plain if language is Language.EN else list("".join(plain))


def kind_of(words: str, wording: Wording) -> Talk:
    """The kind of utterance that ``words`` are."""
    language = wording.language
    said = units(words, language)
    joined = _joined(said, language)
    for kind in LISTED:
        phrases = wording.talk[kind]
        if joined in phrases.whole or any(_holds(joined, part, language) for part in phrases.part):
            return kind
    pleasant = _pleasantry(words, wording)
    if pleasant is not None:
        return pleasant
    if joined.startswith(wording.wonders):
        return Talk.SHORT if len(said) <= SHORT_LIMIT[language] else Talk.STATEMENT
    asks = words.rstrip().endswith(("?", "？")) or joined.endswith(wording.question_ends)
    if f"{joined} ".startswith(wording.question_starts) or (asks and not _is_tag(words, wording)):
        return Talk.QUESTION
    return Talk.SHORT if len(said) <= SHORT_LIMIT[language] else Talk.STATEMENT


def _is_tag(words: str, wording: Wording) -> bool:
    """Whether only the last of several clauses asks, and that for a nod, as in "it helps to talk, right?"."""
    clauses = [clause for clause in _CLAUSE_END.split(words) if clause.strip()]
    return len(clauses) > 1 and _joined(units(clauses[-1], wording.language), wording.language) in wording.tags


def _pleasantry(words: str, wording: Wording) -> Talk | None:
    """The kind of what is mostly pleasantries; None for anything else."""
    language = wording.language
    size, pleasant, found = 0, 0, set[Talk]()
    for clause in _CLAUSE_END.split(words):
        said = units(_bare(clause.strip(), wording), language)
        kind = _kind_of_clause(_joined(said, language), wording)
        size += len(said)
        if kind is not None:
            found.add(kind)
            pleasant += len(said)
    if not found or pleasant < MOSTLY * size:
        return None
    return next((kind for kind in PLEASANTRIES if kind in found), None)


def _kind_of_clause(joined: str, wording: Wording) -> Talk | None:
    """The pleasantry that a clause is; a nod counts with them, and is none by itself."""
    for kind in PLEASANTRIES:
        phrases = wording.talk[kind]
        if joined in phrases.whole or joined.startswith(phrases.begin):
            return kind
    return Talk.ACKNOWLEDGEMENT if joined in wording.talk[Talk.ACKNOWLEDGEMENT].whole else None


def quote(words: str, wording: Wording) -> str | None:
    """The longest clause of ``words`` that can be said again in quotation marks; None when none can."""
    if _TURNED.search(words):
        return None
    language = wording.language
    least, most = QUOTE_RANGE[language]
    best: str | None = None
    for clause in _CLAUSE_END.split(words):
        piece = _bare(clause.strip(), wording)
        said = units(piece, language)
        if least <= len(said) <= most and sayable(piece, wording) and len(piece) > len(best or ""):
            best = piece
    return best


def sayable(piece: str, wording: Wording) -> bool:
    """Whether a piece of what was said can be repeated aloud: its own language, no oath, no number, no sign."""
    if _UNSPEAKABLE.search(piece) or bool(_HAN.search(piece)) is not (wording.language is Language.ZH):
        return False
    joined = _joined(units(piece, wording.language), wording.language)
    return not any(_holds(joined, word, wording.language) for word in wording.unquotable)


def topic(words: str, wording: Wording) -> str | None:
    """What ``words`` are about, as a phrase that fits the ``{topic}`` slot; None when no listed word is in them."""
    joined = _joined(units(words, wording.language), wording.language)
    for phrase, signs in wording.topics.items():
        if any(_holds(joined, sign, wording.language) for sign in signs):
            return phrase
    return None


def _joined(said: list[str], language: Language) -> str:
    return (" " if language is Language.EN else "").join(said)


def _holds(joined: str, part: str, language: Language) -> bool:
    return f" {part} " in f" {joined} " if language is Language.EN else part in joined


def _bare(clause: str, wording: Wording) -> str:
    """``clause`` without what only ties it to its surroundings: leading conjunctions, final particles, a capital."""
    lowered = clause.lower()
    while (lead := next((lead for lead in wording.leads if lowered.startswith(lead)), None)) is not None:
        clause = clause[len(lead) :].strip()
        lowered = clause.lower()
    for trail in wording.trails:
        clause = clause.removesuffix(trail)
    return lowered[:1] + clause[1:] if lowered.split(" ")[0] in wording.lowered else clause
