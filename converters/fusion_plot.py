"""Two pictures of fusion, as SVG: what each sense is worth, and precision against coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from converters.plot import BLUE, GREY, save_svg, svg_figure
from edge.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

ABLATION, COVERAGE = "fusion-ablation.svg", "fusion-coverage.svg"
SHOWN = 13
"""Scenarios that are drawn: without those of one sense alone beside one at random."""
LINES = (
    ("all three", BLUE, "-"),
    ("without the face", "#c0542b", "--"),
    ("without the voice", "#3b8a4f", "--"),
    ("without the text", "#7a4fa3", "--"),
    ("only the text", GREY, ":"),
)


def draw(found: Mapping[str, Any], folder: Path) -> None:
    """Write both pictures into ``folder``. Raises InputError when matplotlib is missing or it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        save_svg(_ablation(found["mixes"]), folder / ABLATION)
        save_svg(_coverage(found["mixes"]), folder / COVERAGE)
    except OSError as error:
        problem = f"pictures cannot be written into {folder}: {error.strerror}"
        raise InputError(problem, "Give --plots a folder that you may write into") from error


def _ablation(mixes: Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]]) -> Any:  # noqa: ANN401
    figure = svg_figure(11, 6, "fusion")
    for axes, (mix, ways) in zip(figure.subplots(1, 2, sharey=True), mixes.items(), strict=True):
        rows = ways["pool"][:SHOWN]
        places = np.arange(len(rows))[::-1]
        values = np.array([row["accuracy"] for row in rows])
        ends = np.array([row["interval"] for row in rows]).T
        error = np.abs(np.vstack([values - ends[0], ends[1] - values]))
        axes.barh(places, values, xerr=error, color="#d5e3f0", edgecolor=BLUE, ecolor=BLUE, label="together")
        axes.plot([row["best_single"] for row in rows], places, "D", color="#c0542b", label="best true sense alone")
        axes.set_yticks(places, [row["scenario"] for row in rows])
        axes.set_xlim(0.4, 1.0)
        axes.set_xlabel("accuracy, with 95 % interval")
        axes.set_title({"balanced": "each label equally often", "met": "labels as often as in the sets"}[mix])
    axes.legend(loc="lower right", fontsize=8, framealpha=1)
    return figure


def _coverage(mixes: Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]]) -> Any:  # noqa: ANN401
    figure = svg_figure(11, 4.5, "fusion")
    shares = np.linspace(0.05, 1, 20)
    for axes, (mix, ways) in zip(figure.subplots(1, 2, sharey=True), mixes.items(), strict=True):
        by_name = {row["scenario"]: row for row in ways["pool"]}
        for name, colour, style in LINES:
            axes.plot(shares, by_name[name]["precision"], color=colour, linestyle=style, label=name)
        axes.plot([0.7], [0.9], marker="x", color="black", linestyle="none", label="wanted: 0.90 at 70 %")
        axes.set_xlabel("coverage: part that is answered, the surest first")
        axes.set_ylim(0.6, 1.01)
        axes.set_title({"balanced": "each label equally often", "met": "labels as often as in the sets"}[mix])
    axes.legend(loc="lower left", fontsize=8, framealpha=1)
    figure.axes[0].set_ylabel("precision")
    return figure
