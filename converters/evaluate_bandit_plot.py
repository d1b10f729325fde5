"""The picture of regret in the simulated household."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from converters.plot import BLUE, DPI, GREY, require
from edge.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

SIZE = (9.0, 4.5)
"""Inches."""
LINES = {
    "bandit": (BLUE, "-", 2.2),
    "rules": ("#b5432a", "-", 1.5),
    "best fixed strategy": (GREY, "-", 1.5),
    "best fixed ranking": (GREY, "--", 1.2),
    "chance": ("#c9b458", ":", 1.5),
}
"""Colour, dashes and width of each policy."""
TITLES = {"household": "not the same helps always", "steady": "the same helps always"}


def draw(found: dict[str, Any], path: Path) -> None:
    """Write the curves of a result of ``converters.evaluate_bandit.evaluate`` to ``path``, .svg or .png.

    Raises:
        InputError: matplotlib is missing, or ``path`` cannot be written.
    """
    figure = require().Figure(figsize=SIZE, dpi=DPI, layout="constrained")
    for axes, (group, title) in zip(figure.subplots(1, 2, sharey=True), TITLES.items(), strict=True):
        for name, (colour, dashes, width) in LINES.items():
            curve = found[group]["curves"][name]
            axes.plot(range(1, len(curve) + 1), curve, color=colour, linestyle=dashes, linewidth=width, label=name)
        axes.set_title(title)
        axes.set_xlabel("replies, of which 30 % got feedback")
    figure.axes[0].set_ylabel("cumulative regret, replies that would have helped")
    figure.axes[0].legend(loc="upper left", fontsize=8)
    try:
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    except (OSError, ValueError) as error:
        problem = f"the picture {path} cannot be written: {error}"
        raise InputError(problem, "Give --plot a path that ends in .svg or .png, in a folder that is there") from error
