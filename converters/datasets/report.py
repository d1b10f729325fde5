"""``python -m converters datasets``: what lies below a folder, how much, under which licence, and what is wrong."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from converters.datasets import export
from converters.datasets.catalogue import NAMES, find
from converters.datasets.duplicates import Copies, Fingerprints
from converters.datasets.sets.row import Broken
from edge.errors import InputError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from converters.datasets.sets.row import DataSet, Row

KEPT = 1000
"""Broken rows that a report lists; more are counted."""
EXPORT_WORDS = 3
"""export SET FOLDER."""
BAR_AFTER_S = 2.0
"""Seconds before a progress bar shows."""


@dataclass(slots=True)
class Report:
    """What one set in one place holds.

    Attributes:
        splits: split → rows.
        labels: (label in the set's words, ours or "", split) → rows; a row with two labels counts for both.
        several, unlabelled: rows with more than one label, with none.
        speakers: their names.
        broken: the first KEPT of ``faults`` broken rows.
    """

    known: DataSet
    path: Path
    splits: Counter[str] = field(default_factory=Counter)
    labels: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    several: int = 0
    unlabelled: int = 0
    speakers: set[str] = field(default_factory=set)
    faults: int = 0
    broken: list[Broken] = field(default_factory=list)
    copies: Copies | None = None

    def count(self, row: Row) -> None:
        """Take in a good row."""
        self.splits[row.split] += 1
        for label, ours in zip(row.labels, row.emotions or ("",) * len(row.labels), strict=True):
            self.labels[label, ours, row.split] += 1
        self.several += len(row.labels) > 1
        self.unlabelled += not row.labels
        if row.speaker:
            self.speakers.add(row.speaker)

    def fault(self, broken: Broken) -> None:
        """Take in a broken one."""
        self.faults += 1
        if len(self.broken) < KEPT:
            self.broken.append(broken)


def examine(known: DataSet, path: Path, *, strict: bool = False) -> Report:
    """Read every row of a set once, keeping none.

    Raises:
        InputError: a row is broken and ``strict`` is set.
    """
    report, prints = Report(known, path), Fingerprints()
    for item in unique(shown(known.read(path), known.name)):
        if isinstance(item, Broken):
            if strict:
                problem = f"{item.where}: {item.reason}"
                raise InputError(problem, "Repair the row, or leave out --strict to skip it")
            report.fault(item)
        else:
            report.count(item)
            prints.add(item)
    report.copies = prints.copies()
    return report


def unique(items: Iterable[Row | Broken]) -> Iterator[Row | Broken]:
    """``items``, a row whose id was seen before turned into a broken one."""
    seen: set[int] = set()
    for item in items:
        if isinstance(item, Broken) or not item.id:
            yield item
            continue
        mark = int.from_bytes(blake2b(item.id.encode("utf-8", "surrogatepass"), digest_size=8).digest())
        yield Broken(item.where, f"the id {item.id!r} was given to an earlier row") if mark in seen else item
        seen.add(mark)


def shown(items: Iterable[Row | Broken], name: str) -> Iterable[Row | Broken]:
    """``items`` with a progress bar on a terminal, once they take a while."""
    from tqdm import tqdm

    bar: Iterable[Row | Broken] = tqdm(items, desc=name, unit=" rows", delay=BAR_AFTER_S, leave=False, disable=None)
    return bar


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of ``python -m converters datasets``."""
    parser.epilog = (
        "`datasets export SET FOLDER --split NAME --out FILE` writes a split in the format that `evaluate` reads: "
        ".npz for faces, .csv for voices, .jsonl for texts."
    )
    what = "a folder to search, or a file of a set; or: export SET FOLDER"
    parser.add_argument("what", nargs="+", metavar="FOLDER_OR_FILE", help=what)
    parser.add_argument(
        "--set",
        action="append",
        choices=NAMES,
        metavar="NAME",
        help=f"look for this set only (may be repeated): {', '.join(NAMES)}",
    )
    parser.add_argument("--strict", action="store_true", help="stop at the first broken row, with exit code 1")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--split", help="of export: which part (default: all)")
    parser.add_argument("--out", type=Path, help="of export: the file to write")
    parser.set_defaults(refuse=parser.error)


def run(arguments: argparse.Namespace) -> int:
    """Report on a folder, or export a split."""
    if arguments.what[0] == "export":
        if len(arguments.what) != EXPORT_WORDS or arguments.out is None:
            arguments.refuse("write `datasets export SET FOLDER --split NAME --out FILE`")
        return export.run(arguments)
    if len(arguments.what) > 1 or arguments.split or arguments.out:
        arguments.refuse("one folder or file is reported at a time; --split and --out belong to `datasets export`")
    path = Path(arguments.what[0])
    reports = []
    for known, where in find(path, tuple(arguments.set or ())):
        reports.append(examine(known, where, strict=arguments.strict))
        if not arguments.json:
            print(as_text(reports[-1]), flush=True)
    if not reports:
        problem = f"no known data set lies in or below {path}"
        raise InputError(problem, "Compare the names of its files with the layouts in docs/datasets.md")
    if arguments.json:
        json.dump([as_json(report) for report in reports], sys.stdout, ensure_ascii=False, indent=1)
        print()
    return 0


def as_json(report: Report) -> dict[str, Any]:
    """A report for programs."""
    known, copies = report.known, report.copies or Copies({}, {}, 0)
    labels = [
        {"label": label, "ours": ours or None, "split": split, "rows": rows}
        for (label, ours, split), rows in sorted(report.labels.items())
    ]
    across = [
        {"splits": list(splits), "rows": list(rows)} for splits, rows in sorted(copies.across.items())
    ]  # rows of the first that are also in the second, and the other way round
    return {
        "set": known.name,
        "sense": known.sense.value,
        "path": str(report.path),
        "licence": known.licence,
        "use": known.use.value,
        "source": known.source,
        "rows": report.splits.total(),
        "splits": dict(report.splits),
        "labels": labels,
        "several_labels": report.several,
        "unlabelled": report.unlabelled,
        "speakers": len(report.speakers),
        "copies": {"inside": copies.inside, "across": across, "contradicting": copies.contradicting},
        "broken": report.faults,
        "broken_rows": [{"where": broken.where, "reason": broken.reason} for broken in report.broken],
    }


def as_text(report: Report) -> str:
    """A report for people."""
    known = report.known
    lines = [
        f"{known.name} ({known.sense.value}) in {report.path}",
        f"  licence   {known.licence}",
        f"  use       {known.use.value}",
        f"  source    {known.source}",
        f"  rows      {report.splits.total()}{_parts(report)}, {report.faults} broken",
    ]
    if report.speakers:
        lines.append(f"  speakers  {len(report.speakers)}")
    if report.several or report.unlabelled:
        lines.append(f"  labels    {report.several} rows have several, {report.unlabelled} none")
    lines += _table(report)
    lines += [f"  copies    {line}" for line in _copies(report.copies)]
    lines += [f"  broken    {broken.where}: {broken.reason}" for broken in report.broken]
    if report.faults > len(report.broken):
        lines.append(f"  broken    and {report.faults - len(report.broken)} more")
    return "\n".join(lines) + "\n"


def _parts(report: Report) -> str:
    named = {split: rows for split, rows in report.splits.items() if split}
    return f" ({', '.join(f'{split} {rows}' for split, rows in named.items())})" if named else ""


def _table(report: Report) -> list[str]:
    if not report.labels:
        return []
    splits = list(report.splits)
    pairs = sorted({(ours or "~", label) for label, ours, _ in report.labels})  # those left out come last
    rows = [("theirs", "ours", *(split or "rows" for split in splits))]
    for ours, label in pairs:
        ours_or_none = "" if ours == "~" else ours
        counts = (str(report.labels[label, ours_or_none, split]) for split in splits)
        rows.append((label, ours_or_none or "(left out)", *counts))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        f"    {theirs:{widths[0]}}  {ours:{widths[1]}}"
        + "".join(f"  {count:>{width}}" for count, width in zip(counts, widths[2:], strict=True))
        for theirs, ours, *counts in rows
    ]


def _copies(copies: Copies | None) -> Iterator[str]:
    if copies is None:
        return
    for split, rows in copies.inside.items():
        yield f"{rows} rows{f' of {split}' if split else ''} repeat an earlier one exactly"
    for (one, other), (ones, others) in copies.across.items():
        yield f"{ones} rows of {one} are also in {other}, and {others} of {other} in {one}"
    if copies.contradicting:
        yield f"{copies.contradicting} contents carry different labels in different rows"
