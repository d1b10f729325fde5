"""The file of predictions that simulated households are made from, as the command writes it and as it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from converters import predictions
from converters.__main__ import main
from converters.fusion_readings import PARTS
from fleet.simulation.predictions import learners, load, strangers
from tests.converters.test_fusion import FIT, TEST

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the device's perceivers said of real data is known to ``test_fusion``'s synthetic set instead."""
    monkeypatch.setattr(predictions, "readings", lambda *_: dict(zip(PARTS, (FIT, TEST), strict=True)))


def test_what_is_written_is_the_held_out_part_and_the_two_halves_share_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "new" / "预测.npz"
    assert main(["predictions", "--data", str(tmp_path), "--out", str(path)]) == 0
    assert f"face {len(TEST[next(iter(TEST))].truth)}" in capsys.readouterr().out
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    for sense, said in load(path).items():
        np.testing.assert_allclose(said.probabilities, TEST[sense].probabilities, atol=1e-6)
        np.testing.assert_array_equal(said.truth, TEST[sense].truth)
        halves = (learners(path)[sense], strangers(path)[sense])
        assert sum(len(half.truth) for half in halves) == len(said.truth)
        rows = {tuple(row) for half in halves for row in half.probabilities}
        assert len(rows) == len(said.truth)


def test_a_file_that_cannot_be_written_is_named_and_nothing_is_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["predictions", "--data", str(tmp_path), "--out", str(tmp_path / "p.csv")]) == 1
    assert "does not end in .npz" in capsys.readouterr().err
    (tmp_path / "taken").touch()
    assert main(["predictions", "--data", str(tmp_path), "--out", str(tmp_path / "taken" / "p.npz")]) == 1
    assert str(tmp_path / "taken" / "p.npz") in capsys.readouterr().err
    assert [one.name for one in tmp_path.iterdir()] == ["taken"]
