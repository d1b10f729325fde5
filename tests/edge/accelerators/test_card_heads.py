from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge.accelerators.card import read_card
from edge.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """
[[heads]]
name = "fine"
output = "logits"
labels = ["joy", "love"]
thresholds = [0.3, 0.4]
"""
DOMAIN = """
[domain]
method = "energy"
threshold = 2.5
floor = 1.0
on = "held-out rows"
n = 200

[[domain.strangers]]
name = "noise"
auroc = 0.93
n = 100
"""


def test_a_card_without_heads_and_domain_says_so(folder: Path) -> None:
    card = read_card(folder)
    assert card.head("fine") is None
    assert card.place("logits") == 0


def test_heads_and_domain_are_read(folder: Path, card_text: str) -> None:
    (folder / "card.toml").write_text(card_text + HEAD + DOMAIN, encoding="utf-8")
    card = read_card(folder)
    head = card.head("fine")
    assert head is not None
    assert dict(zip(head.labels, head.thresholds, strict=True)) == {"joy": 0.3, "love": 0.4}
    assert card.domain is not None
    assert [stranger.auroc for stranger in card.domain.strangers] == [0.93]


def test_an_output_that_is_not_there_is_named(folder: Path) -> None:
    with pytest.raises(ModelError, match=r"has no output 'affect', it has logits"):
        read_card(folder).place("affect")


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("[0.3, 0.4]", "[0.3]", "2 labels need as many thresholds, there are 1"),
        ("floor = 1.0", "floor = 3.0", "the floor 3.0 lies above the threshold 2.5"),
        ('"energy"', '"distance"', "domain.method"),
    ],
)
def test_heads_and_domains_that_contradict_themselves_are_refused(
    folder: Path, card_text: str, right: str, wrong: str, said: str
) -> None:
    (folder / "card.toml").write_text(card_text + (HEAD + DOMAIN).replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(ModelError, match=said):
        read_card(folder)
