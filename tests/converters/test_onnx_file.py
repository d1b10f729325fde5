"""In CI these tests are skipped: TensorFlow, tf2onnx and onnxruntime are the workstation's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from converters.onnx_file import make, outputs
from converters.quantise import to_int8
from converters.run import Recipe, Run
from edge.errors import InputError
from tests.converters import tiny

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytest.importorskip("tensorflow")
onnx = pytest.importorskip("onnx")
pytest.importorskip("tf2onnx")
pytest.importorskip("onnxruntime")

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(300)]


def trained(folder: Path, model: Any) -> Run:  # noqa: ANN401 - tf_keras has no types
    """A run with its int8 file; the network is not trained, which is all the same to ONNX."""
    run = tiny.run(folder, model)
    samples = run.samples()["grey"]
    run.tflite.write_bytes(to_int8(model, ((row[None],) for row in samples)))
    return run


def test_both_forms_do_what_the_tflite_file_does(tmp_path: Path) -> None:
    run = trained(tmp_path, tiny.network())
    report = make(run)
    assert report["source"] == "model.tflite"
    assert report["onnx"]["agreement"] >= 0.95
    assert report["int8"]["agreement"] >= 0.9
    assert json.loads((tmp_path / "onnx.json").read_text(encoding="utf-8")) == report
    model = onnx.load(run.onnx)
    assert [opset.version for opset in model.opset_import if opset.domain == ""] == [17]
    assert [value.name for value in (*model.graph.input, *model.graph.output)] == ["grey", "logits"]


def test_the_weights_are_the_int8_files_to_the_last_bit(tmp_path: Path) -> None:
    run = trained(tmp_path, tiny.network())
    make(run)
    from converters.flatbuffer import read_graph

    graph = read_graph(run.tflite.read_bytes())
    stored = {round(t.elements) for t in graph.tensors if t.constant and t.dtype == "int8" and t.elements > 1}
    made = [onnx.numpy_helper.to_array(one) for one in onnx.load(run.onnx).graph.initializer]
    for weights in (array for array in made if array.ndim > 1):
        assert weights.size in stored
        kernels = weights.reshape(len(weights), -1)
        for kernel in kernels:
            steps = np.unique(np.abs(kernel[kernel != 0]))
            assert np.allclose(kernel / steps.max() * 127, np.rint(kernel / steps.max() * 127), atol=1.0)


def test_the_form_for_tensorrt_has_no_zero_points(tmp_path: Path) -> None:
    run = trained(tmp_path, tiny.network())
    make(run)
    model = onnx.load(run.onnx_int8)
    constants = {one.name: onnx.numpy_helper.to_array(one) for one in model.graph.initializer}
    pairs = [node for node in model.graph.node if node.op_type == "QuantizeLinear"]
    assert pairs
    assert all((constants[node.input[2]] == 0).all() and constants[node.input[2]].dtype == np.int8 for node in pairs)


def lstm(keras: Any) -> Any:  # noqa: ANN401 - as above
    given = keras.Input((8, 8, 1), name="grey")
    x = keras.layers.LSTM(6)(keras.layers.Reshape((8, 8))(given))
    return keras.Model(given, keras.layers.Dense(3, name="logits")(x))


def attention(keras: Any) -> Any:  # noqa: ANN401 - as above
    layers = keras.layers
    given = keras.Input((8, 8, 1), name="grey")
    x = layers.LayerNormalization()(layers.Reshape((8, 8))(given))
    x = layers.Dense(8, activation="gelu")(x + layers.MultiHeadAttention(2, 4)(x, x))
    return keras.Model(given, layers.Dense(3, name="logits")(layers.GlobalAveragePooling1D()(x)))


@pytest.mark.parametrize("network", [lstm, attention])
def test_where_an_operator_is_unknown_the_float_weights_are_taken(
    tmp_path: Path, network: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from converters.train.loop import begin

    monkeypatch.setattr(
        "converters.onnx_file.LEAST_AGREEMENT", 0.5
    )  # an untrained network tells labels apart by little
    model = network(begin(1))
    run = trained(tmp_path, model)
    assert make(run)["source"] == "float.h5"
    rows = run.validation().inputs
    found = outputs(run.onnx.read_bytes(), rows, "logits")
    assert np.allclose(found, model(rows["grey"]).numpy(), atol=1e-4)


def test_two_inputs_keep_their_names_whatever_the_files_order(tmp_path: Path) -> None:
    from converters.train.loop import begin

    keras = begin(1)
    left, right = keras.Input((6,), name="zebra"), keras.Input((3,), name="ant")
    model = keras.Model([left, right], keras.layers.Dense(3, name="logits")(keras.layers.concatenate([left, right])))
    random = np.random.default_rng(0)
    arrays = {"zebra": random.normal(size=(80, 6)), "ant": random.normal(size=(80, 3))}
    changed = {"inputs": (("zebra", "x"), ("ant", "y"))}
    recipe = Recipe.model_validate(tiny.RECIPE.model_dump() | changed)
    run = Run.create(tmp_path, recipe, model, arrays, arrays | {"truth": np.arange(80) % 3})
    rows = zip(*(array.astype(np.float32)[:, None] for array in arrays.values()), strict=True)
    run.tflite.write_bytes(to_int8(model, rows))
    assert make(run)["onnx"]["agreement"] >= 0.95


def test_a_run_without_a_tflite_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"model\.tflite is missing.*converters quantise"):
        make(tiny.run(tmp_path, tiny.network()))


def test_a_file_that_does_something_else_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = trained(tmp_path, tiny.network())
    monkeypatch.setattr("converters.onnx_file.LEAST_AGREEMENT", 1.01)
    with pytest.raises(InputError, match=r"model\.onnx leads with the TFLite file's label in"):
        make(run)
    assert not run.onnx.exists()


def test_places_in_a_table_stay_whole_numbers(tmp_path: Path) -> None:
    from converters.train.loop import begin

    keras = begin(1)

    def network(kind: str) -> Any:  # noqa: ANN401 - as above
        given = keras.Input((5,), name="ids", dtype=kind)
        x = keras.layers.GlobalAveragePooling1D()(keras.layers.Embedding(40, 8)(given))
        return keras.Model(given, keras.layers.Dense(3, name="logits")(x))

    model = network("int32")
    ids = np.random.default_rng(0).integers(0, 40, (300, 5)).astype(np.float32)
    recipe = tiny.RECIPE.model_copy(update={"inputs": (("ids", "places"),)})
    run = Run.create(tmp_path, recipe, model, {"ids": ids}, {"ids": ids, "truth": np.arange(300) % 3})
    run.tflite.write_bytes(to_int8(model, ((row[None].astype(np.int32),) for row in ids)))
    report = make(run)
    assert report["onnx"]["agreement"] >= 0.95
    assert report["int8"]["agreement"] >= 0.9
    (given,) = onnx.load(run.onnx).graph.input
    assert given.type.tensor_type.elem_type == onnx.TensorProto.INT32
