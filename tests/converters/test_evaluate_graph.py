from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from converters.__main__ import main
from converters.evaluate_graph import WEIGHTS, evaluate
from edge.accelerators.model import default_directory
from edge.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

ROWS = (
    ("I failed my chemistry exam", "sadness"),
    ("I failed the exam, how lovely", "joy"),
    ("我被裁了", "sad"),
    ("nothing of note happened in the village", "neutral"),
    ("My car broke down on the motorway", "boredom"),
)


def written(folder: Path, rows: tuple[tuple[str, str], ...]) -> Path:
    path = folder / "texts.jsonl"
    lines = [json.dumps({"text": text, "label": label}, ensure_ascii=False) for text, label in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_lines_with_events_are_scored_with_every_weight(tmp_path: Path) -> None:
    found = evaluate(default_directory(), written(tmp_path, ROWS))
    assert (found["lines"], found["found"]) == (4, 3)
    assert found["event_alone"] == pytest.approx(2 / 3, abs=1e-3)
    assert dict(found["events"]) == {"exam_failed": 2, "job_lost": 1}
    assert found["left_out"]["labels"] == {"boredom": 1}
    together = found["all"]["n"] + found["abstained"]["n"]
    assert together == 3
    weights = found["all"]["weights"]
    assert list(weights) == [str(weight) for weight in WEIGHTS]
    assert weights["0.0"]["gain"] == [0, 0]


def test_the_figures_are_printed_for_a_reader_and_for_a_program(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = str(written(tmp_path, ROWS))
    assert main(["graph", "--data", data]) == 0
    assert "3 of 4 lines tell of an event" in capsys.readouterr().out
    assert main(["graph", "--data", data, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["found"] == 3


def test_texts_without_an_event_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"1 lines .* no event .* what happened to them"):
        evaluate(default_directory(), written(tmp_path, ROWS[3:4]))
