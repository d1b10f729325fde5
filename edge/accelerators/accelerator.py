"""The protocol that every accelerator follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from edge.accelerators.card import Card


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
    """A kind of device that runs models."""

    name: str
    files: tuple[str, ...]
    """Files of a model's folder that it takes, the best first."""
    wants: str
    """What those files are, for the sentence that says that a model has none."""

    def probe(self) -> str | None:
        """None when it can be used here, else the reason why not, as a short clause. Quick; opens no device."""
        ...

    def load(self, content: bytes, card: Card, file: str) -> Session:
        """A session of a file's content, warmed up: what the first call costs beyond the others is paid here.

        Args:
            content: as checked against the card.
            card: gives names, shapes and quantisation where the file does not.
            file: which of ``files`` it is.

        Raises:
            ModelError: the device or the file cannot be used.
        """
        ...
