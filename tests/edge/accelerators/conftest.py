from __future__ import annotations

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a model of ours, to be spoilt."""
    return Path(shutil.copytree(ROOT / "models" / "face-expression", tmp_path / "face-expression"))


@pytest.fixture
def card_text(folder: Path) -> str:
    return (folder / "card.toml").read_text(encoding="utf-8")
