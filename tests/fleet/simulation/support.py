"""Predictions that are made up, so that tests need no data: models that are right two times in three."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from edge.affect import Sense
from edge.understanding.pooled import parse

if TYPE_CHECKING:
    from numpy.typing import NDArray

BASE = parse(Path("models/fusion-pool/parameters.toml").read_bytes())
ITEMS = 140
RIGHT = 2 / 3


def content(seed: int = 0) -> dict[str, NDArray[np.floating] | NDArray[np.int8]]:
    """As in the file."""
    random = np.random.default_rng(seed)
    found: dict[str, NDArray[np.floating] | NDArray[np.int8]] = {}
    for sense in Sense:
        truth = np.arange(ITEMS) % 7
        said = np.where(random.random(ITEMS) < RIGHT, truth, random.integers(0, 7, ITEMS))
        probabilities = np.full((ITEMS, 7), 0.05)
        probabilities[np.arange(ITEMS), said] = 0.7
        found[f"{sense}_probabilities"] = probabilities.astype(np.float32)
        found[f"{sense}_quality"] = random.uniform(0.3, 1.0, ITEMS).astype(np.float32)
        found[f"{sense}_truth"] = truth.astype(np.int8)
    return found


def written(path: Path, **changed: object) -> Path:
    """The file, with some of it changed; None: left out."""
    kept = {name: value for name, value in (content() | changed).items() if value is not None}
    np.savez(path, **kept)  # type: ignore[arg-type]
    return path
