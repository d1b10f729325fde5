from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from edge.understanding.person.names import checked, file_stem
from edge.understanding.person.settings import PersonSettings


@pytest.mark.parametrize(
    "name", ["Anna", "小明", "Zoë", "Jean-Luc", "O'Neil", "Dr. Who", "अनिल", "أحمد", "3", "a" * 32]
)
def test_a_name_of_any_script_is_one(name: str) -> None:
    assert file_stem(checked(name)).isalnum()


@pytest.mark.parametrize(
    "name",
    [
        *("", "../x", "..", ".", "a/b", "a\\b", "/etc/passwd", "a\0b", "a\nb", " a", "a ", "-x", "~", "a" * 33),
        *("\u202eb", "a\u200db", "😀", "a:b"),
    ],
)
def test_what_could_be_a_path_or_cannot_be_seen_is_none(name: str) -> None:
    with pytest.raises(ValueError, match="no name of a profile"):
        checked(name)


def test_two_ways_to_type_a_name_are_one() -> None:
    assert checked("Zoe\u0308") == checked("Zo\u00eb")


@given(st.text(max_size=40))
def test_whatever_the_name_the_file_is_called_by_32_hexadecimal_digits(name: str) -> None:
    assert len(file_stem(name)) == 32
    assert set(file_stem(name)) <= set("0123456789abcdef")


def test_settings_take_no_other_name() -> None:
    assert PersonSettings(profile="小明").profile == "小明"
    with pytest.raises(ValidationError, match="no name of a profile"):
        PersonSettings(profile="../x")
