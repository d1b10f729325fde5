"""What one data set in one place holds, counted row by row and told to people and programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from converters.datasets.duplicates import Copies

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from converters.datasets.sets.row import Broken, DataSet, Row

KEPT = 1000
"""Broken rows that a report lists; more are counted."""


@dataclass(slots=True)
class Summary:
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


def as_json(summary: Summary) -> dict[str, Any]:
    """A summary for programs."""
    known, copies = summary.known, summary.copies or Copies({}, {}, 0)
    labels = [
        {"label": label, "ours": ours or None, "split": split, "rows": rows}
        for (label, ours, split), rows in sorted(summary.labels.items())
    ]
    across = [
        {"splits": list(splits), "rows": list(rows)} for splits, rows in sorted(copies.across.items())
    ]  # rows of the first that are also in the second, and the other way round
    return {
        "set": known.name,
        "sense": known.sense.value,
        "path": str(summary.path),
        "licence": known.licence,
        "use": known.use.value,
        "source": known.source,
        "rows": summary.splits.total(),
        "splits": dict(summary.splits),
        "labels": labels,
        "several_labels": summary.several,
        "unlabelled": summary.unlabelled,
        "speakers": len(summary.speakers),
        "copies": {"inside": copies.inside, "across": across, "contradicting": copies.contradicting},
        "broken": summary.faults,
        "broken_rows": [{"where": broken.where, "reason": broken.reason} for broken in summary.broken],
    }


def as_text(summary: Summary) -> str:
    """A summary for people."""
    known = summary.known
    lines = [
        f"{known.name} ({known.sense.value}) in {summary.path}",
        f"  licence   {known.licence}",
        f"  use       {known.use.value}",
        f"  source    {known.source}",
        f"  rows      {summary.splits.total()}{_parts(summary)}, {summary.faults} broken",
    ]
    if summary.speakers:
        lines.append(f"  speakers  {len(summary.speakers)}")
    if summary.several or summary.unlabelled:
        lines.append(f"  labels    {summary.several} rows have several, {summary.unlabelled} none")
    lines += _table(summary)
    lines += [f"  copies    {line}" for line in _copies(summary.copies)]
    lines += [f"  broken    {broken.where}: {broken.reason}" for broken in summary.broken]
    if summary.faults > len(summary.broken):
        lines.append(f"  broken    and {summary.faults - len(summary.broken)} more")
    return "\n".join(lines) + "\n"


def _parts(summary: Summary) -> str:
    named = {split: rows for split, rows in summary.splits.items() if split}
    return f" ({', '.join(f'{split} {rows}' for split, rows in named.items())})" if named else ""


def _table(summary: Summary) -> list[str]:
    if not summary.labels:
        return []
    splits = list(summary.splits)
    pairs = sorted({(ours or "~", label) for label, ours, _ in summary.labels})  # those left out come last
    rows = [("theirs", "ours", *(split or "rows" for split in splits))]
    for ours, label in pairs:
        ours_or_none = "" if ours == "~" else ours
        counts = (str(summary.labels[label, ours_or_none, split]) for split in splits)
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
