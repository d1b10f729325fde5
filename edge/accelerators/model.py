"""The loader: a folder under ``models/`` becomes something that takes real values and gives real values."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from edge.accelerators.card import Card, Tensor, card_bytes, checked_file, parse_card
from edge.accelerators.manifest import Seal
from edge.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.accelerators.accelerator import Accelerator, TensorSpec
    from edge.accelerators.settings import ModelsSettings

SCALE_TOLERANCE = 1e-6
"""Relative difference allowed between a card's quantisation scale (written in decimal) and the file's."""


def default_directory() -> Path:
    """``models/`` of a checkout, or ``share/rapport/models`` of an installed wheel."""
    checkout = Path(__file__).resolve().parents[2] / "models"
    return checkout if checkout.is_dir() else Path(sys.prefix) / "share" / "rapport" / "models"


class Model:
    """One verified model on one accelerator. Not thread-safe: one lane, one Model."""

    def __init__(
        self,
        folder: Path,
        accelerator: Accelerator,
        task: str,
        labels: tuple[str, ...] | None = None,
        seal: Seal | None = None,
    ) -> None:
        """Check signature, hash, task, labels, shapes and dtypes, then load.

        Args:
            folder: ``models/<name>``.
            accelerator: where it will run.
            task: what the caller needs; the card must say the same.
            labels: labels in the order that the caller relies on; None when it reads them from the card.
            seal: answers for the card; None on the workstation, where a model is not signed yet.

        Raises:
            ModelError: with the first thing that does not fit.
        """
        raw = card_bytes(folder)
        if seal is not None:
            seal.check(folder.name, raw)
        self.card: Card = parse_card(folder, raw)
        _require("task", self.card.task, task, folder)
        if labels is not None:
            _require("labels", self.card.labels, labels, folder)
        self._session = accelerator.open(checked_file(folder, self.card))
        _require_tensors("input", self.card.inputs, self._session.inputs, folder)
        _require_tensors("output", self.card.outputs, self._session.outputs, folder)
        self._raw_inputs = [np.zeros(t.shape, np.dtype(t.dtype)) for t in self.card.inputs]
        self._scratch = [np.zeros(t.shape, np.float32) for t in self.card.inputs]

    def run(self, *values: NDArray[np.generic]) -> tuple[NDArray[np.float32], ...]:
        """Real outputs for real inputs, in the card's shapes and units: float32, or int32 where the card says so."""
        for index, (value, tensor) in enumerate(zip(values, self.card.inputs, strict=True)):
            if tensor.dtype == "int8":
                raw, scratch = self._raw_inputs[index], self._scratch[index]
                np.divide(value, tensor.scale, out=scratch)
                np.rint(scratch, out=scratch)
                np.add(scratch, tensor.zero_point, out=scratch)
                np.clip(scratch, -128, 127, out=scratch)
                np.copyto(raw, scratch, casting="unsafe")
            elif tensor.dtype == "int32":
                np.copyto(self._raw_inputs[index], value, casting="unsafe")  # whole numbers below 2^24 are exact
            else:
                self._raw_inputs[index] = value  # the interpreter copies it
        raw_outputs = self._session.invoke(self._raw_inputs)
        return tuple(_real(out, tensor) for out, tensor in zip(raw_outputs, self.card.outputs, strict=True))


def softmax(logits: NDArray[np.float32], temperature: float) -> tuple[float, ...]:
    """Probabilities of ``logits`` (n,) at ``temperature``, in double precision, as plain floats."""
    scaled = logits.astype(np.float64) / temperature
    exponent = np.exp(scaled - scaled.max())
    return tuple(float(p) for p in exponent / exponent.sum())


def _real(raw: NDArray[np.generic], tensor: Tensor) -> NDArray[np.float32]:
    if tensor.dtype != "int8":
        return cast("NDArray[np.float32]", raw.astype(np.float32, copy=False))
    return ((raw.astype(np.float32)) - tensor.zero_point) * np.float32(tensor.scale)


def _require(what: str, found: object, wanted: object, folder: Path) -> None:
    if found != wanted:
        problem = f"the model {folder} has {what} {found!r}, the code needs {wanted!r}"
        raise ModelError(problem, "Use the models that belong to this version of rapport-edge")


def _require_tensors(kind: str, said: tuple[Tensor, ...], found: tuple[TensorSpec, ...], folder: Path) -> None:
    _require(f"number of {kind}s", len(found), len(said), folder)
    for index, (card, file) in enumerate(zip(said, found, strict=True)):
        _require(f"{kind} {index} shape (in the file)", file.shape, card.shape, folder)
        _require(f"{kind} {index} dtype (in the file)", file.dtype, card.dtype, folder)
        if card.dtype == "int8":
            _require(f"{kind} {index} zero point (in the file)", file.zero_point, card.zero_point, folder)
            if abs(file.scale - card.scale) > SCALE_TOLERANCE * card.scale:
                _require(f"{kind} {index} scale (in the file)", file.scale, card.scale, folder)


class Models:
    """All model folders of a device, loaded onto one accelerator on request."""

    def __init__(self, directory: Path, accelerator: Accelerator, seal: Seal | None = None) -> None:
        """Reads nothing yet. On a device use ``device_models``, which never goes without a seal."""
        self._directory = directory
        self._accelerator = accelerator
        self._seal = seal

    def load(self, name: str, task: str, labels: tuple[str, ...] | None = None) -> Model:
        """A new Model of ``models/<name>`` for the calling lane. Raises ModelError as Model does."""
        return Model(self._directory / name, self._accelerator, task, labels, self._seal)


def device_models(settings: ModelsSettings, accelerator: Accelerator) -> Models:
    """The models that a device may load: those in the signed manifest. Raises ModelError for a wrong trusted key."""
    directory = settings.directory or default_directory()
    return Models(directory, accelerator, Seal.of(settings, directory))
