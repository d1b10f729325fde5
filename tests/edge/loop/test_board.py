from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from edge.loop import board
from edge.loop.board import Board, Condition

if TYPE_CHECKING:
    from pathlib import Path


def write(root: Path, **files: str) -> None:
    for name, content in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def zone(root: Path, number: int, content: str) -> None:
    write(root, **{f"thermal__thermal_zone{number}__temp": content})


def supply(root: Path, name: str, **files: str) -> None:
    write(root, **{f"power_supply__{name}__{key}": value for key, value in files.items()})


def test_a_board_that_tells_nothing_is_in_no_condition(tmp_path: Path) -> None:
    assert Board(tmp_path).condition() == Condition(None, None)


def test_the_hottest_zone_counts(tmp_path: Path) -> None:
    zone(tmp_path, 0, "45123\n")
    zone(tmp_path, 1, "61000\n")
    assert Board(tmp_path).condition().celsius == 61.0


@pytest.mark.parametrize("content", ["", "nonsense", "-273000", "250000", "nan", "☃"])
def test_a_broken_zone_is_passed_over(tmp_path: Path, content: str) -> None:
    zone(tmp_path, 0, content)
    zone(tmp_path, 1, "50000")
    assert Board(tmp_path).condition().celsius == 50.0


def test_the_emptiest_battery_counts_while_it_feeds_the_board(tmp_path: Path) -> None:
    supply(tmp_path, "BAT0", type="Battery\n", status="Discharging\n", capacity="64\n")
    supply(tmp_path, "BAT1", type="Battery\n", status="Discharging\n", capacity="17\n")
    assert Board(tmp_path).condition().battery == 17.0


@pytest.mark.parametrize(
    "files",
    [
        {"type": "Mains", "status": "Discharging", "capacity": "5"},
        {"type": "Battery", "status": "Charging", "capacity": "5"},
        {"type": "Battery", "status": "Discharging", "capacity": "5", "scope": "Device"},
        {"type": "Battery", "status": "Discharging", "capacity": "5000"},
        {"type": "Battery", "status": "Discharging"},
    ],
)
def test_what_does_not_run_the_board_is_no_battery_of_it(tmp_path: Path, files: dict[str, str]) -> None:
    supply(tmp_path, "other", **files)
    assert Board(tmp_path).condition().battery is None


def test_it_is_read_again_only_after_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    zone(tmp_path, 0, "40000")
    seen = Board(tmp_path)
    assert seen.condition().celsius == 40.0
    zone(tmp_path, 0, "90000")
    now += board.KEPT_S / 2
    assert seen.condition().celsius == 40.0
    now += board.KEPT_S
    assert seen.condition().celsius == 90.0
