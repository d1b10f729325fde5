"""Where a sentence ends, in English and Chinese: the first one is heard while the others are made."""

from __future__ import annotations

import re

from edge.affect import Language

CLOSING = "\"'”’»)]}）】」』》〉"
ENDS = re.compile(rf"(?:[.!?…]+|[。！？!?…]+|\n+)[{re.escape(CLOSING)}]*")
"""A mark that may end a sentence, with what closes after it."""
ALWAYS = frozenset("。！？\n")
"""Marks that end a sentence wherever they stand, but for the quotation that goes on after them."""
TITLES = frozenset({
    "mr", "mrs", "ms", "dr", "prof", "st", "mt", "sr", "jr", "rev", "hon", "gen", "col", "capt", "lt", "sgt",
    "vs", "fig", "no", "nos", "vol", "pp", "approx", "dept", "est", "e.g", "i.e", "cf", "viz",
})  # fmt: skip
"""Abbreviations after which the sentence always goes on."""
EITHER = frozenset({
    "etc", "a.m", "p.m", "u.s", "u.k", "e.u", "u.n", "d.c", "b.c", "a.d", "ph.d", "m.d", "b.a", "m.a", "inc", "ltd",
    "co", "corp", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mon", "tue",
    "wed", "thu", "fri", "sat", "sun", "min", "hr", "hrs", "sec", "ft", "lb", "oz", "al",
})  # fmt: skip
"""Abbreviations that may end a sentence: they do where the next word has a capital."""
INITIAL = re.compile(r"(?:^|[\s(\"“‘'.])[A-Z]$")
"""A single capital before the full stop: "J. K. Rowling". The pronoun "I" is one too, and ends sentences."""
WORD = re.compile(r"[A-Za-z0-9.’'-]+$")
CLAUSE = re.compile(r"[,;:，、；：—–][\s]*")
LONGEST = {Language.EN: 180, Language.ZH: 60}
"""Characters that are made in one go, about 12 s of speech: what is longer is cut at its last comma before that, so
that the first sound is early and what is held is bounded."""


def sentences(text: str, language: Language) -> list[str]:
    """``text`` in the parts that are spoken one after the other, each with a letter or digit in it.

    Nothing but white space between the parts is lost.
    """
    parts: list[str] = []
    start = 0
    for match in ENDS.finditer(text):
        if match.end() < len(text) and not _ends(text, match):
            continue
        parts.append(text[start : match.end()])
        start = match.end()
    parts.append(text[start:])
    return [piece for part in _joined(parts) for piece in _short_enough(part, LONGEST[language])]


def _ends(text: str, match: re.Match[str]) -> bool:
    """Whether the mark at ``match`` ends a sentence; something follows it."""
    mark, after = match.group(), text[match.end() :]
    closed = mark[-1] in CLOSING
    following = after.lstrip()
    if "\n" in mark:
        return True
    if mark[0] in ALWAYS:
        # 他说：“好吗？”然后走了。 The sentence goes on after a quotation, unless that ended with a full stop.
        return not closed or mark[0] == "。" or after[:1].isspace() or not following
    if not following:
        return True
    if not after[0].isspace():
        return mark[0] != "…" and _han(after[0]) and not closed
    goes_on = following[0].islower()
    if mark[0] != "." or mark.startswith(".."):
        return not goes_on
    return _full_stop(text[: match.start()], goes_on=goes_on)


def _full_stop(before: str, *, goes_on: bool) -> bool:
    """Whether a single full stop after ``before`` ends a sentence; ``goes_on``: a small letter follows."""
    found = WORD.search(before)
    word = found.group().lower().lstrip("'’") if found else ""
    if word in TITLES:
        return False
    if word in EITHER:
        return not goes_on
    if INITIAL.search(before):
        return word == "i" and not goes_on
    return not goes_on or len(word) > 1


def _han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


def _joined(parts: list[str]) -> list[str]:
    """What has nothing to be said in it goes with what stands before it, else with what comes after."""
    whole: list[str] = []
    held = ""
    for part in parts:
        if any(character.isalnum() for character in part):
            whole.append(held + part)
            held = ""
        elif whole:
            whole[-1] += part
        else:
            held += part
    return [part.strip() for part in whole]


def _short_enough(part: str, longest: int) -> list[str]:
    pieces = []
    while len(part) > longest:
        cuts = [match.end() for match in CLAUSE.finditer(part, 0, longest)]
        useful = [cut for cut in cuts if cut >= longest // 4 and not _within_number(part, cut)]
        cut = useful[-1] if useful else part.rfind(" ", longest // 4, longest) + 1 or longest
        pieces.append(part[:cut].strip())
        part = part[cut:]
    if part.strip():
        pieces.append(part.strip())
    return pieces


def _within_number(text: str, cut: int) -> bool:
    """Whether the comma before ``cut`` stands between two digits: 12,000."""
    return cut >= 2 and cut < len(text) and text[cut - 2].isdigit() and text[cut].isdigit()  # noqa: PLR2004 - a digit and the comma
