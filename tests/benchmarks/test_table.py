from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.benchmarks.table import PAGE, rewritten, table

if TYPE_CHECKING:
    from pathlib import Path

MACHINE = {"cpu": "One", "date": "2026-01-02", "commit": "abc", "version": "1", "python": "3.11"}
BENCH = {
    "machine": MACHINE,
    "stages": {"face_track": {"cpu_ms_p50": 3.21}},
    "whole": {"cpu_share": 0.0987, "outside": {}},
}


def put(folder: Path, name: str, figures: dict[str, Any]) -> None:
    (folder / name).write_text(json.dumps(figures), encoding="utf-8")


def test_the_page_is_what_its_files_say() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == rewritten(page, table(PAGE.parent)), "Run: scripts/performance-table"


def test_only_what_was_measured_has_a_row(tmp_path: Path) -> None:
    assert table(tmp_path) == ""
    put(tmp_path, "2026-01-02-bench.json", BENCH)
    rows = table(tmp_path).splitlines()[2:]
    assert rows == [
        "| face, tracked frame 640×480 → Reading, CPU p50 | ≤ 4 ms | 3.21 ms | 2026-01-02 | abc | One, Python 3.11 |",
        "| whole runtime, share of one core | ≤ 15 % | 9.87 % | 2026-01-02 | abc | One, Python 3.11 |",
    ]


def test_of_one_machine_the_newest_counts_and_others_stay(tmp_path: Path) -> None:
    newer = {**BENCH, "stages": {"face_track": {"cpu_ms_p50": 1.5}}}
    put(tmp_path, "2026-01-02-bench.json", BENCH)
    put(tmp_path, "2026-02-02-bench.json", newer)
    put(tmp_path, "2026-01-03-bench.json", {**BENCH, "machine": {**MACHINE, "cpu": "Two"}})
    told = table(tmp_path)
    assert "1.5 ms" in told
    assert told.count("3.21 ms") == 1
    assert "Two" in told


def test_soak_and_peers_are_told(tmp_path: Path) -> None:
    bar = {"name": "no lane is lost", "wanted": "running at the end", "found": "all", "met": True}
    faults = [{"fault": "camera-gone", "wrong": ["x"]}, {"fault": "camera-black", "wrong": []}]
    put(tmp_path, "2026-01-02-soak.json", {"machine": MACHINE, "minutes": 30, "bars": [bar], "faults": faults})
    peers = [
        {"name": "ours", "cpu_ms_p50": 2.5, "rss_mib": 99.0, "import_s": 0.4},
        {"name": "fer", "skipped": "it could not be installed"},
    ]
    put(tmp_path, "2026-01-02-peers.json", {"machine": MACHINE, "rows": peers})
    told = table(tmp_path)
    assert "| soak, 30 min: no lane is lost | running at the end | all |" in told
    assert "2 faults, not as expected: camera-gone" in told
    assert "| ours | 2.5 ms | 99 MiB | 0.4 s |" in told
    assert "| fer | not run: it could not be installed | | |" in told


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="made by scripts/performance-table"):
        rewritten("# Performance\n", "x")
