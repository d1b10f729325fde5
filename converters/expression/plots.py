"""Two pictures, as SVG: whether drawn rows are told from measured ones, and what each emotion does to each part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from converters.expression.report import MEASURED, PARTS
from converters.expression.trained import FAMILIES, SIDES, drawn
from converters.plot import BLUE, GREY, save_svg, svg_figure
from edge.affect import EMOTIONS
from edge.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from converters.expression.report import Figures
    from converters.expression.trained import Family, Halves, Side
    from converters.expression.vectors import Vectors

TESTS, SHAPES = "expression-tests.svg", "expression-parts.svg"
ORANGE = "#c0542b"
LOOKS = {"adversarial": (BLUE, "o"), "autoencoder": (ORANGE, "s"), MEASURED: (GREY, "D")}


def draw(
    found: Mapping[Side, Figures], vectors: Mapping[Side, Vectors], made: Halves, best: Family, folder: Path
) -> None:
    """Write both pictures into ``folder``. Raises InputError when matplotlib is missing or it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        save_svg(_tests(found), folder / TESTS)
        save_svg(_shapes(vectors, made, best), folder / SHAPES)
    except OSError as error:
        problem = f"pictures cannot be written into {folder}: {error.strerror}"
        raise InputError(problem, "Give --plots a folder that you may write into") from error


def _tests(found: Mapping[Side, Figures]) -> Any:  # noqa: ANN401
    figure = svg_figure(10, 4, "expression")
    for axes, side in zip(figure.subplots(1, 2, sharey=True), SIDES, strict=True):
        for shift, way in zip((-0.22, 0.0, 0.22), (*FAMILIES, MEASURED), strict=True):
            rows = found[side][way]
            values = np.array([row["accuracy"] for row in rows.values()])
            ends = np.array([(row["low"], row["high"]) for row in rows.values()]).T
            colour, marker = LOOKS[way]
            error = np.abs(np.vstack([values - ends[0], ends[1] - values]))
            places = np.arange(len(rows)) + shift
            axes.errorbar(places, values, yerr=error, fmt=marker, color=colour, label=way, capsize=2)
            axes.set_xticks(range(len(rows)), list(rows), rotation=30)
        axes.axhline(0.5, color="black", linewidth=0.8)
        axes.set_title(f"{side}, rows of who was held out")
    figure.axes[0].set_ylabel("accuracy; 0.5: drawn is not told from measured")
    figure.axes[0].set_ylim(0.3, 0.9)
    figure.axes[0].legend(loc="upper right", fontsize=8)
    return figure


def _shapes(vectors: Mapping[Side, Vectors], made: Halves, best: Family) -> Any:  # noqa: ANN401
    figure = svg_figure(13, 5.5, "expression")
    for side, line in zip(SIDES, figure.subplots(2, 5, sharex=True), strict=True):
        rows, values = drawn(side, made[side][best][0], vectors[side], 0)
        kinds = vectors[side].emotion[rows]
        for place, (axes, name) in enumerate(zip(line, PARTS[side], strict=True)):
            pairs = ((-0.15, GREY, "D", "measured", vectors[side].values[rows]), (0.15, BLUE, "o", "drawn", values))
            for shift, colour, marker, label, those in pairs:
                there = [kind for kind in range(len(EMOTIONS)) if (kinds == kind).any()]
                mean = [those[kinds == kind, place].mean() for kind in there]
                spread = [those[kinds == kind, place].std() for kind in there]
                axes.errorbar(np.array(there) + shift, mean, yerr=spread, fmt=marker, color=colour, label=label, ms=4)
            axes.axhline(0, color="black", linewidth=0.6)
            axes.set_title(f"{side}: {name.replace('_', ' ')}", fontsize=10)
            axes.set_xticks(range(len(EMOTIONS)), [emotion.value for emotion in EMOTIONS], rotation=60, fontsize=8)
    figure.axes[0].legend(fontsize=8)
    figure.axes[0].set_ylabel("doublings over the usual")
    figure.axes[5].set_ylabel("part of the way to the extreme")
    return figure
