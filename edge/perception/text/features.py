"""Hashed words: a normalised text becomes ids, places in the model's table of vectors. Training calls this very code.

A unit is a word or a run of signs in English, a character in Chinese. Each has two ids: that of itself, and that of its
first letters in English, of the pair with the next character in Chinese, so that unknown words share something with
known ones. A hash decides which place an id is (Weinberger et al., Feature hashing for large scale multitask learning,
2009), so no vocabulary is stored; CRC-32 is the same on every machine.
"""

from __future__ import annotations

import re
import zlib
from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np

from edge.affect import Language

if TYPE_CHECKING:
    from numpy.typing import NDArray

TABLE = 22 * 1024
"""Places; place 0 stands for no unit."""
UNITS = 40
"""Units that the model reads at once: longer than nineteen of twenty comments or lines of talk."""
PREFIX = 4
"""First letters of an English word that have an id of their own."""
TOKEN = re.compile(r"[a-z0-9]+(?:'[a-z]+)?|[^\sa-z0-9]+")
"""Words with their clitic ("don't"), or runs of signs (":)", "!!")."""


def ids(text: str, language: Language) -> NDArray[np.int32]:
    """(parts, UNITS, 2) in [0, TABLE) of a normalised ``text``.

    A text of more than UNITS units is cut into parts of UNITS; the last one reaches back into the one before. A text
    without units gives one empty part.
    """
    pairs = _pairs(text, language)
    parts = max(1, -(-len(pairs) // UNITS))
    found = np.zeros((parts, UNITS, 2), np.int32)
    for number, row in enumerate(found):
        first = max(0, min(number * UNITS, len(pairs) - UNITS))
        for place, pair in enumerate(pairs[first : first + UNITS]):
            row[place] = [1 + zlib.crc32(unit.encode()) % (TABLE - 1) for unit in pair]
    return found


def _pairs(text: str, language: Language) -> list[tuple[str, str]]:
    if language is Language.EN:
        return [(unit, f"{unit[:PREFIX]}-") for unit in TOKEN.findall(text)]
    units = [character for character in text if not character.isspace()]
    return [(unit, unit + after) for unit, after in zip_longest(units, units[1:], fillvalue="")]
