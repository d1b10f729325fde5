"""Text as an engine may have it: no sign in it is ever a command."""

from __future__ import annotations

import re
import unicodedata

PHONEMES = re.compile(r"(\[)(?=\[)|(\])(?=\])")
"""``[[…]]`` is what espeak-ng reads as phonemes, with and without SSML."""
DIGITS = re.compile(r"\d+")
ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def plain(text: str) -> str:
    """``text`` without control characters and without phoneme brackets."""
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") else c for c in text)
    return PHONEMES.sub(r"\1\2 ", kept)


def escaped(text: str) -> str:
    """``plain`` text within SSML: nothing in it is a tag or an entity."""
    return plain(text).translate(ENTITIES)


def spelled(text: str) -> str:
    """``text`` with its numbers digit by digit: a telephone number is dialled so, and so it must be heard."""
    return DIGITS.sub(lambda match: " ".join(match.group()) + ",", text)
