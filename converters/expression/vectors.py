"""Measured style vectors, and the file that keeps them between commands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from converters.arrays import read, replaced
from edge.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Vectors:
    """Rows of one sense.

    Attributes:
        values: (n, 5) float32, in the order of ``edge.response.expression``.
        emotion: (n,) int64, index into EMOTIONS.
        group: (n,) str: the speaker of a voice, the part of the set of a face.
    """

    values: NDArray[np.float32]
    emotion: NDArray[np.int64]
    group: NDArray[np.str_]

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.values)

    def take(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> Vectors:
        """The chosen rows."""
        return Vectors(self.values[rows], self.emotion[rows], self.group[rows])

    def save(self, path: Path) -> None:
        """Write the file ``path``."""
        path.parent.mkdir(parents=True, exist_ok=True)
        named = {"values": self.values, "emotion": self.emotion, "group": self.group}
        replaced(path, lambda part: np.savez_compressed(part, **named))  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: Path) -> Vectors:
        """The vectors in ``path``. Raises InputError when there are none, or they are something else."""
        found = read(path)
        try:
            vectors = cls(found["values"], found["emotion"], found["group"])
        except KeyError as error:
            problem = f"{path} has no {error}, so it holds no style vectors"
            raise InputError(problem, "Remove it and train again: it is measured anew") from None
        if vectors.values.ndim != 2 or len({len(found[name]) for name in ("values", "emotion", "group")}) > 1:  # noqa: PLR2004
            problem = f"the arrays in {path} do not fit each other: {vectors.values.shape}, {vectors.emotion.shape}"
            raise InputError(problem, "Remove it and train again: it is measured anew")
        return vectors
