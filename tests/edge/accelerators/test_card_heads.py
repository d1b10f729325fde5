from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest
import tomli_w

from edge.accelerators.card import read_card
from edge.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

HEAD = {"name": "fine", "output": "logits", "labels": ["joy", "love"], "thresholds": [0.3, 0.4]}
DOMAIN = {
    "method": "energy",
    "threshold": 2.5,
    "floor": 1.0,
    "on": "held-out rows",
    "n": 200,
    "strangers": [{"name": "noise", "auroc": 0.93, "n": 100}],
}


def rewritten(folder: Path, **parts: Any) -> Path:  # noqa: ANN401 - tables of any kind
    """``folder`` with a card that has these parts and no others of theirs."""
    path = folder / "card.toml"
    kept = {
        name: part
        for name, part in tomllib.loads(path.read_text(encoding="utf-8")).items()
        if name not in {"heads", "domain"}
    }
    path.write_text(tomli_w.dumps(kept | parts), encoding="utf-8")
    return folder


def test_a_card_without_heads_and_domain_says_so(folder: Path) -> None:
    card = read_card(rewritten(folder))
    assert card.head("fine") is None
    assert card.domain is None
    assert card.place("logits") == 0


def test_heads_and_domain_are_read(folder: Path) -> None:
    card = read_card(rewritten(folder, heads=[HEAD], domain=DOMAIN))
    head = card.head("fine")
    assert head is not None
    assert dict(zip(head.labels, head.thresholds, strict=True)) == {"joy": 0.3, "love": 0.4}
    assert card.domain is not None
    assert [stranger.auroc for stranger in card.domain.strangers] == [0.93]


def test_an_output_that_is_not_there_is_named(folder: Path) -> None:
    with pytest.raises(ModelError, match=r"has no output 'moods', it has logits"):
        read_card(folder).place("moods")


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"heads": [HEAD | {"thresholds": [0.3]}]}, "2 labels need as many thresholds, there are 1"),
        ({"domain": DOMAIN | {"floor": 3.0}}, "the floor 3.0 lies above the threshold 2.5"),
        ({"domain": DOMAIN | {"method": "distance"}}, "domain.method"),
    ],
)
def test_heads_and_domains_that_contradict_themselves_are_refused(
    folder: Path, parts: dict[str, Any], said: str
) -> None:
    with pytest.raises(ModelError, match=said):
        read_card(rewritten(folder, **parts))
