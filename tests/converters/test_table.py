from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from converters.table import page
from edge.accelerators.card import read_card
from edge.errors import ModelError

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_about_models_is_what_the_cards_say() -> None:
    remedy = "Run: python -m converters table > docs/models.md"
    assert (ROOT / "docs" / "models.md").read_text(encoding="utf-8") == page(ROOT / "models"), remedy


def test_every_model_that_we_trained_tells_figures_data_and_weaknesses() -> None:
    cards = [read_card(path.parent) for path in sorted((ROOT / "models").glob("*/card.toml"))]
    ours = [card for card in cards if card.origin is None]
    assert {card.task for card in ours} == {
        "face-expression",
        "voice-emotion",
        "text-emotion",
        "fusion",
        "expression",
        "reply-generator",
        "reply-ranker",
    }
    for card in ours:
        assert card.metrics
        assert card.data
        assert card.notes
        assert any(metric.low is not None for metric in card.metrics)


MEASURED = """
arena_bytes = 204800

[edge_tpu]
share_of_macs = 0.973
refused = ["SOFTMAX: more than 16,000 elements"]

[quantised]
method = "quantisation-aware"
figure = "accuracy"
float_value = 0.861
int8_value = 0.859
agreement = 0.984
largest_deviation = 0.75
on = "validation"
n = 2000

[[families]]
name = "depthwise-separable"
parameters = 367_487
bytes = 387_752
macs = 27_899_712
ms = 1.234
figures = { accuracy = 0.84 }
on = "ten epochs"

[[tries]]
idea = "label smoothing"
figure = "macro-F1"
value = 0.613
on = "validation"
kept = false
why = "one point worse"
"""


@pytest.fixture
def measured(tmp_path: Path) -> Path:
    """A models folder whose one card has every optional part."""
    shutil.copytree(ROOT / "models" / "face-detect", tmp_path / "face-detect")
    card = tmp_path / "face-detect" / "card.toml"
    head, tables = card.read_text(encoding="utf-8").split("[[inputs]]", 1)
    arena, rest = MEASURED.split("\n\n", 1)
    card.write_text(f"{head}{arena}\n\n{rest}\n[[inputs]]{tables}", encoding="utf-8")
    return tmp_path


def test_what_was_measured_and_tried_is_told(measured: Path) -> None:
    found = page(measured)
    assert "Tensor arena: 200 KiB." in found
    assert "accuracy 0.861 in float, 0.859 in int8" in found
    assert "97.3% of the multiply-accumulates. On the CPU: SOFTMAX: more than 16,000 elements." in found
    assert "| depthwise-separable | 367,487 | 379 | 27.9 | 1.23 | 0.840 | ten epochs |" in found
    assert "| label smoothing | macro-F1 | 0.613 | validation | dropped | one point worse |" in found


def test_a_share_beyond_one_is_refused(measured: Path) -> None:
    card = measured / "face-detect" / "card.toml"
    card.write_text(card.read_text(encoding="utf-8").replace("share_of_macs = 0.973", "share_of_macs = 97.3"))
    with pytest.raises(ModelError, match=r"is wrong at edge_tpu\.share_of_macs"):
        read_card(card.parent)
