"""What our real models said of held-out faces, voices and sentences: the file that households are made from.

An ``.npz`` made by ``python -m converters predictions``. Of each sense: ``<sense>_probabilities`` (n, 7),
``<sense>_quality`` (n,), ``<sense>_truth`` (n,) index into EMOTIONS.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from edge.affect import EMOTIONS, Sense
from edge.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

SENSES = tuple(Sense)
KINDS = len(EMOTIONS)
MAKE = "Make it with `python -m converters predictions --out FILE`"
LEAST = 20
"""Items of a sense; of fewer no households are made."""
ODD = 1e-3
"""By which probabilities may miss a sum of 1."""


@dataclass(frozen=True, slots=True)
class Said:
    """Of one sense: ``probabilities`` (n, 7), ``quality`` (n,), ``truth`` (n,), and rows by truth."""

    probabilities: Floats
    quality: Floats
    truth: Ints
    rows: tuple[Ints, ...]

    @classmethod
    def of(cls, probabilities: Floats, quality: Floats, truth: Ints) -> Said:
        """With the rows of each label."""
        return cls(probabilities, quality, truth, tuple(np.flatnonzero(truth == label) for label in range(KINDS)))

    def half(self, which: int) -> Said:
        """Every second item, from the first (0) or the second (1), label by label: the two halves share none."""
        rows = np.sort(np.concatenate([rows[which::2] for rows in self.rows]))
        return Said.of(self.probabilities[rows], self.quality[rows], self.truth[rows])


Predictions = dict[Sense, Said]


def load(path: Path) -> Predictions:
    """The file's content. Raises InputError naming what is wrong with it."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as archive:
            found = {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        problem = f"{path} cannot be read as predictions: {error}"
        raise InputError(problem, MAKE) from error
    return {sense: _said(path, sense, found) for sense in SENSES}


def learners(path: Path) -> Predictions:
    """The half that households learn from. Raises InputError."""
    return {sense: one.half(0) for sense, one in load(path).items()}


def strangers(path: Path) -> Predictions:
    """The half that unseen households are made of. Raises InputError."""
    return {sense: one.half(1) for sense, one in load(path).items()}


def _said(path: Path, sense: Sense, found: dict[str, Any]) -> Said:
    names = [f"{sense}_{name}" for name in ("probabilities", "quality", "truth")]
    missing = [name for name in names if name not in found]
    if missing:
        problem = f"{path} has no {', '.join(missing)}"
        raise InputError(problem, MAKE)
    probabilities, quality, truth = (np.asarray(found[name]) for name in names)
    count = len(truth)
    fits = probabilities.shape == (count, KINDS) and quality.shape == (count,) and truth.shape == (count,)
    if not fits or count < LEAST:
        problem = f"{path}: {sense} has the shapes {probabilities.shape}, {quality.shape}, {truth.shape}"
        raise InputError(problem, f"Wanted are (n, {KINDS}), (n,) and (n,), with n of at least {LEAST}. {MAKE}")
    sums = np.abs(probabilities.sum(axis=1) - 1)
    sane = (sums < ODD).all() and (probabilities >= 0).all() and ((quality >= 0) & (quality <= 1)).all()
    if not sane or truth.min() < 0 or truth.max() >= KINDS:
        problem = f"{path}: {sense} has numbers that are no probabilities, qualities or labels"
        raise InputError(problem, MAKE)
    return Said.of(probabilities.astype(np.float64), quality.astype(np.float64), truth.astype(np.int64))
