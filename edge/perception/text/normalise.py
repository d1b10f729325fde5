"""One spelling for words that mean the same: what the hashes, the lexicon and the rules all see."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

_LINK = re.compile(r"https?://\S+|www\.\S+")
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
"""Zero-width and direction marks, variation selectors: they split words that look whole."""
_CONTROL = re.compile("[\u0000-\u001f\u007f-\u009f\ud800-\udfff\ufffd]")
_REPEATED = re.compile(r"(\D)\1{2,}")
_QUOTES = str.maketrans("‘’`´“”„«»", '\'\'\'\'"""""')


def normalised(words: str, limit: int) -> str:
    """``words`` in NFKC, lower case, simplified characters, without invisible marks; at most ``limit`` characters.

    A character that is repeated three times or more stands twice: "sooooo" and "sooo" become "soo". Emoji stay.
    """
    # NFKC may lengthen a text (one Arabic ligature becomes 18 letters), so it is cut before and after.
    text = unicodedata.normalize("NFKC", _CONTROL.sub(" ", words[:limit]))[:limit]
    text = _INVISIBLE.sub("", _LINK.sub(" ", text)).lower()
    text = text.translate(_QUOTES).translate(_simplifying())
    return " ".join(_REPEATED.sub(r"\1\1", text).split())


def simplified(text: str) -> str:
    """``text`` with simplified characters for the traditional ones of everyday speech."""
    return text.translate(_simplifying())


@cache
def _simplifying() -> dict[int, int]:
    """Traditional → simplified, for the characters in which everyday speech differs."""
    content = files(__package__).joinpath("lexicon", "traditional.txt").read_text(encoding="utf-8")
    pairs = [pair for line in content.splitlines() if not line.startswith("#") for pair in line.split()]
    return {ord(pair[0]): ord(pair[1]) for pair in pairs}
