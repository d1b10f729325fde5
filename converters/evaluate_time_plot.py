"""The picture of flicker against delay, one point for each smoothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from converters.plot import BLUE, DPI, GREY, require
from edge.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

SIZE = (7.0, 5.0)
"""Inches."""
RED = "#b5432a"


def draw(found: dict[str, Any], path: Path) -> None:
    """Write the trade-off of a result of ``converters.evaluate_time.measured`` to ``path``, .svg or .png.

    Raises:
        InputError: matplotlib is missing, or ``path`` cannot be written.
    """
    figure = require().Figure(figsize=SIZE, dpi=DPI, layout="constrained")
    axes = figure.subplots()
    rows = found["trade_off"]
    changes = [row["changes_per_minute"] for row in rows]
    for name, key, colour in (("mean", "delay_s", BLUE), ("95th percentile", "p95_s", GREY)):
        axes.plot([row[key] for row in rows], changes, marker="o", color=colour, label=f"delay, {name}")
    for row in rows:
        chosen = row["smoothing_s"] == found["chosen"]
        axes.annotate(
            f"{row['smoothing_s']:g} s{' (chosen)' if chosen else ''}",
            (row["delay_s"], row["changes_per_minute"]),
            textcoords="offset points",
            xytext=(6, 6),
            fontsize=8,
            color=RED if chosen else BLUE,
        )
        if chosen:
            for key in ("delay_s", "p95_s"):
                axes.plot(row[key], row["changes_per_minute"], marker="o", markersize=11, fillstyle="none", color=RED)
    axes.axhline(1.0, color=RED, linestyle="--", linewidth=1, label="bars: 1 change a minute, 1.5 s")
    axes.axvline(1.5, color=RED, linestyle="--", linewidth=1)
    axes.set_ylim(0, max(1.3, 1.1 * max(changes)))
    axes.set_xlabel("seconds until a true change is told, 10 pictures a second")
    axes.set_ylabel("label changes a minute on a still face")
    axes.legend(loc="upper right", fontsize=8)
    axes.set_title("Flicker against delay, by smoothing_s")
    try:
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    except (OSError, ValueError) as error:
        problem = f"the picture {path} cannot be written: {error}"
        raise InputError(problem, "Give --plot a path that ends in .svg or .png, in a folder that is there") from error
