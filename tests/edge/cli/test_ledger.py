from __future__ import annotations

import json
from typing import TYPE_CHECKING

from edge.cli.ledger import show_ledger
from edge.privacy.accounting import epsilon_of
from edge.privacy.ledger import Ledger
from edge.privacy.limits import Limits
from edge.privacy.vault import open_vault
from edge.settings import load

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_device_that_released_nothing_says_so_and_gets_no_vault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = load(None, {"RAPPORT_DEVICE__STATE_DIRECTORY": str(tmp_path)})
    assert show_ledger(settings, as_json=False) == 0
    assert capsys.readouterr().out == "Nothing was ever released.\nallowed: ε 8 a year, 2 a release, δ 1e-06\n"
    assert list(tmp_path.iterdir()) == []


def test_what_was_released_and_what_is_left_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    environment = {"RAPPORT_DEVICE__STATE_DIRECTORY": str(tmp_path), "RAPPORT_PRIVACY__EPSILON_YEAR": "4"}
    settings = load(None, environment)
    vault = open_vault(tmp_path)
    ledger = Ledger(vault, Limits(4.0))
    for kind in ("aggregate", "aggregate", "update"):
        with vault.transaction() as transaction:
            ledger.spend(transaction, kind, 0.02)
    vault.close()
    assert show_ledger(settings, as_json=False) == 0
    told = capsys.readouterr().out
    epsilon = epsilon_of(0.06, 1e-6)
    assert f"ε = {epsilon:.3f} of 4 was spent in the last year; 80.6 % of the budget is left" in told
    assert "released in the last year: 2 × aggregate, 1 × update" in told
    assert "the oldest of them counts no more after 366 more days in which the device runs" in told
    assert show_ledger(settings, as_json=True) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["ever"] == {"aggregate": 2, "update": 1}
    assert found["limits"]["epsilon_year"] == 4.0
