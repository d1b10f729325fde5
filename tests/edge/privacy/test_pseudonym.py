from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from edge.privacy.pseudonym import Pseudonyms
from edge.privacy.vault import open_vault

if TYPE_CHECKING:
    from pathlib import Path


def test_a_name_holds_for_a_month_over_restarts_and_no_longer(tmp_path: Path) -> None:
    vault = open_vault(tmp_path)
    first = Pseudonyms(vault)
    name = first.of_month(date(2026, 11, 1))
    vault.close()
    again = Pseudonyms(open_vault(tmp_path))
    assert again.of_month(date(2026, 11, 30)) == name
    others = {again.of_month(date(2026, 10, 31)), again.of_month(date(2026, 12, 1)), again.of_month(date(2027, 11, 1))}
    assert len(others | {name}) == 4


def test_two_vaults_share_no_name(tmp_path: Path) -> None:
    names = {Pseudonyms(open_vault(tmp_path / str(n))).of_month(date(2026, 11, 1)) for n in range(3)}
    assert len(names) == 3
    assert all(len(name) == 32 for name in names)


def test_the_hour_that_is_told_is_drawn_once_and_all_come(tmp_path: Path) -> None:
    vault = open_vault(tmp_path)
    pseudonyms = Pseudonyms(vault)
    drawn = [pseudonyms.chosen(period, 24) for period in range(1000)]
    assert drawn == [Pseudonyms(vault).chosen(period, 24) for period in range(1000)]
    assert set(drawn) == set(range(24))
    assert max(drawn.count(hour) for hour in range(24)) < 80
