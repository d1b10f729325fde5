"""Text as people really write it becomes text that patterns can be matched against.

Undone: case, compatibility forms, accents, zero-width and control characters, look-alike letters of other scripts,
typographic apostrophes, digits and signs for letters (``su1cide``), starred and spaced-out letters (``k*ll``,
``s u i c i d e``), stretched letters (``dieeee``), signs between Chinese characters (``自*杀``), traditional
characters.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any

TO = re.compile(r"(?<=[a-z] )2(?= [a-z])")
HAN = "\u3400-\u9fff\uf900-\ufaff"
APOSTROPHES = dict.fromkeys(map(ord, "'’‘`´ʼʹ′＇"))
WIDE = str.maketrans(",!?;:", "，！？；：")
"""NFKC makes Chinese punctuation narrow; the patterns have it as it is written."""
SENTENCE_END = re.compile(r"[.!?;:…]+(?=\s|$)|[。！？；：]+")
LINE_BREAK = re.compile(r"\s*\n\s*")
STRETCHED = re.compile(r"([a-z])\1{2,}")
SPACED = re.compile(r"(?<![a-z0-9])[a-z0-9](?:[ ._*\-+|/~]{1,2}[a-z0-9]){2,}(?![a-z0-9])")
STARRED = re.compile(r"[a-z*#_%@$!?.]*[a-z][*#_%]+[a-z*#_%]*")
BETWEEN_HAN = re.compile(rf"(?<=[{HAN}])[\s*_.\-~·•…|/\\+#^、'\"“”]{{1,3}}(?=[{HAN}])")
NOT_A_WORD = re.compile(r"[^a-z0-9.]+")
LEET_WORD = re.compile(r"(?=[0-9@$!|]*[a-z])[a-z0-9@$][a-z0-9@$!|]*[a-z0-9@$]")


@cache
def tables() -> dict[str, Any]:
    """Look-alike letters, signs for letters, traditional characters, and the words that stars may hide."""
    return tomllib.loads(files("edge.safety").joinpath("normalise.toml").read_text(encoding="utf-8"))


@cache
def _table(name: str) -> dict[int, str]:
    """``name`` of the data file for ``str.translate``: its two strings run in step."""
    return dict(zip(map(ord, tables()[name]["from"]), tables()[name]["to"], strict=True))


def latin(text: str) -> tuple[str, ...]:
    """The readings of the Latin-script words: lower case, single spaces, " . " at the end of a sentence.

    There are several where a line break may end a sentence or not, and where letters are stretched.
    """
    folded = unicodedata.normalize("NFKD", _visible(text)).casefold().translate(APOSTROPHES)
    folded = "".join(c for c in folded if not unicodedata.combining(c)).translate(_table("confusable"))
    folded = SPACED.sub(lambda m: NOT_A_WORD.sub("", m.group().replace(".", "")), folded)
    folded = STARRED.sub(lambda m: _unstarred(m.group()), folded)
    folded = LEET_WORD.sub(lambda m: m.group().translate(_table("leet")), folded)
    lines = dict.fromkeys((folded, LINE_BREAK.sub(". ", folded)))
    readings = [TO.sub("to", _words(reading)) for reading in lines]
    if not any(STRETCHED.search(words) for words in readings):
        return tuple(readings)
    return tuple(STRETCHED.sub(once, words) for words in readings for once in (r"\1\1", r"\1"))


def han(text: str) -> str:
    """The text with simplified characters, nothing between characters of one sentence, Latin letters in lower case."""
    folded = unicodedata.normalize("NFKC", _visible(text)).casefold().translate(_table("traditional"))
    return BETWEEN_HAN.sub("", folded).translate(WIDE)


def _words(text: str) -> str:
    ended = SENTENCE_END.sub(" . ", text)
    pieces = NOT_A_WORD.sub(" ", ended).split()
    return " ".join(piece.strip(".") or "." for piece in pieces)


def _visible(text: str) -> str:
    """Without format characters (zero-width, direction marks) and variation selectors; controls become spaces."""
    kept = []
    for character in text:
        category = unicodedata.category(character)
        if category == "Cf" or "\ufe00" <= character <= "\ufe0f" or character == "\u034f":
            continue
        kept.append(" " if category in ("Cc", "Cs") and character != "\n" else character)
    return "".join(kept)


def _unstarred(token: str) -> str:
    """The word that a token such as ``su*c*de`` hides, when it is one of the known; else the token."""
    pattern = re.compile("".join("[a-z]{0,2}" if c in "*#_%@$!?." else re.escape(c) for c in token))
    return next((word for word in tables()["starred"] if pattern.fullmatch(word)), token)
