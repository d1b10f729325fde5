from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from converters.train.face_families import COMPARED, read, write
from edge.accelerators.card import Family

if TYPE_CHECKING:
    from pathlib import Path


def test_a_convolving_a_recurrent_and_an_attending_network_are_compared() -> None:
    assert {"depthwise", "recurrent", "attention"} < set(COMPARED)


def test_without_a_comparison_there_is_no_table(tmp_path: Path) -> None:
    assert read(tmp_path / "families.toml") == ()


def test_the_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    pytest.importorskip("tomli_w", reason="the workstation's library")
    row = Family(name="depthwise", parameters=3, bytes=4, macs=5, ms=0.5, figures={"accuracy": 0.5}, on="held-out rows")
    write(tmp_path / "families.toml", [row, row])
    assert read(tmp_path / "families.toml") == (row, row)
