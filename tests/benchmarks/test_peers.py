"""The bench of peers with our own rigs: the peers' take gigabytes and are not installed by a test."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.benchmarks.peers import __main__ as bench

CORE = max(os.sched_getaffinity(0))
needs_speech = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="sudo apt install espeak-ng")


@needs_speech
def test_rigs_take_turns_and_one_that_cannot_be_had_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_home: Path, name: str) -> Path:
        raise subprocess.CalledProcessError(1, ["pip", "install", name])

    monkeypatch.setattr(bench, "python_of", refused)
    text, peer, voice = bench.measured(["ours-text", "vader", "ours-voice_hop"], tmp_path, CORE, 3)
    for row in (text, voice):
        assert row["calls"] == 3
        assert row["cpu_ms_p50"] > 0
        assert row["rss_mib"] > 30
        assert row["import_s"] > 0
    assert "pip" in peer["skipped"]
    assert peer["name"].startswith("vaderSentiment")


@needs_speech
def test_a_rig_that_fails_tells_its_last_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "python_of", lambda _home, _name: Path(shutil.which("false") or "/bin/false"))
    (row,) = bench.measured(["fer"], tmp_path, CORE, 1)
    assert row["skipped"] == "it ended without a word"
