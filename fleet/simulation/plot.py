"""Pictures of a study: accuracy on unseen households against ε, drop-outs or poisoners, with 95 % intervals."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from edge.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from fleet.simulation.studies import Row

SIZE = (7.0, 4.2)
"""Inches."""
ACROSS = {
    "epsilon": ("epsilon", "ε a year, at δ = 1e-6"),
    "drop-outs": ("drop_out", "part of the devices that join and are lost"),
    "poisoners": ("poisoners", "part of the devices that poison"),
    "strategies": ("poisoners", "part of the devices that poison (scaling)"),
}


def draw(study: str, rows: list[Row], folder: Path) -> Path:
    """Write ``learning-<study>.svg`` to ``folder``; its path. Raises InputError where it cannot be written."""
    figures = importlib.import_module("matplotlib.figure")
    settings = importlib.import_module("matplotlib").rcParams
    settings["svg.hashsalt"], settings["svg.fonttype"] = study, "none"
    figure = figures.Figure(figsize=SIZE, layout="constrained")
    axes = figure.subplots()
    column, label = ACROSS[study]
    for name, line in _lines(study, rows, column).items():
        across = [one[column] for one in line]
        gains = [one["gain"] for one in line]
        low = [one["gain"] - one["interval"][0] for one in line]
        high = [one["interval"][1] - one["gain"] for one in line]
        axes.errorbar(across, gains, yerr=[low, high], marker="o", capsize=3, label=name)
    for one in rows:
        if study == "epsilon" and one["epsilon"] is None:
            axes.axhline(one["gain"], color="#888888", linestyle="--", label="no noise")
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set_xlabel(label)
    axes.set_ylabel("points of accuracy gained, unseen households")
    axes.legend(fontsize=8)
    path = folder / f"learning-{study}.svg"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="svg", metadata={"Date": None})
    except OSError as error:
        problem = f"the picture {path} cannot be written: {error.strerror}"
        raise InputError(problem, "Give --plots a folder where you may write") from error
    return path


def _lines(study: str, rows: list[Row], column: str) -> dict[str, list[Row]]:
    """Rows by the line that they belong to; where nobody poisons is the beginning of every poison's line."""
    found: dict[str, list[Row]] = {}
    for one in rows:
        if one[column] is None:
            continue
        for name in _names(study, one, rows):
            found.setdefault(name, []).append(one)
    return {name: sorted(line, key=lambda one: float(one[column])) for name, line in found.items()}


def _names(study: str, one: Row, rows: list[Row]) -> list[str]:
    if study == "epsilon":
        return [f"noise by {one['noise_by']}"]
    if study == "poisoners":
        of = {other["poison"] for other in rows if other["poison"] != "none"}
        return [f"{one['strategy']}, {poison}" for poison in sorted(of) if one["poison"] in {"none", poison}]
    return [one["strategy"]]
