"""The main job, once, in real time: the bundled session from its sources to the spoken replies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from edge.affect import Sense
from edge.cli.bench.broker import free_port

if TYPE_CHECKING:
    from tests.edge.cli.conftest import Rapport


@pytest.mark.timeout(120)
def test_the_bundled_session_is_seen_heard_read_understood_and_answered(rapport: Rapport, tmp_path: Path) -> None:
    done = rapport(
        "demo",
        "--json",
        tmp_path / "summary.json",
        RAPPORT_SPEECH__ENGINE="auto",
        RAPPORT_AVATAR__PORT=str(free_port()),
    )
    assert done.returncode == 0, done.stderr
    summary = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert all(summary["readings"][sense.value] >= 1 for sense in Sense)
    assert len(set(summary["states"])) >= 4
    assert summary["unsure"] >= 1
    assert summary["replies"]["en"] >= 2
    assert summary["replies"]["zh"] >= 2
    assert set(summary["latency_ms"]) == {"face", "voice", "text", "first_sound"}
    assert summary["restarts"] == {"face": 0, "voice": 0, "text": 0}
    for verb in ("sees", "hears", "reads", "thinks", "says", "granted to face, voice, text", "episode", "s as sums: "):
        assert verb in done.stdout
    (drawn,) = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("  face") and ".svg" in line]
    assert Path(drawn).read_text(encoding="utf-8").startswith("<svg")
    assert "http://127.0.0.1:" in done.stdout
