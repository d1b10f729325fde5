"""A trigger of the graph: a short pattern over words, read once, turned into a regular expression when first needed.

| written | means |
| --- | --- |
| ``failed`` | this word (English), these characters (Chinese; spaces mean nothing there) |
| ``(failed|messed up)`` | one of these |
| ``[the|a]`` | one of these, or nothing |
| ``<exam>`` | one of the list of that name in ``words.toml``; may stand in brackets too |
| ``..`` and ``...`` | up to 3 and up to 6 words, up to 4 and up to 8 characters, none of which denies |
| ``~`` | a denial ("didn't", "没"), with up to 2 words or characters after it |
| ``^`` and ``$`` | the beginning and the end of what was said |

No pattern reaches beyond the end of a clause. One that does not begin with ``~`` does not hold where it is denied.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from edge.affect import Language

if TYPE_CHECKING:
    from edge.understanding.graph.speech import Speech

GAPS = {Language.EN: {"..": 3, "...": 6}, Language.ZH: {"..": 4, "...": 8}}
"""Most words or characters in a gap."""
AFTER_DENIAL = 2
"""Words or characters between a denial and what it denies, in a pattern: "didn't quite make it"."""
_ELEMENT = re.compile(r"\((?P<one>[^()\[\]]+)\)|\[(?P<maybe>[^()\[\]]+)\]|<(?P<name>\w+)>|(?P<sign>\.{2,3}|[~^$])|")
_LITERAL = re.compile(r"[^\s()\[\]<>~^$.|]+")


@dataclass(slots=True)
class Pattern:
    """One pattern, ready to be looked for in prepared text (``Speech.prepared``).

    ``needs`` holds, for each part that must be there, the texts one of which must be; ``denies`` says that it begins
    with a denial.
    """

    written: str
    source: str
    needs: tuple[tuple[str, ...], ...]
    denies: bool
    _compiled: re.Pattern[str] | None = field(default=None, repr=False)

    @property
    def regex(self) -> re.Pattern[str]:
        """The regular expression. Most patterns are never met, so that each is compiled when it is."""
        if self._compiled is None:
            self._compiled = re.compile(self.source)
        return self._compiled


def read(written: str, speech: Speech) -> Pattern:
    """The pattern that is ``written``. Raises ValueError for what is no pattern."""
    parts: list[str] = []
    needs: list[tuple[str, ...]] = []
    rest = written.strip()
    denies = rest.startswith("~")
    while rest:
        match = _ELEMENT.match(rest)
        if match is None or not match.group():
            match = _LITERAL.match(rest)
            if match is None:
                message = f"{rest!r} cannot be read in the pattern {written!r}"
                raise ValueError(message)
            kind, body = "one", match.group()
        else:
            kind = match.lastgroup or ""
            body = match.group(kind)
        rest = rest[match.end() :].lstrip()
        if kind == "sign":
            parts.append(_sign(body, speech))
            continue
        choices = _choices(f"<{body}>" if kind == "name" else body, speech)
        together = "(?:" + "|".join(re.escape(speech.piece(choice)) for choice in choices) + ")"
        parts.append(together + "?" if kind == "maybe" else together)
        if kind != "maybe":
            needs.append(tuple(speech.edge + speech.piece(choice) for choice in choices))
    if not needs:
        message = f"the pattern {written!r} has no word that must be there"
        raise ValueError(message)
    return Pattern(written, speech.begin + "".join(parts), tuple(needs), denies)


def _sign(sign: str, speech: Speech) -> str:
    if sign == "^":
        return speech.start
    if sign == "$":
        return speech.stop
    if sign == "~":
        return f"(?:{speech.denial}){speech.anything}{{0,{AFTER_DENIAL}}}?"
    return f"(?:(?!{speech.denial}){speech.anything}){{0,{GAPS[speech.language][sign]}}}?"


def _choices(body: str, speech: Speech) -> list[str]:
    """The texts that ``body``, the inside of brackets, stands for."""
    found: list[str] = []
    for choice in body.split("|"):
        piece = choice.strip()
        if piece.startswith("<") and piece.endswith(">"):
            if piece[1:-1] not in speech.lists:
                message = f"there is no list {piece} in words.toml"
                raise ValueError(message)
            found += speech.lists[piece[1:-1]]
        elif not piece or not all(_LITERAL.fullmatch(word) for word in piece.split()):
            message = f"{choice!r} is no choice"
            raise ValueError(message)
        else:
            found.append(piece)
    return found
