from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from converters.arena import ALIGNMENT, arena_bytes, lifetimes
from converters.flatbuffer import read_graph
from tests.converters.tflite import Writer

ROOT = Path(__file__).resolve().parents[2]


def test_the_arena_holds_what_lives_at_the_same_time() -> None:
    file = Writer()
    tensor = file.given(1, 640)
    for _ in range(5):
        tensor = file.operator("RELU", [tensor], 1, 640)
    assert arena_bytes(read_graph(file.content(tensor))) == 3 * 640  # the input lives throughout


def test_a_tensor_that_is_read_later_keeps_its_place() -> None:
    file = Writer()
    start = file.given(1, 64)
    kept = file.operator("RELU", [start], 1, 64)
    far = file.operator("TANH", [file.operator("TANH", [kept], 1, 64)], 1, 64)
    out = file.operator("ADD", [kept, far], 1, 64)
    assert arena_bytes(read_graph(file.content(out))) == 4 * 64


def test_constants_take_no_room() -> None:
    file = Writer()
    out = file.operator("FULLY_CONNECTED", [file.given(1, 64), file.constant(np.ones((64, 64), np.int8))], 1, 64)
    assert arena_bytes(read_graph(file.content(out))) == 128


@pytest.mark.parametrize("name", ["face-landmarks"])
def test_the_real_interpreter_spreads_its_tensors_no_wider(name: str) -> None:
    """Without a delegate; where no convolution needs scratch memory between them and no reshape works in place."""
    content = (ROOT / "models" / name / "model.tflite").read_bytes()
    graph = read_graph(content)
    interpreter = Interpreter(
        model_content=content, experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    )
    interpreter.allocate_tensors()
    covered = end = 0
    views = [interpreter.tensor(tensor.index)() for tensor, _, _ in lifetimes(graph)]
    for start, size in sorted((view.__array_interface__["data"][0], view.nbytes) for view in views):
        covered += max(0, start + size - max(start, end))
        end = max(end, start + size)
    computed = arena_bytes(graph)
    assert covered <= computed <= covered + ALIGNMENT * len(views)
