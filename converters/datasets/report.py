"""``python -m converters datasets``: what lies below a folder, how much, under which licence, and what is wrong."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from converters.datasets import export
from converters.datasets.catalogue import NAMES, find
from converters.datasets.duplicates import Fingerprints
from converters.datasets.reading import items
from converters.datasets.sets.row import Broken
from converters.datasets.summary import Summary, as_json, as_text
from edge.errors import InputError

if TYPE_CHECKING:
    import argparse

    from converters.datasets.sets.row import DataSet

EXPORT_WORDS = 3
"""export SET FOLDER."""


def examine(known: DataSet, path: Path, *, strict: bool = False) -> Summary:
    """Read every row of a set once, keeping none.

    Raises:
        InputError: a row is broken and ``strict`` is set.
    """
    report, prints = Summary(known, path), Fingerprints()
    for item in items(known, path):
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
    """Report on a folder, or export a split. 1 if not one good row was found."""
    try:
        return _run(arguments)
    except OSError as error:
        problem = f"{error.filename or 'the output'} cannot be used: {error.strerror}"
        raise InputError(problem, "Check the path, its rights and the room on the disk") from error


def _run(arguments: argparse.Namespace) -> int:
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
    return 0 if any(report.splits for report in reports) else 1
