"""The CPU accelerator: LiteRT with XNNPACK."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from edge.accelerators.accelerator import TensorSpec
from edge.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray


def interpreter_class() -> Any:  # noqa: ANN401 - the two packages share the class by name only
    """``Interpreter`` of ai-edge-litert, or of tflite-runtime where the image has that one. Raises ModelError."""
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError:
        try:
            from tflite_runtime.interpreter import Interpreter
        except ImportError as error:
            problem = f"no TFLite interpreter can be imported: {error}"
            raise ModelError(problem, "Install ai-edge-litert") from error
    return Interpreter


class CpuSession:
    """One interpreter; its input and output tensors are views that are made once."""

    def __init__(self, path: Path, threads: int) -> None:
        try:
            self._interpreter = interpreter_class()(model_path=str(path), num_threads=threads)
            self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            problem = f"the interpreter refuses {path}: {str(error).strip() or type(error).__name__}"
            raise ModelError(problem, "Restore the file from the release") from error
        self._in = self._interpreter.get_input_details()
        self._out = self._interpreter.get_output_details()
        self.inputs = tuple(_spec(detail) for detail in self._in)
        self.outputs = tuple(_spec(detail) for detail in self._out)

    def invoke(self, inputs: Sequence[NDArray[np.generic]]) -> tuple[NDArray[np.generic], ...]:
        """Outputs as fresh arrays of a few hundred bytes to kilobytes; inputs are copied into the tensor arena."""
        try:
            for detail, value in zip(self._in, inputs, strict=True):
                self._interpreter.set_tensor(detail["index"], value)
            self._interpreter.invoke()
            return tuple(self._interpreter.get_tensor(detail["index"]) for detail in self._out)
        except (ValueError, RuntimeError) as error:
            problem = f"inference failed: {error}"
            raise ModelError(problem, "Check the input's shape and dtype against the model card") from error


def _spec(detail: dict[str, Any]) -> TensorSpec:
    scale, zero_point = detail["quantization"]
    shape = tuple(int(n) for n in detail["shape"])
    return TensorSpec(shape, detail["dtype"].__name__, float(scale), int(zero_point))


class Cpu:
    """The accelerator that is always there."""

    name = "cpu"

    def __init__(self, threads: int = 1) -> None:
        self._threads = threads

    def probe(self) -> str | None:
        """Usable when an interpreter package is installed; does not import it."""
        if find_spec("ai_edge_litert") is None and find_spec("tflite_runtime") is None:
            return "neither ai-edge-litert nor tflite-runtime is installed"
        return None

    def open(self, path: Path) -> CpuSession:
        """Load ``path``. Raises ModelError."""
        return CpuSession(path, self._threads)
