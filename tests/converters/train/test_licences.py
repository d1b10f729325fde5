"""What may only measure a model never trains one, whoever calls and wherever it was put."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from converters.__main__ import main
from converters.datasets.catalogue import named
from converters.datasets.sets.row import Use
from converters.train import text_sources
from edge.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", text_sources.SETS)
def test_every_set_of_the_text_may_train(name: str) -> None:
    assert named(name).use is Use.TRAIN


def test_a_folder_that_is_marked_trains_no_text_model(tmp_path: Path) -> None:
    marked = tmp_path / "copies_noncommercial"
    (marked / "text").mkdir(parents=True)
    with pytest.raises(InputError, match=r"copies_noncommercial.*may only measure a model"):
        text_sources.gather(marked)


@pytest.mark.parametrize("sense", ["face", "voice"])
def test_a_folder_that_is_marked_trains_no_other_model(
    sense: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("tensorflow", reason="the workstation's library")
    marked = tmp_path / "all_eval_only"
    marked.mkdir()
    assert main(["train", sense, "--data", str(marked), "--runs", str(tmp_path / "runs")]) == 1
    assert "all_eval_only" in capsys.readouterr().err
