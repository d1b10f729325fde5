"""A trigger of the graph: a short pattern over words, read once, turned into a regular expression when first needed.

| written | means |
| --- | --- |
| ``failed`` | this word (English), these characters (Chinese; spaces mean nothing there) |
| ``(failed|messed up)`` | one of these, each a pattern of its own |
| ``[the|a]`` | one of these, or nothing |
| ``<exam>`` | one of the list of that name in ``words.toml`` |
| ``..`` and ``...`` | up to 3 and up to 6 words, up to 5 and up to 10 characters, none of which denies |
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

GAPS = {Language.EN: {"..": 3, "...": 6}, Language.ZH: {"..": 5, "...": 10}}
"""Most words or characters in a gap."""
AFTER_DENIAL = 2
"""Words or characters between a denial and what it denies, in a pattern: "didn't quite make it"."""
_TOKEN = re.compile(r"\.{2,3}|[()\[\]|~^$]|<\w+>|[^\s()\[\]<>~^$.|]+")
_CLOSING = {"(": ")", "[": "]"}

Needs = list[tuple[str, ...]]


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
        """The regular expression; compiled when it is first needed, if nobody had the time for it before."""
        return self._compiled or self.compile()

    def compile(self) -> re.Pattern[str]:
        """Make the regular expression ready: a quarter of a millisecond, 1 KiB."""
        if self._compiled is None:
            self._compiled = re.compile(self.source)
        return self._compiled

    def may_be_in(self, text: str) -> bool:
        """Whether every part that must be there is somewhere in prepared text: cheap, and false for most patterns."""
        return all(any(piece in text for piece in pieces) for pieces in self.needs)


def read(written: str, speech: Speech) -> Pattern:
    """The pattern that is ``written``. Raises ValueError for what is no pattern."""
    tokens = _TOKEN.findall(written)
    if "".join(tokens) != "".join(written.split()):
        message = f"the pattern {written!r} holds a sign that means nothing"
        raise ValueError(message)
    denies = tokens[:1] == ["~"]
    reader = _Reader(tokens, speech)
    source, needs = reader.choices(None)
    if not needs:
        message = f"the pattern {written!r} has no word that must be there"
        raise ValueError(message)
    return Pattern(written, speech.begin + source, tuple(needs), denies)


class _Reader:
    """Goes through the tokens once, from left to right; brackets may stand in brackets."""

    def __init__(self, tokens: list[str], speech: Speech) -> None:
        self._left = tokens[::-1]
        self._speech = speech

    def choices(self, closing: str | None) -> tuple[str, Needs]:
        """One or several sequences with ``|`` between them, up to and with ``closing``, or to the end."""
        found = [self._sequence()]
        while self._left and self._left[-1] == "|":
            self._left.pop()
            found.append(self._sequence())
        if (self._left.pop() if self._left else None) != closing:
            message = f"a bracket is not {'closed' if closing else 'opened'} in the pattern"
            raise ValueError(message)
        if len(found) == 1:
            return found[0]
        together = "(?:" + "|".join(source for source, _ in found) + ")"
        if not all(needs for _, needs in found):
            return together, []
        # Of each choice the part with the fewest texts; when the choice matches, one of them is there.
        return together, [tuple(text for _, needs in found for text in min(needs, key=len))]

    def _sequence(self) -> tuple[str, Needs]:
        source, needs = "", Needs()
        while self._left and self._left[-1] not in ")]|":
            part, more = self._part(self._left.pop())
            source += part
            needs += more
        if not source:
            message = "a part of the pattern is empty"
            raise ValueError(message)
        return source, needs

    def _part(self, sign: str) -> tuple[str, Needs]:
        speech = self._speech
        if sign in _CLOSING:
            source, needs = self.choices(_CLOSING[sign])
            return (source, needs) if sign == "(" else (f"(?:{source})?", [])
        if sign in ("^", "$"):
            return (speech.start if sign == "^" else speech.stop), []
        if sign == "~":
            return f"(?:{speech.denial}){speech.anything}{{0,{AFTER_DENIAL}}}?", []
        if sign in ("..", "..."):
            return f"(?:(?!{speech.denial}){speech.anything}){{0,{GAPS[speech.language][sign]}}}?", []
        if _is_text(sign):
            while self._left and _is_text(self._left[-1]):
                sign = f"{sign} {self._left.pop()}"
            texts: tuple[str, ...] = (sign,)
        elif sign[1:-1] in speech.lists:
            texts = speech.lists[sign[1:-1]]
        else:
            message = f"there is no list {sign} in words.toml"
            raise ValueError(message)
        pieces = [speech.piece(text) for text in texts]
        together = "(?:" + "|".join(re.escape(piece) for piece in pieces) + ")"
        return together, [tuple(speech.edge + piece for piece in pieces)]


def _is_text(token: str) -> bool:
    return token[0] not in "()[]|~^$<."
