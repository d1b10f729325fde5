"""The Jetson accelerator: ONNX Runtime with its TensorRT provider, else its CUDA provider.

The ONNX files take and give real values under the card's names; the session turns the card's raw tensors into those and
back, so that nothing above it knows on what a model runs. Source of the provider's options: onnxruntime.ai, "TensorRT
Execution Provider". Neither provider has run on hardware yet.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from edge.accelerators.accelerator import TensorSpec
from edge.accelerators.card import ONNX_FILE, ONNX_INT8_FILE
from edge.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from edge.accelerators.card import Card, Tensor

TENSORRT, CUDA = "TensorrtExecutionProvider", "CUDAExecutionProvider"
PROVIDERS = (TENSORRT, CUDA)
"""In the order of preference; ONNX Runtime gives the operators that one does not take to the next."""
NODES = ("dev/nvhost*", "dev/nvgpu*", "dev/nvmap", "dev/nvidia*")
"""Device nodes of NVIDIA's drivers, of Jetsons and of cards. Looked for first: importing ONNX Runtime takes long."""
TYPES: dict[str, Any] = {"tensor(float)": np.float32, "tensor(int32)": np.int32}


class OnnxSession:
    """One ONNX file in ONNX Runtime, behind the card's raw tensors."""

    def __init__(self, content: bytes, card: Card, what: str, providers: Sequence[tuple[str, dict[str, str]]]) -> None:
        """Raises ModelError when ONNX Runtime refuses the file, or its ends are not the card's."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(content, options, providers=list(providers))
        except Exception as error:  # onnxruntime's own errors derive from Exception and share no other base
            problem = f"ONNX Runtime refuses {what}: {str(error).strip().splitlines()[0]}"
            raise ModelError(problem, "Restore the file from the release") from error
        self._card = card
        self._names = [tensor.name for tensor in card.outputs]
        self._types = self._matched(what)
        self.provider = str(self._session.get_providers()[0])
        self.inputs = tuple(_spec(tensor) for tensor in card.inputs)
        self.outputs = tuple(_spec(tensor) for tensor in card.outputs)

    def invoke(self, inputs: Sequence[NDArray[np.generic]]) -> tuple[NDArray[np.generic], ...]:
        """Outputs as fresh arrays. Raises ModelError."""
        given = {
            tensor.name: _real(value, tensor, self._types[tensor.name])
            for tensor, value in zip(self._card.inputs, inputs, strict=True)
        }
        try:
            found = self._session.run(self._names, given)
        except Exception as error:
            problem = f"inference failed: {str(error).strip().splitlines()[0]}"
            raise ModelError(problem, "Check the input's shape and dtype against the model card") from error
        return tuple(_raw(value, tensor) for value, tensor in zip(found, self._card.outputs, strict=True))

    def _matched(self, what: str) -> dict[str, Any]:
        """The dtype that the file takes for each input, after comparing names and shapes with the card's."""
        types: dict[str, Any] = {}
        for ends, tensors in (
            (self._session.get_inputs(), self._card.inputs),
            (self._session.get_outputs(), self._card.outputs),
        ):
            found = {end.name: end for end in ends}
            for tensor in tensors:
                end = found.get(tensor.name)
                if end is None or tuple(end.shape) != tensor.shape or end.type not in TYPES:
                    said = ", ".join(f"{one.name} {one.type} {one.shape}" for one in ends)
                    problem = f"{what} has no {tensor.name} of shape {list(tensor.shape)}, it has {said}"
                    raise ModelError(problem, "Use the models that belong to this version of rapport-edge")
                types[tensor.name] = TYPES[end.type]
        return types


