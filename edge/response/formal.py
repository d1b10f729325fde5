"""How formally the person is addressed: the same text with 您 for 你, or with its contractions written out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from edge.affect import Language

if TYPE_CHECKING:
    from collections.abc import Mapping

_QUOTED = re.compile(r"(“[^”]*”)")


class Formal:
    """Makes texts formal by a table of phrases; what stands in quotation marks is the person's own and stays."""

    def __init__(self, language: Language, phrases: Mapping[str, str]) -> None:
        """``phrases`` as they are said casually, in lower case, and how they are said formally."""
        self._phrases = dict(phrases)
        longest_first = "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))
        edge = r"(?<![\w'])(?:{})(?![\w'])" if language is Language.EN else "(?:{})"
        self._casual = re.compile(edge.format(longest_first), re.IGNORECASE) if phrases else None

    def __call__(self, text: str) -> str:
        """``text``, formally."""
        if self._casual is None:
            return text
        pieces = _QUOTED.split(text)
        return "".join(piece if piece.startswith("“") else self._casual.sub(self._said, piece) for piece in pieces)

    def _said(self, found: re.Match[str]) -> str:
        casual = found[0]
        formal = self._phrases[casual.lower()]
        return formal[:1].upper() + formal[1:] if casual[:1].isupper() else formal
