"""A TFLite file as operators and tensors with names: what counting, audit and the arena read."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from math import prod
from typing import Any

from edge.errors import InputError

MAX_BYTES = 1 << 30
"""A flatbuffer's offsets are 32-bit; nothing for a small device comes near a gibibyte."""


@dataclass(frozen=True, slots=True, eq=False)
class TensorInfo:
    """One tensor of a graph. ``scales`` is 0 for a float, 1 per tensor, more per channel."""

    index: int
    name: str
    shape: tuple[int, ...]
    dtype: str
    constant: bool
    variable: bool
    dynamic: bool
    scales: int
    data: bytes

    @property
    def elements(self) -> int:
        """Number of values."""
        return prod(self.shape)


@dataclass(frozen=True, slots=True, eq=False)
class Operator:
    """One operator, in the order of execution. A place left empty is None; ``options`` are the schema's object."""

    index: int
    name: str
    version: int
    inputs: tuple[TensorInfo | None, ...]
    outputs: tuple[TensorInfo, ...]
    options: Any

    def option(self, name: str, default: int = 0) -> int:
        """One option as a number; ``default`` where the file leaves it out."""
        return int(getattr(self.options, name, default))


@dataclass(frozen=True, slots=True)
class Graph:
    """The main graph of a file. ``others`` counts the bodies of loops and branches beside it."""

    tensors: tuple[TensorInfo, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    others: int


def read_graph(tflite: bytes) -> Graph:
    """The main graph of a file's content. Raises InputError when it is not a TFLite file."""
    from ai_edge_litert import schema_py_generated as schema

    if len(tflite) > MAX_BYTES or tflite[4:8] != b"TFL3":
        problem = f"these {len(tflite)} bytes are not a TFLite file: bytes 4 to 7 are {tflite[4:8]!r}, wanted b'TFL3'"
        raise InputError(problem, "Give a .tflite file, or the folder of a model")
    try:
        model = schema.ModelT.InitFromPackedBuf(tflite, 0)
        return _graph(model, schema)
    except (struct.error, IndexError, ValueError, TypeError, AttributeError) as error:
        problem = f"the TFLite file of {len(tflite)} bytes is damaged: {error}"
        raise InputError(problem, "Make it anew, or restore it from the release") from error


def rows_of_tables(tflite: bytes) -> int:
    """Rows of the smallest table that the file looks whole numbers up in; 0 when it has none. Raises InputError.

    A small table that is kept in int8 is made float before it is looked up in (dynamic range).
    """
    operators = read_graph(tflite).operators
    made_float = {
        operator.outputs[0].index
        for operator in operators
        if operator.name == "DEQUANTIZE" and operator.inputs[0] is not None and operator.inputs[0].constant
    }
    tables = [
        place.shape[0]
        for operator in operators
        if operator.name in {"GATHER", "EMBEDDING_LOOKUP"}
        for place in operator.inputs
        if place is not None and place.dtype != "int32" and (place.constant or place.index in made_float)
    ]
    return min(tables, default=0)


def _graph(model: Any, schema: Any) -> Graph:  # noqa: ANN401 - the schema's classes have no types
    types, codes = _names(schema.TensorType), _names(schema.BuiltinOperator)
    main = model.subgraphs[0]
    tensors = tuple(_tensor(i, t, model.buffers[t.buffer].data, types) for i, t in enumerate(main.tensors))
    operators = []
    for index, operator in enumerate(main.operators):
        entry = model.operatorCodes[operator.opcodeIndex]
        name = codes[max(entry.builtinCode, entry.deprecatedBuiltinCode)]
        if name == "CUSTOM":
            name = f"CUSTOM {(entry.customCode or b'?').decode(errors='replace')}"
        inputs = tuple(tensors[i] if i >= 0 else None for i in operator.inputs)
        outputs = tuple(tensors[i] for i in operator.outputs)
        operators.append(Operator(index, name, entry.version, inputs, outputs, operator.builtinOptions))
    ends = [tuple(int(i) for i in side) for side in (main.inputs, main.outputs)]
    return Graph(tensors, tuple(operators), ends[0], ends[1], len(model.subgraphs) - 1)


def _names(enumeration: type) -> dict[int, str]:
    return {value: name for name, value in vars(enumeration).items() if isinstance(value, int)}


def _tensor(index: int, tensor: Any, data: Any, types: dict[int, str]) -> TensorInfo:  # noqa: ANN401 - as above
    shape = () if tensor.shape is None else tuple(int(n) for n in tensor.shape)
    signature = () if tensor.shapeSignature is None else tuple(int(n) for n in tensor.shapeSignature)
    scale = None if tensor.quantization is None else tensor.quantization.scale
    return TensorInfo(
        index=index,
        name=(tensor.name or b"").decode(errors="replace"),
        shape=shape,
        dtype=types[tensor.type].lower(),
        constant=data is not None,
        variable=bool(tensor.isVariable),
        dynamic=any(n < 0 for n in signature),
        scales=0 if scale is None else len(scale),
        data=b"" if data is None else bytes(data),
    )
