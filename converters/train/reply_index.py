"""Makes the index of the lines of the corpora: ``python -m converters train reply-index``. Needs no data set."""

from __future__ import annotations

import math
import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.corpora.reflections import FOLDER, expanded
from edge.affect import Language
from edge.response.retrieve import SCALE, hashed

if TYPE_CHECKING:
    import argparse

    from numpy.typing import NDArray

USUAL = 0.9
"""Weight of a unit that no line has."""
LEAST = 0.05
"""Least weight of a unit, in parts of the heaviest."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``python -m converters train reply-index``."""
    parser.add_argument(
        "--to", type=Path, default=Path("edge/response/replies"), help="folder of the texts; the index goes beside them"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write one index per language."""
    for language in Language:
        made = arrays(language)
        path = arguments.to / f"{language.value}.npz"
        np.savez_compressed(path, **made)  # type: ignore[arg-type]
        print(
            f"{path}: {len(made['situations'])} lines, {len(made['units'])} units, {path.stat().st_size / 1024:.0f} KiB"
        )
    return 0


def arrays(language: Language) -> dict[str, NDArray[Any]]:
    """The arrays of an index: see ``edge.response.retrieve.Index``."""
    table: dict[str, Any] = tomllib.loads((FOLDER / language.value / "events.toml").read_text(encoding="utf-8"))
    situations: list[str] = []
    units: list[set[int]] = []
    for area, emotions in table.items():
        for emotion, lines in emotions.items():
            for line in lines:
                situations.append(f"{area}.{emotion}")
                units.append({int(unit) for sentence in expanded(line) for unit in hashed(sentence, language)})
    counts = Counter(unit for found in units for unit in found)
    most = math.log(len(units) + 1)
    weights = {unit: max(LEAST, math.log((len(units) + 1) / count) / most) for unit, count in counts.items()}
    rows = sorted((unit, line) for line, found in enumerate(units) for unit in found)
    return {
        "units": np.array([unit for unit, _ in rows], np.int32),
        "lines": np.array([line for _, line in rows], np.int16),
        "weights": np.array([round(SCALE * weights[unit]) for unit, _ in rows], np.int8),
        "usual": np.array(USUAL, np.float32),
        "situations": np.array(situations),
    }
