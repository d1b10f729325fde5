from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from edge.cli.bench.broker import PLACES

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(shutil.which("mosquitto", path=PLACES) is None, reason="sudo apt install mosquitto")
@pytest.mark.timeout(180)
def test_every_fault_once_loses_nothing_and_counts_nothing_twice(tmp_path: Path) -> None:
    report = tmp_path / "torture.json"
    command = [sys.executable, "-m", "tests.torture.outbox", "--messages", "90", "--faults", "9", "--json", str(report)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=170, check=False)
    assert report.exists(), ran.stdout + ran.stderr
    found = json.loads(report.read_text(encoding="utf-8"))
    assert ran.returncode == 0, ran.stdout
    assert (found["lost"], found["missing"], found["counted_twice"]) == (0, 0, 0)
    assert found["counted"] == 90
    assert len(found["faults"]) >= 7
