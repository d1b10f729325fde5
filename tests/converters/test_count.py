from __future__ import annotations

import numpy as np
import pytest

from converters.count import count
from converters.flatbuffer import read_graph
from edge.errors import InputError
from tests.converters.tflite import Writer


def test_a_convolution_counts_its_kernel_for_each_output_value() -> None:
    file = Writer()
    weights, bias = file.constant(np.ones((8, 3, 3, 4), np.int8)), file.constant(np.ones(8, np.int32))
    out = file.operator("CONV_2D", [file.given(1, 10, 10, 4), weights, bias], 1, 5, 5, 8)
    assert count(file.content(out)) == (8 * 3 * 3 * 4 + 8, 5 * 5 * 8 * 3 * 3 * 4)


def test_a_depthwise_convolution_counts_its_kernel_without_the_channels() -> None:
    file = Writer()
    out = file.operator(
        "DEPTHWISE_CONV_2D", [file.given(1, 10, 10, 4), file.constant(np.ones((1, 3, 3, 4), np.int8))], 1, 10, 10, 4
    )
    assert count(file.content(out)) == (36, 10 * 10 * 4 * 9)


def test_a_transposed_convolution_counts_its_kernel_for_each_input_value() -> None:
    file = Writer()
    weights = file.constant(np.ones((6, 2, 2, 4), np.int8))
    out = file.operator("TRANSPOSE_CONV", [file.places(1, 10, 10, 6), weights, file.given(1, 5, 5, 4)], 1, 10, 10, 6)
    assert count(file.content(out)) == (6 * 2 * 2 * 4, 5 * 5 * 4 * 6 * 2 * 2)


@pytest.mark.parametrize(("turned", "left"), [(False, (1, 5, 7)), (True, (1, 7, 5))])
def test_a_product_of_two_activations_counts_but_has_no_parameters(*, turned: bool, left: tuple[int, ...]) -> None:
    file = Writer()
    inputs = [file.given(*left), file.given(1, 7, 3)]
    out = file.operator("BATCH_MATMUL", inputs, 1, 5, 3, kind="BatchMatMulOptions", adjX=turned)
    assert count(file.content(out)) == (0, 5 * 3 * 7)


def test_a_recurrent_layer_counts_all_its_matrices_once_a_step() -> None:
    steps, given, cells = 20, 6, 4
    file = Writer()
    matrices = [file.constant(np.ones((cells, given), np.int8)) for _ in range(4)]
    recurrent = [file.constant(np.ones((cells, cells), np.int8)) for _ in range(4)]
    biases = [file.constant(np.ones(cells, np.int32)) for _ in range(4)]
    state = [file.tensor((1, cells), variable=True), file.tensor((1, cells), "int16", variable=True)]
    inputs = [file.given(1, steps, given), *matrices, *recurrent, -1, -1, -1, *biases, -1, -1, *state]
    out = file.operator("UNIDIRECTIONAL_SEQUENCE_LSTM", inputs, 1, steps, cells)
    learnt = 4 * (cells * given + cells * cells + cells)
    assert count(file.content(out)) == (learnt, steps * 4 * (cells * given + cells * cells))


def test_weights_that_two_layers_share_count_once_and_their_work_twice() -> None:
    file = Writer()
    weights = file.constant(np.ones((5, 5), np.int8))
    first = file.operator("FULLY_CONNECTED", [file.given(1, 5), weights], 1, 5)
    out = file.operator("FULLY_CONNECTED", [first, weights], 1, 5)
    assert count(file.content(out)) == (25, 50)


def test_a_table_of_embeddings_has_parameters_and_no_work_and_places_are_neither() -> None:
    file = Writer()
    found = file.operator("GATHER", [file.constant(np.ones((100, 8), np.int8)), file.given(1, 4, dtype="int32")], 4, 8)
    out = file.operator("RESHAPE", [found, file.places(1, 32)], 1, 32)
    assert count(file.content(out)) == (800, 0)


@pytest.mark.parametrize("content", [b"", b"TFL3", b"\x00" * 100, b"\x1c\x00\x00\x00TFL3" + b"\xff" * 200])
def test_what_is_no_tflite_file_is_refused(content: bytes) -> None:
    with pytest.raises(InputError, match="TFLite file"):
        read_graph(content)
