"""Writes small TFLite files with the schema's own classes: graphs for the tests, without TensorFlow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Writer:
    """A graph under construction; ``content`` packs it."""

    def __init__(self) -> None:
        self._model = schema.ModelT()
        self._model.version = 3
        self._model.operatorCodes = []
        self._model.buffers = [schema.BufferT()]
        self._graph = schema.SubGraphT()
        self._graph.tensors, self._graph.operators = [], []
        self._graph.inputs, self._graph.outputs = [], []
        self._model.subgraphs = [self._graph]

    def tensor(
        self,
        shape: Sequence[int],
        dtype: str = "int8",
        *,
        data: NDArray[Any] | None = None,
        scales: int = 1,
        variable: bool = False,
        dynamic: bool = False,
    ) -> int:
        """Add a tensor, with a constant as content where ``data`` is given; returns its index."""
        tensor = schema.TensorT()
        tensor.shape = list(shape)
        tensor.type = getattr(schema.TensorType, dtype.upper())
        tensor.name = f"tensor{len(self._graph.tensors)}"
        tensor.isVariable = variable
        tensor.hasRank = True
        if dynamic:
            tensor.shapeSignature = [-1, *shape[1:]]
        if scales and dtype != "float32":
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale = [0.5] * scales
            tensor.quantization.zeroPoint = [0] * scales
        if data is not None:
            tensor.buffer = len(self._model.buffers)
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(data.tobytes(), np.uint8)
            self._model.buffers.append(buffer)
        self._graph.tensors.append(tensor)
        return len(self._graph.tensors) - 1

    def constant(self, values: NDArray[Any], *, scales: int = 1) -> int:
        """Add a constant."""
        return self.tensor(values.shape, values.dtype.name, data=values, scales=scales)

    def places(self, *values: int) -> int:
        """Add a constant of axes, sizes or places."""
        return self.constant(np.array(values, np.int32), scales=0)

    def given(self, *shape: int, dtype: str = "int8", dynamic: bool = False) -> int:
        """Add an input of the graph."""
        index = self.tensor(shape, dtype, dynamic=dynamic)
        self._graph.inputs.append(index)
        return index

    def operator(self, name: str, inputs: Sequence[int], *shape: int, dtype: str = "int8", **options: Any) -> int:  # noqa: ANN401
        """Add an operator with one output; returns the output's index."""
        code = schema.OperatorCodeT()
        code.builtinCode = getattr(schema.BuiltinOperator, name)
        code.deprecatedBuiltinCode = min(code.builtinCode, 127)
        code.version = 1
        self._model.operatorCodes.append(code)
        operator = schema.OperatorT()
        operator.opcodeIndex = len(self._model.operatorCodes) - 1
        operator.inputs = list(inputs)
        operator.outputs = [self.tensor(shape, dtype)]
        kind = options.pop("kind", None)
        if kind is not None:
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, kind)
            operator.builtinOptions = getattr(schema, f"{kind}T")()
            for key, value in options.items():
                setattr(operator.builtinOptions, key, value)
        self._graph.operators.append(operator)
        return int(operator.outputs[0])

    def signature(self, inputs: dict[str, int], outputs: dict[str, int]) -> None:
        """Name the ends of the graph, as converters do."""
        signature = schema.SignatureDefT()
        signature.signatureKey = "serving_default"
        signature.inputs, signature.outputs = _named(inputs), _named(outputs)
        self._model.signatureDefs = [signature]

    def content(self, *outputs: int) -> bytes:
        """The file's bytes."""
        self._graph.outputs = list(outputs)
        builder = flatbuffers.Builder(1024)
        builder.Finish(self._model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def _named(places: dict[str, int]) -> list[Any]:
    made = []
    for name, index in places.items():
        one = schema.TensorMapT()
        one.name, one.tensorIndex = name, index
        made.append(one)
    return made
