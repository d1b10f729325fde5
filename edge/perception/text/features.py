"""Hashed n-grams: a normalised text becomes a sparse vector of fixed length. Training calls this very code.

English gives words, pairs of words, and runs of 2 to 4 characters; Chinese gives runs of 1 to 2 characters; emoji are
shared by both. A hash decides which of BUCKETS places an n-gram has (Weinberger et al., Feature hashing for large scale
multitask learning, 2009), so no vocabulary is stored. Hashes are 32-bit integer arithmetic on code points and CRC-32,
the same on every machine.
"""

from __future__ import annotations

import math
import re
import zlib
from typing import TYPE_CHECKING

import numpy as np

from edge.affect import Language

if TYPE_CHECKING:
    from numpy.typing import NDArray

BUCKETS = 1 << 15
"""Length of the vector."""
CHARACTERS = {Language.EN: (2, 4), Language.ZH: (1, 2)}
"""Shortest and longest run of characters."""
LENGTH, MOST = 8.0, 4.0
"""Every text's vector has the length (L2) 8, so that a clear word weighs as much as a long story; but no n-gram counts
more than 4, which bounds the range that int8 has to cover."""
TOKEN = re.compile(r"[a-z0-9]+(?:'[a-z]+)?|[^\sa-z0-9]+")
"""Words with their clitic ("don't"), or runs of signs (":)", "!!")."""

_PRIME, _BASIS = np.uint32(16777619), np.uint32(2166136261)
"""FNV-1a (Fowler, Noll, Vo; RFC 9923), here over code points instead of bytes."""
_MIX = np.uint32(0x85EBCA6B)
"""Multiplier of MurmurHash3's 32-bit finaliser (Appleby, public domain): spreads the entropy into the low bits."""
_WORD, _PAIR, _EMOJI = np.uint32(0x57), np.uint32(0x50), np.uint32(0x45)
"""Kinds of n-gram, so that a word and the same run of characters have different places."""
_FIRST_EMOJI, _SIGNS = 0x1F000, (0x2600, 0x27BF)


def buckets(text: str, language: Language) -> NDArray[np.int64]:
    """Places of the n-grams of a normalised ``text``, (n,) in [0, BUCKETS), ascending, each once; n may be 0."""
    if not text:
        return np.zeros(0, np.int64)
    padded = f" {text} " if language is Language.EN else text
    codes = np.frombuffer(padded.encode("utf-32-le"), "<u4").astype(np.uint32)
    shortest, longest = CHARACTERS[language]
    hashes = []
    running = np.full(len(codes), _BASIS)
    for length in range(1, longest + 1):
        if length > len(codes):
            break
        running = (running[: len(codes) - length + 1] ^ codes[length - 1 :]) * _PRIME
        if length >= shortest:
            hashes.append(running)
    pictures = codes[(codes >= _FIRST_EMOJI) | ((codes >= _SIGNS[0]) & (codes <= _SIGNS[1]))]
    hashes.append((pictures ^ _EMOJI) * _PRIME)
    if language is Language.EN:
        words = np.array([zlib.crc32(token.encode()) for token in TOKEN.findall(text)], np.uint32)
        hashes.append(words ^ _WORD)
        hashes.append((words[:-1] * _PRIME) ^ words[1:] ^ _PAIR)
    return _places(np.concatenate(hashes))


def value(count: int) -> float:
    """What each n-gram counts in a text with ``count`` different ones, in (0, MOST]."""
    return min(MOST, LENGTH / math.sqrt(max(count, 1)))


class FeatureVector:
    """The model's input, (1, BUCKETS) float32; kept between texts, and only the places of the last text are cleared."""

    def __init__(self) -> None:
        self.array = np.zeros((1, BUCKETS), np.float32)
        self._touched = np.zeros(0, np.int64)

    def fill(self, text: str, language: Language) -> NDArray[np.float32]:
        """The vector of a normalised text; valid until the next call."""
        row = self.array[0]
        row[self._touched] = 0.0
        self._touched = buckets(text, language)
        row[self._touched] = value(len(self._touched))
        return self.array

    def clear(self) -> None:
        """Forget the last text."""
        self.array.fill(0.0)
        self._touched = np.zeros(0, np.int64)


def _places(hashes: NDArray[np.uint32]) -> NDArray[np.int64]:
    mixed = (hashes ^ (hashes >> np.uint32(16))) * _MIX
    mixed ^= mixed >> np.uint32(13)
    mixed &= np.uint32(BUCKETS - 1)
    mixed.sort()
    first = np.ones(len(mixed), np.bool_)
    np.not_equal(mixed[1:], mixed[:-1], out=first[1:])  # np.unique does the same in four times the time
    return mixed[first].astype(np.int64)
