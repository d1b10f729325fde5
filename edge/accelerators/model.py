"""The loader: a folder under ``models/`` becomes something that takes real values and gives real values."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, cast

import numpy as np

from edge.accelerators.manifest import Seal
from edge.accelerators.opening import Checked, open_session, read_checked, read_parameters, require
from edge.accelerators.settings import ModelsSettings
from edge.accelerators.usage import Usage
from edge.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from edge.accelerators.accelerator import Accelerator
    from edge.accelerators.card import Card, Tensor

log = logging.getLogger(__name__)


def default_directory() -> Path:
    """``models/`` of a checkout, or ``share/rapport/models`` of an installed wheel."""
    return ModelsSettings().place


class Model:
    """One verified model on one accelerator. Not thread-safe: one lane, one Model."""

    def __init__(
        self,
        folder: Path,
        accelerator: Accelerator,
        task: str,
        labels: tuple[str, ...] | None = None,
        seal: Seal | None = None,
        *,
        usage: Usage | None = None,
        checked: Checked | None = None,
    ) -> None:
        """Check signature, hash, task, labels, shapes and dtypes, load, and try the golden vector.

        Args:
            folder: ``models/<name>``.
            accelerator: where it will run.
            task: what the caller needs; the card must say the same.
            labels: labels in the order that the caller relies on; None when it reads them from the card.
            seal: answers for the card; None on the workstation, where a model is not signed yet.
            usage: is told where the model runs and why.
            checked: what ``read_checked`` gave, where it was read already.

        Raises:
            ModelError: with the first thing that does not fit.
        """
        checked = checked or read_checked(folder, accelerator, seal)
        self.card: Card = checked.card
        require("task", self.card.task, task, folder)
        if labels is not None:
            require("labels", self.card.labels, labels, folder)
        self._session = open_session(checked, accelerator, usage or Usage(accelerator.name))
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


class Models:
    """All model folders of a device, loaded onto one accelerator on request; from any thread."""

    def __init__(
        self, directory: Path, accelerator: Accelerator, seal: Seal | None = None, usage: Usage | None = None
    ) -> None:
        """Reads nothing yet. On a device use ``device_models``, which never goes without a seal."""
        self._directory = directory
        self._accelerator = accelerator
        self._seal = seal
        self._known: dict[str, Checked] = {}
        self.usage = usage or Usage(accelerator.name)

    def load(self, name: str, task: str, labels: tuple[str, ...] | None = None) -> Model:
        """A new Model of ``models/<name>`` for the calling lane.

        A folder that was well before and is not now is refused, and said so; what was checked then is used again. So
        a file that is spoilt while the device runs takes no sense away before the next start.

        Raises:
            ModelError: as Model does.
        """
        folder = self._directory / name
        try:
            checked = read_checked(folder, self._accelerator, self._seal)
        except ModelError as error:
            if name not in self._known:
                raise
            checked = self._known[name]
            log.error("%s on disk is refused, what was checked before is used on: %s", name, error)  # noqa: TRY400 - it names all
        if checked == self._known.get(name):
            checked = self._known[name]  # so that two Models of a folder hold its bytes once
        model = Model(folder, self._accelerator, task, labels, usage=self.usage, checked=checked)
        self._known[name] = checked
        return model

    def versions(self) -> dict[str, str]:
        """Each model that was loaded, with its card's version."""
        return {name: checked.card.version for name, checked in sorted(self._known.copy().items())}

    def parameters(self, name: str, task: str, labels: tuple[str, ...] | None = None) -> bytes:
        """Content of ``models/<name>`` where that is a table of numbers and no network. Raises ModelError."""
        return read_parameters(self._directory / name, task, labels, self._seal)


def device_models(settings: ModelsSettings, accelerator: Accelerator, reason: str = "") -> Models:
    """The models that a device may load: those in the signed manifest.

    Args:
        settings: where they are, and who must have signed them.
        accelerator: where they run.
        reason: why there, to be told on.

    Raises:
        ModelError: for a wrong trusted key.
    """
    seal = Seal.of(settings, settings.place)
    return Models(settings.place, accelerator, seal, Usage(accelerator.name, reason))
