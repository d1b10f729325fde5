"""Parameters and multiply-accumulates of a TFLite file, operator by operator."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from converters.flatbuffer import Graph, Operator, TensorInfo, read_graph

if TYPE_CHECKING:
    from collections.abc import Callable

WEIGHTED = frozenset(
    {
        "CONV_2D",
        "DEPTHWISE_CONV_2D",
        "TRANSPOSE_CONV",
        "FULLY_CONNECTED",
        "BATCH_MATMUL",
        "LSTM",
        "UNIDIRECTIONAL_SEQUENCE_LSTM",
        "BIDIRECTIONAL_SEQUENCE_LSTM",
        "UNIDIRECTIONAL_SEQUENCE_RNN",
        "GATHER",
        "EMBEDDING_LOOKUP",
        "PRELU",
        "DEQUANTIZE",  # weights kept as float16
    }
)
"""Operators whose constant inputs are learnt. An addition or a multiplication by a constant is not counted."""
PLACES = frozenset({"int32", "int64", "bool"})
"""Types of shapes, axes and indices; an int32 with a scale is a bias all the same."""


def count(tflite: bytes) -> tuple[int, int]:
    """(parameters, multiply-accumulates of one invocation). Raises InputError when it is not a TFLite file.

    The bodies of loops and branches are not counted: how often they run is known at run time only.
    """
    graph = read_graph(tflite)
    return parameters(graph), sum(macs(operator) for operator in graph.operators)


def parameters(graph: Graph) -> int:
    """Learnt values, each tensor once however many operators share it."""
    learnt = {tensor.index: tensor.elements for operator in graph.operators for tensor in _learnt(operator)}
    return sum(learnt.values())


def _learnt(operator: Operator) -> list[TensorInfo]:
    if operator.name not in WEIGHTED:
        return []
    constants = [tensor for tensor in operator.inputs if tensor is not None and tensor.constant]
    return [tensor for tensor in constants if tensor.scales or tensor.dtype not in PLACES]


def macs(operator: Operator) -> int:
    """Multiply-accumulates of one operator; 0 for those that have none worth counting."""
    rule = RULES.get(operator.name)
    return rule(operator) if rule else 0


def _shape(operator: Operator, place: int) -> tuple[int, ...]:
    tensor = operator.inputs[place] if place < len(operator.inputs) else None
    return () if tensor is None else tensor.shape


def _convolution(operator: Operator) -> int:
    return operator.outputs[0].elements * prod(_shape(operator, 1)[1:])


def _depthwise(operator: Operator) -> int:
    return operator.outputs[0].elements * prod(_shape(operator, 1)[1:3])


def _transposed(operator: Operator) -> int:
    """Each input value is multiplied with a kernel for each output channel: weights are (out, height, width, in)."""
    return prod(_shape(operator, 2)) * prod(_shape(operator, 1)[:3])


def _dense(operator: Operator) -> int:
    return operator.outputs[0].elements * _shape(operator, 1)[-1]


def _matmul(operator: Operator) -> int:
    left = _shape(operator, 0)
    return operator.outputs[0].elements * (left[-2] if operator.option("adjX") else left[-1])


def _sequence(first: int, last: int) -> Callable[[Operator], int]:
    """A recurrent layer: all its matrices once a step; places of the matrices as in the operator's definition."""

    def rule(operator: Operator) -> int:
        shape = _shape(operator, 0)
        steps = prod(shape[:-1])  # time × batch, in either order
        matrices = [_shape(operator, place) for place in range(first, last + 1)]
        return steps * sum(prod(matrix) for matrix in matrices if len(matrix) > 1)

    return rule


def _lstm(operator: Operator) -> int:
    """One step: the basic kernel has one matrix at place 2, the full one the places of a sequence."""
    basic = operator.option("kernelType") == 1
    return prod(_shape(operator, 2)) * _shape(operator, 0)[0] if basic else _sequence(1, 16)(operator)


RULES: dict[str, Callable[[Operator], int]] = {
    "CONV_2D": _convolution,
    "DEPTHWISE_CONV_2D": _depthwise,
    "TRANSPOSE_CONV": _transposed,
    "FULLY_CONNECTED": _dense,
    "BATCH_MATMUL": _matmul,
    "LSTM": _lstm,
    "UNIDIRECTIONAL_SEQUENCE_LSTM": _sequence(1, 16),
    "BIDIRECTIONAL_SEQUENCE_LSTM": _sequence(1, 34),
    "UNIDIRECTIONAL_SEQUENCE_RNN": _sequence(1, 2),
}
