from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

pytest.importorskip("tf_keras", reason="training needs the extra `convert`")

from converters.train import text_below
from converters.train.text_below import FROZEN, LONGEST, Below, planned
from tests.converters.train.e5_file import encoder

if TYPE_CHECKING:
    from pathlib import Path

    from converters.train.text_e5 import E5File

WORDS = ("unhappy", "我很happy", "", "happy " * 100, "unhappy", "我我我")
pytestmark = pytest.mark.filterwarnings("default")  # TensorFlow's own


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> E5File:
    return encoder(tmp_path_factory.mktemp("e5") / "e5.bin", FROZEN)


@pytest.fixture
def below(file: E5File, tmp_path: Path) -> Below:
    made = Below(WORDS, tmp_path / "below", file)
    made.read()
    return made


def test_a_text_is_the_same_alone_and_beside_others(below: Below) -> None:
    together, present = below.of(WORDS)
    assert present.sum(axis=1).tolist() == below.lengths(WORDS).tolist()
    assert below.lengths([WORDS[3]]).tolist() == [LONGEST]
    for row, text in enumerate(WORDS):
        alone, whole = below.of([text])
        assert whole.all()
        np.testing.assert_array_equal(together[row, : alone.shape[1]], alone[0])
        assert not together[row, alone.shape[1] :].any()


def test_it_says_what_the_blocks_say(below: Below, file: E5File) -> None:
    from converters.train.text_encoder import blocks, word_vectors
    from converters.train.text_pieces import Pieces

    ids = np.array([Pieces(file.vocabulary, LONGEST).ids("unhappy")])
    wanted = word_vectors(file, ids)
    for block in blocks(file, 0, FROZEN):
        wanted = block(wanted, np.ones(ids.shape, np.float32))
    np.testing.assert_allclose(below.of(["unhappy"])[0], wanted, atol=2e-3)  # half precision


def test_what_is_on_disk_is_not_worked_out_again(
    below: Below, file: E5File, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = Below(WORDS, tmp_path / "below", file)
    monkeypatch.setattr(text_below, "_vectors", lambda *_: pytest.fail("it was worked out again"))
    again.read()
    np.testing.assert_array_equal(again.of(WORDS)[0], below.of(WORDS)[0])


def test_vectors_that_were_cut_otherwise_are_worked_out_anew(below: Below, file: E5File, tmp_path: Path) -> None:
    wanted, _ = below.of(WORDS)
    (path,) = (tmp_path / "below").glob("*.npy")
    shorter = np.load(path)[:-1]
    path.unlink()
    np.save(path, shorter)
    again = Below(WORDS, tmp_path / "below", file)
    again.read()
    np.testing.assert_array_equal(again.of(WORDS)[0], wanted)


def test_batches_hold_every_text_once_and_few_pieces() -> None:
    lengths = np.random.default_rng(1).integers(2, LONGEST + 1, 6000)
    batches = planned(lengths, np.random.default_rng(2))
    assert sorted(np.concatenate(batches).tolist()) == list(range(len(lengths)))
    assert max(len(rows) * lengths[rows].max() for rows in batches) <= text_below.PIECES
