from __future__ import annotations

from pathlib import Path

from converters.table import page
from edge.accelerators.card import read_card

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_about_models_is_what_the_cards_say() -> None:
    remedy = "Run: python -m converters table > docs/models.md"
    assert (ROOT / "docs" / "models.md").read_text(encoding="utf-8") == page(ROOT / "models"), remedy


def test_every_model_that_we_trained_tells_figures_data_and_weaknesses() -> None:
    ours = [card for card in map(read_card, sorted((ROOT / "models").iterdir())) if card.origin is None]
    assert {card.task for card in ours} == {"face-expression", "voice-emotion", "text-emotion"}
    for card in ours:
        assert card.metrics
        assert card.data
        assert card.notes
        assert any(metric.low is not None for metric in card.metrics)
