"""What a fleet's households told with noise: a table with intervals, and plots. Never of fewer than 20 households."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.affect import EMOTIONS, UNSURE

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from edge.learning.effect import Interval
    from edge.outlets.aggregates.message import AggregateMessage
    from fleet.aggregates.estimate import Estimate
    from fleet.aggregates.received import Received

LEAST_HOUSEHOLDS = 20
LABELS = (*(emotion.value for emotion in EMOTIONS), UNSURE)
VERDICTS = ("helped", "not_now", "wrong")
ALL = "all"
EXPLAINED = (
    "Minutes, replies and feedback of one household-hour in the mean; each interval holds by itself with 95 % and"
    " knows of the noise. Valence of a minute with an emotion, -1 to 1."
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One row; ``estimate`` is None where too few households are in it, and how many these are is not told."""

    name: str
    households: int
    reports: int
    estimate: Estimate | None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``python -m fleet report`` takes."""
    parser.add_argument("file", type=Path, help="JSON lines, or the SQLite file of `python -m fleet receive`")
    parser.add_argument("--by", choices=("day", "week", "month", "hour"), default="month", help="what a row is of")
    parser.add_argument(
        "--households",
        type=int,
        default=LEAST_HOUSEHOLDS,
        metavar="K",
        help=f"a row of fewer is left out; at least {LEAST_HOUSEHOLDS}",
    )
    parser.add_argument("--plots", type=Path, metavar="DIRECTORY", help="draw minutes.png and valence.png there")
    parser.add_argument("--json", action="store_true", help="print an object")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when it was told, 1 when no row has enough households, 2 for fewer than is allowed."""
    from fleet.aggregates.received import read

    if arguments.households < LEAST_HOUSEHOLDS:
        told = f"--households is {arguments.households}; at least {LEAST_HOUSEHOLDS} are allowed"
        print(f"fleet: {told}. Leave it out, or set more.", file=sys.stderr)
        return 2
    received = read(arguments.file)
    found = cells(received.messages, arguments.by, arguments.households)
    if arguments.json:
        print(json.dumps(record(found, received, arguments.households), ensure_ascii=False))
    else:
        print("\n".join(lines(found, received, arguments.households)))
    shown = [cell for cell in found if cell.estimate is not None]
    if not shown:
        return 1
    if arguments.plots is not None:
        from fleet.aggregates.plots import draw

        draw(shown, arguments.plots)
    return 0


def cells(messages: Sequence[AggregateMessage], by: str, least: int) -> list[Cell]:
    """A row for each day, week, month or hour of the day, and one over all rows that are shown.

    What is left out is left out of that sum as well, or it could be had by taking the others from it.
    """
    from fleet.aggregates.estimate import estimate

    grouped: dict[str, list[AggregateMessage]] = {}
    for message in messages:
        grouped.setdefault(_key(message, by), []).append(message)
    found = []
    shown: list[AggregateMessage] = []
    for name, inside in sorted(grouped.items()):
        households = households_of(inside)
        enough = households >= least
        found.append(Cell(name, households, len(inside), estimate(inside, households) if enough else None))
        shown += inside if enough else []
    if shown:
        households = households_of(shown)
        found.append(Cell(ALL, households, len(shown), estimate(shown, households)))
    return found


def households_of(messages: Sequence[AggregateMessage]) -> int:
    """How many different households these are of, at least.

    A household has another name every month, so names are counted within one, and the fullest month tells.
    """
    months: dict[str, set[str]] = {}
    for message in messages:
        months.setdefault(f"{message.day:%Y-%m}", set()).add(message.pseudonym)
    return max(len(names) for names in months.values())


def record(found: Sequence[Cell], received: Received, least: int) -> dict[str, Any]:
    """The report as plain data."""
    return {
        "least_households": least,
        "not_counted": _not_counted(received),
        "cells": [_cell_record(cell) for cell in found],
    }


def lines(found: Sequence[Cell], received: Received, least: int) -> list[str]:
    """The report as a table."""
    left_out = [cell.name for cell in found if cell.estimate is None]
    told = []
    for cell in found:
        if cell.estimate is not None:
            told += [
                f"{cell.name}: {cell.households} households or more, {cell.reports} hours",
                *_rows(cell.estimate),
                "",
            ]
    if told:
        told.append(EXPLAINED)
    if left_out:
        told.append(f"Left out, as fewer than {least} households are in it: {', '.join(left_out)}.")
    not_counted = ", ".join(f"{count} {why}" for why, count in _not_counted(received).items() if count)
    if not_counted:
        told.append(f"Not counted: {not_counted}.")
    return told or [f"No aggregates of {least} households or more."]


def _rows(of: Estimate) -> list[str]:
    rows = [_row(label, part) for label, part in zip(LABELS, of.minutes, strict=True)]
    rows.append(f"  {'valence':<10} {'not known':>8}" if of.valence is None else _row("valence", of.valence))
    rows.append(_row("replies", of.replies))
    return rows + [_row(verdict.replace("_", " "), part) for verdict, part in zip(VERDICTS, of.feedback, strict=True)]


def _row(name: str, part: Interval) -> str:
    return f"  {name:<10} {part.value:8.2f}  [{part.low:.2f}, {part.high:.2f}]"


def _cell_record(cell: Cell) -> dict[str, Any]:
    if cell.estimate is None:
        return {"cell": cell.name, "suppressed": True}
    of = cell.estimate
    return {
        "cell": cell.name,
        "suppressed": False,
        "households": cell.households,
        "reports": cell.reports,
        "minutes": {label: _interval(part) for label, part in zip(LABELS, of.minutes, strict=True)},
        "valence": None if of.valence is None else _interval(of.valence),
        "replies": _interval(of.replies),
        "feedback": {verdict: _interval(part) for verdict, part in zip(VERDICTS, of.feedback, strict=True)},
    }


def _interval(part: Interval) -> dict[str, float]:
    return {"value": round(part.value, 4), "low": round(part.low, 4), "high": round(part.high, 4)}


def _not_counted(received: Received) -> dict[str, int]:
    return {"repeated": received.repeated, "malformed": received.malformed, "implausible": received.implausible}


def _key(message: AggregateMessage, by: str) -> str:
    if by == "hour":
        return f"{message.hour:02d}:00"
    if by == "week":
        year, week, _ = message.day.isocalendar()
        return f"{year}-W{week:02d}"
    return f"{message.day:%Y-%m}" if by == "month" else message.day.isoformat()
