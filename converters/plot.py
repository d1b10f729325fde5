"""One picture of a model's figures: which label is taken for which, and whether it is as sure as it is right."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import numpy as np

from edge.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

SIZE = (11.0, 5.0)
"""Inches, at DPI pixels each."""
DPI = 120
DARK = 0.5
"""Share from which a cell is dark enough for white letters."""
BLUE, GREY = "#2b6ca3", "#888888"


def require() -> Any:  # noqa: ANN401 - matplotlib is not needed to check types
    """``matplotlib.figure``. Raises InputError when it is not installed."""
    try:
        return importlib.import_module("matplotlib.figure")
    except ImportError as error:
        problem = f"--plot needs matplotlib, which cannot be imported: {error}"
        raise InputError(problem, "Run `pip install matplotlib`, or leave --plot out") from error


def svg_figure(width: float, height: float, salt: str) -> Any:  # noqa: ANN401
    """A figure of that many inches for ``save_svg``; the same figures and ``salt`` give the same file.

    Raises InputError when matplotlib is not installed.
    """
    figures = require()
    settings = importlib.import_module("matplotlib").rcParams
    settings["svg.hashsalt"] = salt
    settings["svg.fonttype"] = "none"
    return figures.Figure(figsize=(width, height), layout="constrained")


def save_svg(figure: Any, path: Path) -> None:  # noqa: ANN401
    """Write it without its date. Raises OSError."""
    figure.savefig(path, format="svg", metadata={"Date": None})


def draw(found: dict[str, Any], title: str, path: Path) -> None:
    """Write the picture of a result of ``converters.metrics.result`` to ``path``.

    Raises:
        InputError: matplotlib is missing, or ``path`` cannot be written.
    """
    figure = require().Figure(figsize=SIZE, dpi=DPI, layout="constrained")  # draws by Agg: no screen is needed
    left, right = figure.subplots(1, 2)
    _confusion(left, found)
    _reliability(right, found)
    figure.suptitle(title)
    try:
        figure.savefig(path, format="png")
    except OSError as error:
        problem = f"the picture {path} cannot be written: {error.strerror}"
        raise InputError(problem, "Give --plot a path in a folder that is there") from error


def _confusion(axes: Any, found: dict[str, Any]) -> None:  # noqa: ANN401
    """Each row of the table as shares of the true class, with the counts in the cells."""
    counts, labels = np.array(found["confusion"]), found["labels"]
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1e-9)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(labels)), labels, rotation=45, ha="right")
    axes.set_yticks(range(len(labels)), [f"{label} ({found['per_class'][label]['n']})" for label in labels])
    for (row, column), count in np.ndenumerate(counts):
        colour = "white" if shares[row, column] > DARK else "black"
        axes.text(column, row, f"{count:.0f}", ha="center", va="center", color=colour, fontsize=8)
    axes.set_xlabel("said")
    axes.set_ylabel("true (rows)")
    axes.set_title(f"accuracy {found['accuracy']:.3f}, macro-F1 {found['macro_f1']:.3f}, UAR {found['uar']:.3f}")


def _reliability(axes: Any, found: dict[str, Any]) -> None:  # noqa: ANN401
    """Share right over mean confidence of each bin, and below how many rows are in it."""
    bins = found["reliability"]
    said, right, counts = (np.array([each[name] for each in bins]) for name in ("confidence", "right", "n"))
    axes.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=1, label="as sure as right")
    axes.bar(said, counts / counts.max() * 0.25, width=0.04, color="#d5e3f0", label="rows (the most: a quarter)")
    axes.plot(said, right, marker="o", color=BLUE, label="this model")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xlabel("confidence")
    axes.set_ylabel("share right")
    axes.legend(loc="upper left", fontsize=8, framealpha=1)
    axes.set_title(f"calibration error {found['ece']:.3f} (before the temperature {found['ece_before']:.3f})")
