from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from converters.datasets.text_targets import FINE, emobank, goemotions_fine
from converters.train.text_judge import judged
from converters.train.text_material import joined, material
from converters.train.text_sources import balanced
from edge.affect import EMOTIONS
from edge.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

EYE = np.eye(len(EMOTIONS), dtype=np.float32)


def test_a_teacher_is_mixed_into_what_is_known_and_alone_where_nothing_is() -> None:
    part = joined([material(["a"], EYE[:1]), material(["b"], affect=np.array([[0.5, -0.5]]))])
    emotion, fine, affect = (np.full((2, n), value, np.float32) for n, value in ((7, 1 / 7), (28, 0.1), (2, 0.0)))
    taught = part.taught(emotion, fine, affect, 0.5)
    np.testing.assert_allclose(taught.emotion[0], 0.5 * EYE[0] + 0.5 / 7)
    np.testing.assert_allclose(taught.emotion[1], 1 / 7)
    assert taught.affect.tolist() == [[0.0, 0.0], [0.25, -0.25]]
    np.testing.assert_allclose(taught.fine, 0.1)


def test_rare_emotions_count_more_and_texts_without_one_stay() -> None:
    part = joined([material(["a"] * 9, EYE[[0] * 9]), material(["b"], EYE[[1]]), material(["c"])])
    weight = balanced(part).weight
    assert weight[9] > 2 * weight[0]
    assert weight[10] == 1.0
    assert weight[:10].mean() == pytest.approx(1.0, rel=0.05)


def test_fine_labels_are_those_of_the_same_comments(tmp_path: Path) -> None:
    for kind, content in (("original", "hi\t0,27\tid1\n"), ("ekman", "hi\t3\tid1\n")):
        folder = tmp_path / "text" / "goemotions" / kind
        folder.mkdir(parents=True)
        (folder / "dev.tsv").write_text(content, encoding="utf-8")
    found = goemotions_fine(tmp_path, "dev")
    assert [FINE[i] for i in np.flatnonzero(found[0])] == ["admiration", "neutral"]
    (folder / "dev.tsv").write_text("hi\t3\tid2\n", encoding="utf-8")
    with pytest.raises(InputError, match="different comments"):
        goemotions_fine(tmp_path, "dev")


def test_emobank_is_brought_to_the_circumplex(tmp_path: Path) -> None:
    path = tmp_path / "text" / "emobank" / "emobank.csv"
    path.parent.mkdir(parents=True)
    path.write_text('id,split,V,A,D,text\n1,train,5.0,2.0,3.0,"Hi, you"\n2,dev,3,3,3,no\n', encoding="utf-8")
    words, affect = emobank(tmp_path, "train")
    assert words == ("Hi, you",)
    assert affect.tolist() == [[1.0, -0.5]]


def test_heads_are_judged_where_something_is_known() -> None:
    fine = np.eye(28, dtype=np.float32)
    held = {
        "x": material([""] * 28, EYE[np.arange(28) % 7], fine=fine),
        "y": material([""] * 3, affect=np.array([[0.1, 0.3], [0.2, 0.2], [0.3, 0.1]])),
    }

    def outputs(name: str) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        rows = len(held[name])
        affect = np.stack([np.arange(rows), np.arange(rows)], axis=1).astype(np.float32)
        return EYE[np.arange(rows) % 7], (fine * 8 - 4)[:rows], affect

    wanted = {"f1 x": 1.0, "fine": 1.0, "valence": 1.0, "arousal": -1.0, "mean": 0.5}
    assert judged(held, outputs) == pytest.approx(wanted)
