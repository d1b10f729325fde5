"""The memory that a model's tensors need at run time, computed from their lifetimes.

The interpreter has no call that tells it. What it does is known: inputs live throughout, outputs to the end, every
other tensor from the operator that writes it to the last that reads it; the largest are placed first, each at the
lowest offset that is free during its whole life (greedy by size: Pisarchyk and Lee, Efficient Memory Management for
Deep Neural Net Inference, 2020, as in LiteRT's arena planner). A test compares the result with the addresses in the
real interpreter. Scratch memory inside a kernel (a convolution unrolled into a matrix) comes on top; XNNPACK plans
its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from converters.flatbuffer import Graph, TensorInfo

ALIGNMENT = 64
"""Bytes (kDefaultTensorAlignment of LiteRT's interpreter)."""


def arena_bytes(graph: Graph) -> int:
    """Bytes of the arena that holds all tensors but the constants."""
    placed: list[tuple[int, int, int, int]] = []  # offset, end, first and last operator
    for tensor, first, last in sorted(lifetimes(graph), key=lambda life: (-tensor_bytes(life[0]), life[1])):
        offset, size = 0, tensor_bytes(tensor)
        for start, end, begins, ends in sorted(placed):
            if begins <= last and ends >= first:  # both live at some time
                if start - offset >= size:
                    break
                offset = max(offset, _aligned(end))
        placed.append((offset, offset + size, first, last))
    return max((end for _, end, _, _ in placed), default=0)


def lifetimes(graph: Graph) -> list[tuple[TensorInfo, int, int]]:
    """(tensor, first operator, last operator) of every tensor that is not a constant and is used."""
    end = len(graph.operators)
    whole = {*graph.inputs, *(t.index for t in graph.tensors if t.variable)}
    first = dict.fromkeys(whole, 0)
    last = dict.fromkeys(whole | set(graph.outputs), end)
    for operator in graph.operators:
        if all(tensor is None or tensor.constant for tensor in operator.inputs):
            whole = {tensor.index for tensor in operator.outputs}  # weights unpacked once, before the first invocation
            first.update(dict.fromkeys(whole, 0))
            last.update(dict.fromkeys(whole, end))
        for tensor in operator.outputs:
            first.setdefault(tensor.index, operator.index)
            last.setdefault(tensor.index, operator.index)
        for read in operator.inputs:
            if read is not None and not read.constant:
                last[read.index] = max(last.get(read.index, 0), operator.index)
    return [(graph.tensors[i], first[i], last[i]) for i in first if not graph.tensors[i].constant]


def tensor_bytes(tensor: TensorInfo) -> int:
    """Bytes of one tensor; a text takes none that is known beforehand."""
    return 0 if tensor.dtype == "string" else tensor.elements * np.dtype(tensor.dtype).itemsize


def _aligned(offset: int) -> int:
    return -(-offset // ALIGNMENT) * ALIGNMENT
