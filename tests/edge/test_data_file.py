from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge.data_file import TOLD, checked, read_table
from edge.errors import SettingsError
from edge.section import Section

if TYPE_CHECKING:
    from pathlib import Path


class Entry(Section):
    weight: float = 0.0


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "it is missing"), (b"weight = ", "not valid TOML"), (b'name = "\xff"', "not valid TOML")],
)
def test_a_file_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path, content: bytes | None, told: str) -> None:
    file = tmp_path / "数据.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        read_table(file)
    assert "数据.toml" in str(caught.value)
    assert told in str(caught.value)


def test_a_wrong_value_is_told_with_its_place_and_not_at_any_length(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        checked(Entry, {"weight": "x" * 10_000}, tmp_path / "a.toml", "the third entry")
    problem = str(caught.value)
    assert "the third entry: weight: " in problem
    assert len(problem) < len(str(tmp_path)) + TOLD + 300
