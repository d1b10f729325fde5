from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from edge.accelerators.card import read_card
from edge.errors import ModelError
from tests.edge.accelerators.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

CARDS = sorted(path.parent.name for path in (ROOT / "models").glob("*/card.toml"))


@pytest.mark.parametrize("name", CARDS)
def test_every_shipped_card_can_be_read_and_says_what_it_rests_on(name: str) -> None:
    card = read_card(ROOT / "models" / name)
    assert card.name == name
    assert card.licence
    assert card.data
    assert card.notes


def test_the_third_party_cards_say_where_their_weights_come_from() -> None:
    for name in ("face-detect", "face-landmarks"):
        origin = read_card(ROOT / "models" / name).origin
        assert origin is not None
        assert "==" in origin.package


def test_a_card_that_is_not_toml_is_refused(folder: Path) -> None:
    (folder / "card.toml").write_text("name = ", encoding="utf-8")
    with pytest.raises(ModelError, match="not valid TOML"):
        read_card(folder)


def test_a_card_that_is_not_text_is_refused(folder: Path) -> None:
    (folder / "card.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ModelError, match="not valid TOML"):
        read_card(folder)


@pytest.mark.parametrize(
    ("pattern", "replacement", "field"),
    [
        (r'^sha256 = "\w+"', 'sha256 = "123"', "sha256"),
        (r"^temperature = .*", "temperature = 0", "temperature"),
        (r'^task = ".*"', 'task = "face expression"', "task"),
        (r"^bytes = .*", "bites = 4", "bytes|bites"),
        (r"^temperature = .*", "temperature = 1.0\nsureness = { de = 0.5 }", r"sureness\.de.*"),
        (r"^temperature = .*", "temperature = 1.0\nsureness = { zh = 0 }", r"sureness\.zh"),
    ],
)
def test_a_wrong_field_is_named(folder: Path, card_text: str, pattern: str, replacement: str, field: str) -> None:
    text, count = re.subn(pattern, replacement, card_text, count=1, flags=re.MULTILINE)
    assert count == 1
    (folder / "card.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=rf"is wrong at ({field}):"):
        read_card(folder)
