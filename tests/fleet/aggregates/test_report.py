from __future__ import annotations

import json
import random
from datetime import date
from typing import TYPE_CHECKING

import pytest

from edge.privacy.contribution import EMPTY, Hour, noised, variances
from fleet.aggregates.estimate import estimate
from fleet.aggregates.received import Received
from fleet.cli import main
from fleet.report import ALL, LABELS, cells, households_of, lines, record
from tests.fleet.aggregates.support import HAPPY, encoded, household

if TYPE_CHECKING:
    from pathlib import Path

    from edge.learning.effect import Interval
    from edge.outlets.aggregates.message import AggregateMessage

LOUD = 1.0
"""ρ of a report with little noise, so that few households show something."""


def fleet(count: int, days: int, first: int = 0, **how: object) -> list[AggregateMessage]:
    return [message for number in range(first, first + count) for message in household(number, days, **how)]  # type: ignore[arg-type]


def holds(part: Interval, value: float) -> bool:
    return part.low <= value <= part.high


def test_a_fleet_of_like_households_is_told_as_it_is() -> None:
    found = estimate(fleet(200, 3, rho=LOUD), 200)
    told = dict(zip(LABELS, found.minutes, strict=True))
    assert told["happy"].low > told["sad"].high
    assert abs(told["happy"].value - 30) < 15
    assert found.valence is not None
    assert found.valence.low > 0
    assert holds(found.valence, HAPPY.valence / 100 / 55)


def test_an_interval_of_95_percent_holds_the_truth_that_often() -> None:
    held = 0
    trials = 120
    for trial in range(trials):
        found = estimate(fleet(24, 1, first=1000 * trial, rho=LOUD), 24)
        held += holds(found.minutes[3], HAPPY.minutes[3])
    assert 0.88 * trials <= held <= 0.99 * trials


def test_a_valence_of_which_nothing_is_known_is_not_told() -> None:
    assert estimate(fleet(25, 1), 25).valence is None


def test_one_household_that_says_it_has_much_noise_moves_nothing() -> None:
    honest = fleet(50, 1, rho=LOUD)
    liar = honest[0].model_copy(
        update={
            "pseudonym": "f" * 32,
            "replies": 10**7,
            "noise": honest[0].noise.model_copy(update={"replies": 10**14}),
        }
    )
    before, after = estimate(honest, 50), estimate([*honest, liar], 51)
    assert abs(before.replies.value - after.replies.value) < 0.1


def test_of_one_households_many_hours_it_is_one_household_that_is_counted() -> None:
    many = fleet(1, 28)
    assert households_of(many) == 1
    (cell,) = cells(many, "month", 20)
    assert cell.estimate is None


def test_a_household_with_another_name_in_the_next_month_is_not_counted_twice() -> None:
    over_two_months = fleet(12, 28, first=0) + fleet(12, 28)  # the same twelve
    later = [message for number in range(12) for message in household(number, 20, first=date(2026, 12, 1))]
    assert households_of([*over_two_months, *later]) == 12
    assert all(cell.estimate is None for cell in cells([*over_two_months, *later], "hour", 20))


def test_a_row_of_too_few_is_left_out_and_out_of_the_sum_as_well() -> None:
    enough = fleet(25, 1, of_day=8)
    few = fleet(5, 1, first=100, of_day=9, hour=Hour((60, *[0] * 7), -6000, 0, (0, 0, 0)))
    found = {cell.name: cell for cell in cells([*enough, *few], "hour", 20)}
    assert found["09:00"].estimate is None
    assert found[ALL].reports == 25
    assert found[ALL].estimate == found["08:00"].estimate
    told = record(list(found.values()), Received(), 20)
    assert {"cell": "09:00", "suppressed": True} in told["cells"]
    text = "\n".join(lines(list(found.values()), Received(repeated=2), 20))
    assert "Left out, as fewer than 20 households are in it: 09:00." in text
    assert "Not counted: 2 repeated." in text


@pytest.mark.parametrize(
    ("by", "name"), [("day", "2026-11-02"), ("week", "2026-W45"), ("month", "2026-11"), ("hour", "08:00")]
)
def test_rows_are_days_weeks_months_or_hours_of_the_day(by: str, name: str) -> None:
    assert [cell.name for cell in cells(fleet(20, 1, of_day=8), by, 20)] == [name, ALL]


def test_the_command_prints_a_table_and_an_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "told.jsonl"
    file.write_bytes(b"\n".join(encoded(fleet(30, 2))))
    assert main(["report", str(file), "--by", "week"]) == 0
    told = capsys.readouterr().out
    assert "2026-W45: 30 households or more, 60 hours" in told
    assert "valence    not known" in told
    assert main(["report", str(file), "--json"]) == 0
    (cell, everything) = json.loads(capsys.readouterr().out)["cells"]
    assert cell["households"] == everything["households"] == 30
    assert cell["minutes"]["sad"]["low"] < cell["minutes"]["sad"]["high"]


def test_nineteen_households_are_told_nothing_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "told.jsonl"
    file.write_bytes(b"\n".join(encoded(fleet(19, 3))))
    assert main(["report", str(file)]) == 1
    told = capsys.readouterr().out
    assert "fewer than 20 households" in told
    assert "happy" not in told


def test_fewer_than_twenty_cannot_be_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(tmp_path), "--households", "19"]) == 2
    assert "--households is 19; at least 20 are allowed" in capsys.readouterr().err


def test_plots_are_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the extra fleet is not installed")
    file = tmp_path / "told.jsonl"
    file.write_bytes(b"\n".join(encoded(fleet(100, 2))))
    assert main(["report", str(file), "--by", "day", "--plots", str(tmp_path / "plots")]) == 0
    for name in ("minutes.png", "valence.png"):
        assert (tmp_path / "plots" / name).read_bytes().startswith(b"\x89PNG")


def test_noise_alone_is_told_as_nothing() -> None:
    chance = random.Random(1)  # noqa: S311 - the same noise each time
    scales = variances(LOUD)
    some = fleet(40, 1, rho=LOUD, hour=EMPTY)
    assert noised(EMPTY, scales, chance.randrange) != EMPTY
    found = estimate(some, 40)
    assert found.valence is None
    assert sum(holds(part, 0.0) for part in found.minutes) >= len(LABELS) - 1
