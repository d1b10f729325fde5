"""The table of docs/performance/README.md from the JSON files beside it: ``scripts/performance-table``.

A file is named by its date and kind: 2026-11-28-bench.json, …-load.json (``rapport bench --load``), …-soak.json,
…-peers.json. Of each kind and machine the newest counts. Only what was measured has a row.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance" / "README.md"
BEGIN, END = "<!-- made by scripts/performance-table -->\n", "<!-- end -->\n"
KINDS = ("bench", "load", "soak", "peers")
Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One bar of issue 5: ``value`` finds the figure in a file of ``kind``, in ``unit``, and may raise KeyError."""

    what: str
    kind: str
    bar: float
    unit: str
    value: Callable[[Figures], float]


def _stage(name: str) -> Callable[[Figures], float]:
    return lambda figures: float(figures["stages"][name]["cpu_ms_p50"])


def _outside(sense: str) -> Callable[[Figures], float]:
    return lambda figures: 100 * float(figures["whole"]["outside"][sense])


def _ratio(sense: str) -> Callable[[Figures], float]:
    def value(figures: Figures) -> float:
        latency = figures["whole"]["latency_ms"][sense]
        return float(latency["p99"]) / float(latency["p50"])

    return value


ROWS = (
    Row("face, tracked frame 640×480 → Reading, CPU p50", "bench", 4.0, "ms", _stage("face_track")),
    Row("face, detecting frame, CPU p50", "bench", 6.0, "ms", _stage("face_detect")),
    Row("voice, each 0.5 s hop, CPU p50", "bench", 3.0, "ms", _stage("voice_hop")),
    Row("text, one sentence of 20 words, CPU p50", "bench", 0.5, "ms", _stage("text")),
    *(
        Row(f"outside of models and signal processing, {which}", "bench", 10.0, "%", _outside(which))
        for which in ("all", "face", "voice", "text")
    ),
    Row("whole runtime, share of one core", "bench", 15.0, "%", lambda f: 100 * float(f["whole"]["cpu_share"])),
    Row("RSS, everything on", "bench", 150.0, "MiB", lambda f: float(f["whole"]["rss_mib"])),
    Row("process start → first State", "bench", 1.5, "s", lambda f: float(f["whole"]["first_state_s"])),
    *(
        Row(f"capture → State, p99 / p50, other cores loaded, {sense}", "load", 3.0, "×", _ratio(sense))
        for sense in ("face", "voice", "text")
    ),
)


def newest(folder: Path) -> Iterator[tuple[str, Figures]]:
    """Kind and content of the newest file of each kind and machine, in the order of KINDS."""
    found: dict[tuple[str, str], Figures] = {}
    for path in sorted(folder.glob("*.json")):
        kind = path.stem.rpartition("-")[2]
        if kind in KINDS:
            figures = json.loads(path.read_text(encoding="utf-8"))
            found[kind, figures["machine"]["cpu"]] = figures
    for kind in KINDS:
        yield from ((which, figures) for (which, _), figures in found.items() if which == kind)


def table(folder: Path) -> str:
    """Markdown: bars that were measured, then what the soak and the peers gave."""
    files = list(newest(folder))
    rows = [line for kind, figures in files for line in _lines(kind, figures)]
    if not rows:
        return ""
    head = ["| what | bar | ours | date | commit | machine |", "| --- | --- | --- | --- | --- | --- |"]
    peers = [line for kind, figures in files if kind == "peers" for line in _peers(figures)]
    return "\n".join([*head, *rows, *peers]) + "\n"


def _lines(kind: str, figures: Figures) -> Iterator[str]:
    machine = figures["machine"]
    where = (
        f"{machine['date']} | {machine['commit'] or machine['version']} | {machine['cpu']}, Python {machine['python']}"
    )
    if kind == "soak":
        for bar in figures["bars"]:
            yield f"| soak, {figures['minutes']:g} min: {bar['name']} | {bar['wanted']} | {bar['found']} | {where} |"
        wrong = sorted({row["fault"] for row in figures["faults"] if row["wrong"]})
        told = f"{len(figures['faults'])} faults, not as expected: {', '.join(wrong) or 'none'}"
        yield f"| soak: every fault shows what it must | none missed | {told} | {where} |"
    for row in ROWS:
        if row.kind == kind:
            try:
                value = row.value(figures)
            except KeyError:
                continue
            yield f"| {row.what} | ≤ {row.bar:g} {row.unit} | {value:.3g} {row.unit} | {where} |"


def _peers(figures: Figures) -> Iterator[str]:
    yield ""
    yield "| the same input on one core | CPU p50 | RSS | import |"
    yield "| --- | --- | --- | --- |"
    for row in figures["rows"]:
        if "skipped" in row:
            yield f"| {row['name']} | not run: {row['skipped']} | | |"
        else:
            yield f"| {row['name']} | {row['cpu_ms_p50']:g} ms | {row['rss_mib']:g} MiB | {row['import_s']:g} s |"


def rewritten(page: str, content: str) -> str:
    """``page`` with ``content`` between its two marks. Raises ValueError when a mark is missing."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        message = f"the page needs the lines {BEGIN.strip()} and {END.strip()}"
        raise ValueError(message)
    return before + BEGIN + content + END + after


def main() -> int:
    """Rewrite the page; with --check only say whether it is up to date."""
    parser = argparse.ArgumentParser(prog="scripts/performance-table", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when the page is out of date")
    arguments = parser.parse_args()
    page = PAGE.read_text(encoding="utf-8")
    wanted = rewritten(page, table(PAGE.parent))
    if not arguments.check:
        PAGE.write_text(wanted, encoding="utf-8")
    elif page != wanted:
        print("docs/performance/README.md is out of date. Run: scripts/performance-table", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
