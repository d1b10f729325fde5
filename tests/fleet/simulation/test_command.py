"""``python -m fleet simulate``: what it prints, what it refuses, studies that go on, and devices on Flower's engine."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from fleet.cli import main
from fleet.simulation import studies
from tests.fleet.simulation.support import written

if TYPE_CHECKING:
    from pathlib import Path

SMALL = ("--devices", "12", "--rounds", "2", "--share", "1", "--cohort", "4", "--unseen", "4")


@pytest.fixture
def predictions(tmp_path: Path) -> str:
    return str(written(tmp_path / "p.npz"))


def simulate(predictions: str, *more: str) -> int:
    """Its exit code, in this process."""
    return main(["simulate", "--predictions", predictions, "--engine", "here", *SMALL, *more])


def test_one_run_is_a_row(predictions: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert simulate(predictions) == 0
    told = capsys.readouterr().out
    assert "| trimmed-mean | 5.4 by coordinator |" in told
    assert "12 devices, 2 rounds" in told


@pytest.mark.parametrize("by", ["devices", "device"])
def test_noise_may_be_the_devices(predictions: str, by: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert simulate(predictions, "--noise-by", by, "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["noise_by"] == {"devices": "devices", "device": "each alone"}[by]
    assert 0 < row["epsilon"] <= 8


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--devices", "1"), "--devices is 1, allowed is 2 to 100000"),
        (("--noise", "nan"), "--noise is nan"),
        (("--drop-out", "1.5"), "--drop-out is 1.5"),
        (("--strategy", "krum"), "its result jumps"),
        (("--plots", "x"), "--plots was given without --study"),
        (("--models", "nowhere"), "the shipped pool nowhere/fusion-pool/parameters.toml cannot be read"),
    ],
)
def test_wrong_use_is_refused(
    predictions: str, more: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert simulate(predictions, *more) == 1
    assert told in capsys.readouterr().err


def test_a_study_that_was_broken_off_goes_on(
    predictions: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = tmp_path / "kept.json"
    assert simulate(predictions, "--study", "drop-outs", "--keep", str(keep)) == 0
    first = capsys.readouterr().out
    assert len(json.loads(keep.read_text())) == len(studies.DROP_OUTS)

    def never(*_: Any) -> None:  # noqa: ANN401
        pytest.fail("what was kept is run again")

    monkeypatch.setattr("fleet.simulation.engine.run", never)
    assert simulate(predictions, "--study", "drop-outs", "--keep", str(keep)) == 0
    assert capsys.readouterr().out == first


def test_a_damaged_file_of_kept_runs_is_refused(
    predictions: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep = tmp_path / "kept.json"
    keep.write_text("[1")
    assert simulate(predictions, "--study", "drop-outs", "--keep", str(keep)) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_a_study_is_drawn(predictions: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="needs matplotlib")
    more = ("--study", "poisoners", "--plots", str(tmp_path))
    assert simulate(predictions, *more) == 0
    drawn = (tmp_path / "learning-poisoners.svg").read_text()
    assert "points of accuracy gained" in drawn


@pytest.mark.timeout(300)
def test_on_flowers_engine_the_same_comes_out(predictions: str, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("flwr", reason="the extra fleet is not installed")
    pytest.importorskip("ray", reason="the extra fleet is not installed")
    assert simulate(predictions, "--json") == 0
    (here,) = json.loads(capsys.readouterr().out)
    line = [sys.executable, "-m", "fleet", "simulate", "--predictions", predictions, *SMALL, "--json"]
    line += ["--cores", "1", "--nodes", "5"]
    found = subprocess.run(line, capture_output=True, text=True, timeout=280, check=False)
    assert found.returncode == 0, found.stderr
    (there,) = json.loads(found.stdout)
    took = ("seconds", "processor_s", "peak_mib")
    assert {name: value for name, value in there.items() if name not in took} == {
        name: value for name, value in here.items() if name not in took
    }
