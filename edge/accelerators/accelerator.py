"""The protocol that every accelerator follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """Shape, dtype name ("int8", "float32") and quantisation of one tensor as the file on disk has it."""

    shape: tuple[int, ...]
    dtype: str
    scale: float
    zero_point: int


class Session(Protocol):
    """One loaded model on one device, for one thread at a time."""

    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]

    def invoke(self, inputs: Sequence[NDArray[np.generic]]) -> tuple[NDArray[np.generic], ...]:
        """Raw outputs for raw inputs. The arrays are the caller's until the next call. Raises ModelError."""
        ...


class Accelerator(Protocol):
    """A kind of device that runs TFLite files."""

    name: str

    def probe(self) -> str | None:
        """None when it can be used here, else the reason why not, as a short clause."""
        ...

    def open(self, path: Path) -> Session:
        """Load the file. Raises ModelError."""
        ...
