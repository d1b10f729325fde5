"""A TFLite file run by the real interpreter, with its inputs and outputs known by name.

The converter chooses the order of inputs and outputs in a file; the file's signature has their names. ``to_int8`` names
them after the network's input and output layers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from edge.accelerators.cpu import interpreter_class
from edge.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Detail = Mapping[str, Any]


class TfliteFile:
    """One loaded file, for batches of one.

    Args:
        content: of the file.

    Raises:
        ModelError: the interpreter refuses it, or it has no signature.
    """

    def __init__(self, content: bytes) -> None:
        try:
            self._interpreter = interpreter_class()(model_content=content, num_threads=1)
            self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            problem = f"the interpreter refuses the file: {str(error).strip() or type(error).__name__}"
            raise ModelError(problem, "Convert the network again") from error
        if not self._interpreter.get_signature_list():
            problem = "the file has no signature, so its inputs and outputs have no names"
            raise ModelError(problem, "Convert the network with converters.quantise.to_int8")
        runner = self._interpreter.get_signature_runner()
        self._in = _ordered(runner.get_input_details(), self._interpreter.get_input_details())
        self._out = _ordered(runner.get_output_details(), self._interpreter.get_output_details())

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs in the file's order."""
        return tuple(self._in)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the outputs in the file's order."""
        return tuple(self._out)

    def run(self, inputs: Mapping[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float32]]:
        """Real outputs, (rows, …) by name, for real inputs (rows, …) by name. Raises ModelError."""
        missing = sorted(set(self._in) - set(inputs))
        if missing:
            problem = f"the file's inputs are {', '.join(self._in)}; {', '.join(missing)} is not given"
            raise ModelError(problem, "Give every input by its name")
        rows = len(inputs[self.inputs[0]])
        stored = {name: _stored(inputs[name], detail) for name, detail in self._in.items()}
        found = {
            name: np.zeros((rows, *detail["shape"][1:]), np.dtype(detail["dtype"]))
            for name, detail in self._out.items()
        }
        try:
            for row in range(rows):
                for name, detail in self._in.items():
                    self._interpreter.set_tensor(detail["index"], stored[name][row : row + 1])
                self._interpreter.invoke()
                for name, detail in self._out.items():
                    found[name][row] = self._interpreter.get_tensor(detail["index"])[0]
        except (ValueError, RuntimeError) as error:
            problem = f"the file cannot be run on these inputs: {error}"
            raise ModelError(problem, "Give inputs of the shapes that the network was trained with") from error
        return {name: _real(found[name], detail) for name, detail in self._out.items()}


def _ordered(by_name: Mapping[str, Detail], in_file: list[Detail]) -> dict[str, Detail]:
    names = {detail["index"]: name for name, detail in by_name.items()}
    return {names[detail["index"]]: detail for detail in in_file}


def _stored(values: NDArray[np.float32], detail: Detail) -> NDArray[np.generic]:
    """Quantised as the device does it (``edge.accelerators.model``)."""
    if detail["dtype"] is not np.int8:
        return values.astype(detail["dtype"], copy=False)
    scale, zero_point = detail["quantization"]
    return np.asarray(np.clip(np.rint(values / np.float32(scale)) + zero_point, -128, 127), np.int8)


def _real(values: NDArray[np.generic], detail: Detail) -> NDArray[np.float32]:
    if detail["dtype"] is not np.int8:
        return np.asarray(values, np.float32)
    scale, zero_point = detail["quantization"]
    return np.asarray((values.astype(np.float32) - zero_point) * np.float32(scale))
