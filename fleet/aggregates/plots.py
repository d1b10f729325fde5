"""The report as pictures; matplotlib is loaded by whoever asks for them."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from edge.errors import InputError
from fleet.report import ALL, LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from edge.learning.effect import Interval
    from fleet.report import Cell

SIZE = (9.0, 4.5)
"""Inches, at DPI pixels each."""
DPI = 120
HOW = "bars: 95 %, noise included"


def draw(cells: Sequence[Cell], directory: Path) -> list[Path]:
    """``minutes.png`` over all rows, ``valence.png`` row by row; the files that were written.

    Raises:
        InputError: they cannot be written.
        ImportError: matplotlib is not installed.
    """
    figures = importlib.import_module("matplotlib.figure")
    written = []
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, paint in (("minutes.png", _minutes), ("valence.png", _valence)):
            figure = figures.Figure(figsize=SIZE, dpi=DPI, layout="constrained")  # draws by Agg: no screen is needed
            paint(figure.subplots(), cells)
            figure.savefig(directory / name)
            written.append(directory / name)
    except OSError as error:
        problem = f"plots cannot be written to {directory}: {error.strerror}"
        raise InputError(problem, "Give a directory that may be written to") from error
    return written


def _minutes(axes: Any, cells: Sequence[Cell]) -> None:  # noqa: ANN401 - matplotlib's
    of = next(cell for cell in cells if cell.name == ALL)
    if of.estimate is None:
        return
    _bars(axes, LABELS, of.estimate.minutes)
    axes.set_ylabel("minutes of a household-hour")
    axes.set_title(f"{of.households} households or more, {of.reports} hours; {HOW}")


def _valence(axes: Any, cells: Sequence[Cell]) -> None:  # noqa: ANN401 - as above
    known = [(cell.name, cell.estimate.valence) for cell in cells if cell.estimate and cell.estimate.valence]
    _bars(axes, [name for name, _ in known], [part for _, part in known])
    axes.set_ylim(-1, 1)
    axes.tick_params(axis="x", rotation=45)
    axes.set_ylabel("mean valence of a minute with an emotion")
    axes.set_title(f"{HOW}; a row of which nothing is known has none")


def _bars(axes: Any, names: Sequence[str], parts: Sequence[Interval]) -> None:  # noqa: ANN401 - as above
    values = [part.value for part in parts]
    reach = [[part.value - part.low for part in parts], [part.high - part.value for part in parts]]
    axes.axhline(0, color="0.7", linewidth=0.8)
    axes.errorbar(range(len(names)), values, yerr=reach if names else None, fmt="o", capsize=4)
    axes.set_xticks(range(len(names)), names)
