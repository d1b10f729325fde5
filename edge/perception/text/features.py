"""Hashed words: a normalised text becomes ids, places in the model's table of vectors. Training calls this very code.

A unit is a word or a run of signs in English, a character in Chinese. Each has three ids: that of itself, that of its
first letters in English or of the pair with the next character in Chinese, so that unknown words share something with
known ones, and a second one of what there is most of, words in English and pairs in Chinese. A hash decides which place
an id is (Weinberger et al., Feature hashing for large scale multitask learning, 2009), so no vocabulary is stored. The
places of two hashes are seldom both another's too (Svenstrup et al., Hash embeddings for efficient word
representations, 2017). CRC-32 is the same on every machine.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

import numpy as np

from edge.affect import Language

if TYPE_CHECKING:
    from numpy.typing import NDArray

TABLE = 22 * 1024
"""Places; place 0 stands for no unit."""
UNITS = 40
"""Units that the model reads at once: longer than nineteen of twenty comments or lines of talk."""
IDS = 3
"""Of a unit."""
PREFIX = 4
"""First letters of an English word that have an id of their own."""
AGAIN = zlib.crc32(b"#")
"""Where the second hash starts: as if a sign that no unit begins with stood before it."""
TOKEN = re.compile(r"[a-z0-9]+(?:'[a-z]+)?|[^\sa-z0-9]+")
"""Words with their clitic ("don't"), or runs of signs (":)", "!!")."""


def ids(text: str, language: Language) -> NDArray[np.int32]:
    """(parts, UNITS, IDS) in [0, TABLE) of a normalised ``text``.

    A text of more than UNITS units is cut into parts of UNITS; the last one reaches back into the one before. A text
    without units gives one empty part.
    """
    hashes = _english(text) if language is Language.EN else _chinese(text)
    units = len(hashes) // IDS
    rows = (1 + np.array(hashes, np.uint32) % (TABLE - 1)).reshape(units, IDS)
    parts = max(1, -(-units // UNITS))
    found = np.zeros((parts, UNITS, IDS), np.int32)
    for number, part in enumerate(found):
        first = max(0, min(number * UNITS, units - UNITS))
        part[: units - first] = rows[first : first + UNITS]
    return found


def _english(text: str) -> list[int]:
    """IDS hashes of each word: of itself, of its first letters, of itself again."""
    hashes: list[int] = []
    for unit in TOKEN.findall(text):
        word = unit.encode()
        hashes += (zlib.crc32(word), zlib.crc32(f"{unit[:PREFIX]}-".encode()), zlib.crc32(word, AGAIN))
    return hashes


def _chinese(text: str) -> list[int]:
    """IDS hashes of each character: of itself, of the pair with the next, of the pair again."""
    units = [character.encode() for character in text if not character.isspace()]
    hashes: list[int] = []
    for unit, following in zip(units, [*units[1:], b""], strict=False):  # without units there is none
        pair = unit + following
        hashes += (zlib.crc32(unit), zlib.crc32(pair), zlib.crc32(pair, AGAIN))
    return hashes
