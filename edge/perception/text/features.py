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
IDS = 3
"""Of a unit."""
PREFIX = 4
"""First letters of an English word that have an id of their own."""
AGAIN = "#"
"""Put before what is hashed a second time."""
TOKEN = re.compile(r"[a-z0-9]+(?:'[a-z]+)?|[^\sa-z0-9]+")
"""Words with their clitic ("don't"), or runs of signs (":)", "!!")."""


def ids(text: str, language: Language) -> NDArray[np.int32]:
    """(parts, UNITS, IDS) in [0, TABLE) of a normalised ``text``.

    A text of more than UNITS units is cut into parts of UNITS; the last one reaches back into the one before. A text
    without units gives one empty part.
    """
    named = _named(text, language)
    parts = max(1, -(-len(named) // UNITS))
    found = np.zeros((parts, UNITS, IDS), np.int32)
    for number, row in enumerate(found):
        first = max(0, min(number * UNITS, len(named) - UNITS))
        for place, names in enumerate(named[first : first + UNITS]):
            row[place] = [1 + zlib.crc32(name.encode()) % (TABLE - 1) for name in names]
    return found


def _named(text: str, language: Language) -> list[tuple[str, str, str]]:
    """What is hashed of each unit."""
    if language is Language.EN:
        return [(unit, f"{unit[:PREFIX]}-", AGAIN + unit) for unit in TOKEN.findall(text)]
    units = [character for character in text if not character.isspace()]
    pairs = map("".join, zip_longest(units, units[1:], fillvalue=""))
    return [(unit, pair, AGAIN + pair) for unit, pair in zip(units, pairs, strict=True)]
