"""What some text sets say beside the seven emotions: GoEmotions' 28 fine labels, EmoBank's valence and arousal."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np

from converters.datasets.sets.emobank import HIGH, MIDDLE
from converters.datasets.sets.goemotions import ORIGINAL
from edge.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

FINE = tuple(ORIGINAL)
"""The 28 labels in the order of the ids."""


def goemotions_fine(data: Path, split: str) -> Floats:
    """(n, 28) zeros and ones for the rows of ``converters.datasets.text.goemotions(data, split)``, in its order.

    Raises:
        InputError: the file is missing, or its rows are not those of the Ekman grouping.
    """
    folder = data / "text" / "goemotions"
    rows, ekman = (_rows(folder / kind / f"{split}.tsv") for kind in ("original", "ekman"))
    if [row[2] for row in rows] != [row[2] for row in ekman]:
        problem = f"{folder}/original/{split}.tsv and {folder}/ekman/{split}.tsv hold different comments"
        raise InputError(problem, "Take both from the same release of GoEmotions")
    found = np.zeros((len(rows), len(FINE)), np.float32)
    for target, (_, ids, _) in zip(found, rows, strict=True):
        target[[int(i) for i in ids.split(",")]] = 1.0
    return found


def emobank(data: Path, split: str) -> tuple[tuple[str, ...], Floats]:
    """Texts of EmoBank's "train", "dev" or "test", and their valence and arousal (n, 2) in [-1, 1].

    Buechel & Hahn, EmoBank, 2017, CC BY-SA 4.0. Raises InputError when the file is missing.
    """
    path = data / "text" / "emobank" / "emobank.csv"
    _require(path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == split and row["text"].strip()]
    numbers = [[(float(row[name]) - MIDDLE) / (HIGH - MIDDLE) for name in "VA"] for row in rows]
    return tuple(row["text"] for row in rows), np.array(numbers, np.float32).reshape(-1, 2)


def _rows(path: Path) -> list[list[str]]:
    _require(path)
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]


def _require(path: Path) -> None:
    if not path.is_file():
        problem = f"there is no file {path}"
        raise InputError(problem, "Give the folder that holds text/goemotions, text/emobank, … with --data")
