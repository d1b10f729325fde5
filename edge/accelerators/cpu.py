"""The CPU accelerator: LiteRT with XNNPACK."""

from __future__ import annotations

import os
import time
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from edge.accelerators.accelerator import TensorSpec
from edge.accelerators.card import MODEL_FILE
from edge.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from edge.accelerators.card import Card

MOST_THREADS = 4
"""The boards that we know have four cores; the other senses need some of them."""
WORTH_IT = 0.8
"""A thread more is taken only where it makes a call this much quicker: it takes a core from another sense."""
TRIES = 5
"""Calls that are timed for each number of threads."""


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


class LiteRtSession:
    """One interpreter; its input and output tensors are views that are made once."""

    def __init__(self, content: bytes, what: str, threads: int, delegates: Sequence[Any] = ()) -> None:
        """Make the interpreter; it keeps ``content`` and refers to no file.

        Args:
            content: of a TFLite file.
            what: the file, for messages.
            threads: CPU threads for what no delegate takes.
            delegates: as ``load_delegate`` gives them.

        Raises:
            ModelError: the interpreter refuses the file or a delegate.
        """
        more = {"experimental_delegates": list(delegates)} if delegates else {}
        try:
            self._interpreter = interpreter_class()(model_content=content, num_threads=threads, **more)
            self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            problem = f"the interpreter refuses {what}: {str(error).strip() or type(error).__name__}"
            raise ModelError(problem, "Restore the file from the release") from error
        self._delegates = delegates  # must outlive the interpreter
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
    files: tuple[str, ...] = (MODEL_FILE,)
    wants = "TFLite file"

    def __init__(self, threads: int = 1) -> None:
        """``threads`` per model; 0 tries for each model how many are worth it."""
        self._threads = threads

    def probe(self) -> str | None:
        """Usable when an interpreter package is installed; does not import it."""
        if find_spec("ai_edge_litert") is None and find_spec("tflite_runtime") is None:
            return "neither ai-edge-litert nor tflite-runtime is installed"
        return None

    def load(self, content: bytes, card: Card, file: str) -> LiteRtSession:
        """A session on the CPU. Raises ModelError."""
        what = f"{card.name}/{file}"
        if self._threads:
            return LiteRtSession(content, what, self._threads)
        return quickest(lambda threads: LiteRtSession(content, what, threads), len(os.sched_getaffinity(0)))

    def open(self, path: Path) -> LiteRtSession:
        """A session of a file without a card, on the workstation. Raises ModelError."""
        return LiteRtSession(path.read_bytes(), str(path), self._threads or 1)


def quickest(make: Callable[[int], LiteRtSession], cores: int) -> LiteRtSession:
    """The session with the number of threads, 1 to MOST_THREADS, that is worth it here; a thread more must pay."""
    best, best_s = make(1), float("inf")
    for threads in range(1, min(cores, MOST_THREADS) + 1):
        session = best if threads == 1 else make(threads)
        took_s = _median_s(session)
        if took_s < best_s * WORTH_IT:
            best, best_s = session, took_s
    return best


def _median_s(session: LiteRtSession) -> float:
    """Seconds of one call on zeros, after one that warms up."""
    zeros = [np.zeros(spec.shape, np.dtype(spec.dtype)) for spec in session.inputs]
    session.invoke(zeros)
    took = []
    for _ in range(TRIES):
        began = time.perf_counter()
        session.invoke(zeros)
        took.append(time.perf_counter() - began)
    return sorted(took)[TRIES // 2]
