from __future__ import annotations

import numpy as np
import pytest

from converters import evaluate_wellbeing as simulated
from converters.__main__ import main


@pytest.fixture(scope="module")
def found() -> dict[str, object]:
    return simulated.evaluate(series=30, years=3)


def test_days_are_as_alike_as_asked_and_higher_at_weekends() -> None:
    generator = np.random.default_rng(1)
    values = simulated.days_of(generator, 7 * 3000, 0.4)
    weeks = values.reshape(-1, 7)
    assert weeks[:, 5:].mean() - weeks[:, :5].mean() == pytest.approx(simulated.WEEKEND, abs=0.05)
    weeks[:, 5:] -= simulated.WEEKEND
    assert np.corrcoef(values[:-1], values[1:])[0, 1] == pytest.approx(0.4, abs=0.03)
    assert values.std() == pytest.approx(1.0, abs=0.03)


def test_what_is_there_is_told_more_often_than_what_is_not(found: dict[str, list[dict[str, float]]]) -> None:
    quiet = {row["persistence"]: row for row in found["false_alarms"]}
    large = next(row for row in found["power"] if row["persistence"] == 0.2 and row["size"] == 3)
    assert large["line"] > quiet[0.2]["look"] + 0.3
    assert large["step"] > quiet[0.2]["look"] + 0.3
    together = {(row["correlation"], row["days"]): row["told"] for row in found["agreement"]}
    assert together[0.6, 60] > together[0.6, 14] > together[0.0, 14]


def test_the_table_has_a_row_for_each(found: dict[str, list[dict[str, float]]]) -> None:
    lines = simulated.table(found).splitlines()
    rows = sum(len(found[name]) for name in ("false_alarms", "power", "delay", "agreement"))
    assert len([line for line in lines if line[:11].strip().replace(".", "").isdigit()]) == rows


def test_a_sense_needs_its_data_all_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "text"]) == 1
    assert "--data was not given, which text needs" in capsys.readouterr().err


def test_options_of_a_sense_are_not_for_days(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "wellbeing", "--head", "fine"]) == 1
    assert "not for wellbeing" in capsys.readouterr().err