class Jetson:
    """NVIDIA's GPU, where ONNX Runtime was built for it."""

    name = "jetson"
    files: tuple[str, ...] = (ONNX_INT8_FILE, ONNX_FILE)
    wants = "ONNX file"

    def __init__(
        self, engine_cache: Path | None = None, *, providers: tuple[str, ...] = PROVIDERS, root: Path = Path("/")
    ) -> None:
        """Imports and opens nothing.

        Args:
            engine_cache: folder in which TensorRT keeps the engines that it builds; None: $CACHE_DIRECTORY (systemd's),
                or ~/.cache/rapport.
            providers: of ONNX Runtime, the best first.
            root: where ``dev`` is.
        """
        self._engine_cache = engine_cache or _cache() / "engines"
        self._providers = providers
        self._root = root

    def probe(self) -> str | None:
        """Usable when there is a GPU and an ONNX Runtime with a provider for it."""
        if not any(True for pattern in NODES for _ in self._root.glob(pattern)):
            return "there is no NVIDIA GPU (no /dev/nvhost*, /dev/nvidia*)"
        if find_spec("onnxruntime") is None:
            return "an NVIDIA GPU is there, but onnxruntime is not installed"
        if not self.usable():
            import onnxruntime

            has = ", ".join(onnxruntime.get_available_providers())
            return f"onnxruntime {onnxruntime.__version__} is built without TensorRT and CUDA, it has {has}"
        return None

    def usable(self) -> tuple[str, ...]:
        """Those of the wanted providers that this ONNX Runtime has, in order."""
        import onnxruntime

        has = onnxruntime.get_available_providers()
        return tuple(name for name in self._providers if name in has)

    def load(self, content: bytes, card: Card, file: str) -> OnnxSession:
        """A session on the GPU, warmed up: TensorRT builds its engine with the first call, or takes it from the cache.

        Raises:
            ModelError: no provider is there, or ONNX Runtime would quietly use the CPU instead.
        """
        wanted = self.usable()
        if not wanted:
            problem = f"onnxruntime has none of {', '.join(self._providers)}"
            raise ModelError(problem, "Install NVIDIA's build of onnxruntime for this JetPack (docs/accelerators.md)")
        session = OnnxSession(content, card, f"{card.name}/{file}", self.options(wanted, card.name, file))
        if session.provider not in wanted:
            problem = f"onnxruntime opens {card.name} with {session.provider} instead of {', '.join(wanted)}"
            raise ModelError(problem, "Look at what onnxruntime logs; mostly TensorRT, CUDA and it do not fit together")
        session.invoke([np.zeros(tensor.shape, np.dtype(tensor.dtype)) for tensor in card.inputs])
        return session

    def options(self, providers: Sequence[str], model: str, file: str) -> list[tuple[str, dict[str, str]]]:
        """Each provider with its options. Raises ModelError when the cache folder cannot be made."""
        return [(name, self._tensorrt(model, file) if name == TENSORRT else {}) for name in providers]

    def _tensorrt(self, model: str, file: str) -> dict[str, str]:
        int8 = {"trt_int8_enable": "True"} if file == ONNX_INT8_FILE else {}
        folder = self._engine_cache / model
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            problem = f"the folder for TensorRT's engines {folder} cannot be made: {error.strerror or error}"
            raise ModelError(problem, "Let this user write there, or set accelerator.engine_cache") from error
        return int8 | {"trt_engine_cache_enable": "True", "trt_engine_cache_path": str(folder)}


def _cache() -> Path:
    given = os.environ.get("CACHE_DIRECTORY")
    return Path(given) if given else Path.home() / ".cache" / "rapport"


def _spec(tensor: Tensor) -> TensorSpec:
    return TensorSpec(tensor.shape, tensor.dtype, tensor.scale, tensor.zero_point)


def _real(value: NDArray[np.generic], tensor: Tensor, dtype: Any) -> NDArray[Any]:  # noqa: ANN401 - a numpy dtype
    if tensor.dtype != "int8":
        return np.asarray(value, dtype)
    return np.asarray((value.astype(np.float32) - tensor.zero_point) * np.float32(tensor.scale), dtype)


def _raw(value: NDArray[Any], tensor: Tensor) -> NDArray[np.generic]:
    """Real values as the TFLite file would store them; what is no number stays out of range of any right answer."""
    if tensor.dtype != "int8":
        return np.asarray(value, np.dtype(tensor.dtype))
    if not np.isfinite(value).all():
        problem = f"inference gave {tensor.name} that is not finite"
        raise ModelError(problem, 'Set accelerator.name = "cpu", and update the device\'s runtime')
    steps = np.rint(value / np.float32(tensor.scale)) + tensor.zero_point
    return np.asarray(np.clip(steps, -128, 127), np.int8)
