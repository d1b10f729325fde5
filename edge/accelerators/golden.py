"""Golden vectors: an input and its output that ship with a model, and whether a device gives that output.

A device that answers is not yet one that computes: memory fails, drivers and compilers err. So each session is tried
once, with the model's own vector, before anything that it says is believed. Why so: docs/decisions/0009.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.accelerators.card import GOLDEN_FILE, Card, Tensor, checked_content
from edge.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from edge.accelerators.accelerator import Session

CPU = "cpu"
"""The device that made the vectors; with the interpreter of the release its int8 results are the same bit for bit."""


@dataclass(frozen=True, slots=True)
class Vector:
    """Raw inputs and outputs in the card's order, shapes and dtypes."""

    inputs: tuple[NDArray[np.generic], ...]
    outputs: tuple[NDArray[np.generic], ...]


@dataclass(frozen=True, slots=True)
class Deviation:
    """How far one output was off: in steps of int8, or as part of the largest float expected; with what is allowed."""

    output: str
    found: float
    allowed: float
    unit: str

    @property
    def share(self) -> float:
        """Part of what is allowed; above 1 it is too much."""
        if self.found == 0:
            return 0.0
        return self.found / self.allowed if self.allowed else float("inf")

    def __str__(self) -> str:
        """For a report: "bit for bit", or how far off."""
        return "bit for bit" if self.found == 0 else f"off by {self.found:.2g} {self.unit}, allowed {self.allowed:g}"


def encoded(vector: Vector) -> bytes:
    """``vector`` as the content of a ``golden.npz``: arrays ``input_0`` …, ``output_0`` …; the same bytes each time."""
    named = {f"input_{place}": array for place, array in enumerate(vector.inputs)}
    named |= {f"output_{place}": array for place, array in enumerate(vector.outputs)}
    file = io.BytesIO()
    np.savez_compressed(file, **named)  # type: ignore[arg-type]
    return file.getvalue()


def read_vector(folder: Path, card: Card) -> Vector | None:
    """The model's vector; None when its card has none. Raises ModelError when the file is missing or does not fit."""
    return None if card.golden is None else decoded(checked_content(folder, card, GOLDEN_FILE), card, folder)


def decoded(content: bytes, card: Card, folder: Path) -> Vector:
    """The vector in the content of a ``golden.npz``. Raises ModelError when it does not fit the card."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            vector = Vector(
                tuple(arrays[f"input_{place}"] for place in range(len(card.inputs))),
                tuple(arrays[f"output_{place}"] for place in range(len(card.outputs))),
            )
    except (KeyError, ValueError, TypeError, EOFError, OSError, zipfile.BadZipFile) as error:
        problem = f"the golden vector {folder / GOLDEN_FILE} is not one of this model: {error}"
        raise ModelError(problem, f"Make it anew (python -m converters golden --models {folder.parent})") from error
    for array, tensor in zip((*vector.inputs, *vector.outputs), (*card.inputs, *card.outputs), strict=True):
        if array.shape != tensor.shape or array.dtype != np.dtype(tensor.dtype):
            problem = (
                f"the golden vector {folder / GOLDEN_FILE} has {array.dtype} {array.shape} for {tensor.name}, "
                f"the card {tensor.dtype} {tensor.shape}"
            )
            raise ModelError(problem, f"Make it anew (python -m converters golden --models {folder.parent})")
    return vector


def deviations(card: Card, expected: Vector, found: tuple[NDArray[np.generic], ...], device: str) -> list[Deviation]:
    """One for each output, in the card's order. Not finite where it should be: infinitely far off."""
    return [
        _deviation(card, tensor, right, given, device)
        for tensor, right, given in zip(card.outputs, expected.outputs, found, strict=True)
    ]


def _deviation(
    card: Card, tensor: Tensor, right: NDArray[np.generic], given: NDArray[np.generic], device: str
) -> Deviation:
    golden = card.golden
    assert golden is not None  # noqa: S101 - there is a vector, so there is its table
    wide, told = right.astype(np.float64), given.astype(np.float64)
    furthest = float(np.abs(told - wide).max()) if np.isfinite(told).all() else float("inf")
    if tensor.dtype == "float32":
        largest = float(np.abs(wide).max()) or 1.0
        return Deviation(tensor.name, furthest / largest, golden.relative, "of the largest value expected")
    allowed = golden.cpu_steps if device == CPU else golden.steps
    return Deviation(tensor.name, furthest, allowed, "steps of int8")


def try_session(session: Session, card: Card, vector: Vector | None, device: str) -> Deviation | None:
    """Run the vector once on a new session.

    Args:
        session: as just opened.
        card: the model's card.
        vector: None where the model has none.
        device: name of what runs the session.

    Returns:
        The output that was furthest off, of what is allowed; None without a vector.

    Raises:
        ModelError: the device computes something else, or it is not the CPU and there is no vector to try it with.
    """
    if vector is None:
        if device == CPU:
            return None
        problem = f"the model {card.name} has no golden vector, so nothing shows whether {device} computes it rightly"
        raise ModelError(problem, "Make one: python -m converters golden, then sign the models anew")
    worst = max(deviations(card, vector, session.invoke(vector.inputs), device), key=lambda one: one.share)
    if worst.share > 1:
        problem = (
            f"{device} computes {card.name} wrongly: on its golden vector the output {worst.output} is off by "
            f"{worst.found:.4g} {worst.unit}, allowed are {worst.allowed:g}"
        )
        raise ModelError(problem, _remedy(device))
    return worst


def _remedy(device: str) -> str:
    if device == CPU:
        return "Install the ai-edge-litert that this release was tested with (XNNPACK on); else test the memory"
    return 'Set accelerator.name = "cpu", and update the device\'s runtime or have it replaced'
