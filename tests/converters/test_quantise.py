from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from converters import quantise
from converters.quantise_candidates import Candidate, best, table
from edge.errors import InputError, ModelError
from tests.converters.test_run import made

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from converters.run import Run

pytestmark = [
    pytest.mark.filterwarnings("default"),  # TensorFlow's own
    pytest.mark.timeout(900),  # it compiles each network anew
]
needs_tensorflow = pytest.mark.skipif(
    __import__("importlib.util").util.find_spec("tensorflow_model_optimization") is None,
    reason="quantising needs the extra `convert`",
)


def _candidate(method: str, value: float, content: bytes) -> Candidate:
    return Candidate(method, content, "accuracy", 0.9, value, 0.99, 0.1, 100)


def test_the_highest_figure_wins() -> None:
    worse, better = _candidate("a", 0.80, b"1"), _candidate("b", 0.81, b"12345")
    assert best([worse, better]) is better


def test_among_equals_the_smaller_file_wins_and_then_the_one_that_packs_smaller() -> None:
    random = np.random.default_rng(0)
    dense = _candidate("dense", 0.8, random.bytes(1000))
    sparse = _candidate("sparse", 0.8, random.bytes(500) + bytes(500))
    small = _candidate("small", 0.8, random.bytes(900))
    assert best([dense, sparse]) is sparse
    assert best([dense, sparse, small]) is small


def test_the_table_marks_the_chosen_candidate() -> None:
    first, second = _candidate("post-training", 0.80, b"123"), _candidate("quantisation-aware", 0.81, b"1234")
    lines = table([first, second], second).splitlines()
    assert lines[0] == "accuracy on 100 validation rows"
    assert lines[2].split()[:2] == ["post-training", "3"]
    assert lines[3].split()[:3] == ["*", "quantisation-aware", "4"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--prune", "1"], "1 is not between 0 and 1"),
        (["--prune", "half"], "'half' is no number"),
        (["--cluster", "1"], "1 is less than 2"),
        (["--epochs", "0"], "0 is less than 1"),
        (["--method", "magic"], "invalid choice: 'magic'"),
    ],
)
def test_wrong_options_are_refused(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser = ArgumentParser()
    quantise.add_arguments(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["run", *words])
    assert told in capsys.readouterr().err


def test_a_folder_without_a_run_is_refused_before_tensorflow_starts(tmp_path: Path) -> None:
    parser = ArgumentParser()
    quantise.add_arguments(parser)
    with pytest.raises(InputError, match=r"recipe\.toml is missing"):
        quantise.run(parser.parse_args([str(tmp_path)]))


@pytest.mark.parametrize("words", [["--method", "qat"], ["--prune", "0.5"], ["--cluster", "16"]])
def test_further_training_without_data_is_refused(tmp_path: Path, words: list[str]) -> None:
    pytest.importorskip("tomli_w", reason="a run is written with the extra `dev` or `convert`")
    parser = ArgumentParser()
    quantise.add_arguments(parser)
    made(tmp_path)
    with pytest.raises(InputError, match=r"no data is given\. Give the training data with --data"):
        quantise.run(parser.parse_args([str(tmp_path), *words]))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run with a network that knows its three labels."""
    from converters.train.loop import Plan, fit
    from converters.train.losses import cross_entropy
    from tests.converters import tiny

    model = tiny.network()
    keras = __import__("tf_keras")
    fit(
        model,
        tiny.batches,
        Plan(epochs=6, steps=6, seed=3, tensorboard=False),
        tmp_path_factory.mktemp("training"),
        loss=cross_entropy(),
        optimiser=keras.optimizers.Adam(5e-3),
        validate=tiny.accuracy,
        watch="accuracy",
    )
    return tiny.run(tmp_path_factory.mktemp("run"), model)


def _best(run: Run, **options: object) -> tuple[Candidate, dict[str, Any]]:
    from tests.converters import tiny

    chosen = quantise.quantise(run, tiny.tuning(), epochs=2, **options)  # type: ignore[arg-type]
    report = run.report("quantise")
    assert run.tflite.read_bytes() == chosen.content
    assert report["method"] == chosen.method
    assert not (run.folder / "tuning").exists()
    return chosen, {candidate["method"]: candidate for candidate in report["candidates"]}


def _kernels(content: bytes) -> list[np.ndarray[Any, np.dtype[np.int8]]]:
    """All int8 constants of a file with four dimensions or two, but not the depthwise ones (first axis 1)."""
    schema = pytest.importorskip("ai_edge_litert.schema_py_generated")
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    found = []
    for tensor in model.subgraphs[0].tensors:
        data = model.buffers[tensor.buffer].data
        if data is not None and tensor.type == schema.TensorType.INT8 and len(tensor.shape) > 1 and tensor.shape[0] > 1:
            found.append(np.asarray(data, np.uint8).view(np.int8).reshape(tensor.shape))
    return found


@needs_tensorflow
def test_post_training_gives_an_int8_file_that_agrees_with_the_float_network(trained: Run) -> None:
    chosen, told = _best(trained, method="ptq")
    assert list(told) == ["post-training"]
    assert chosen.float_value > 0.9
    assert chosen.agreement > 0.95
    assert chosen.int8_value > chosen.float_value - 0.05
    assert chosen.largest_deviation < 1.0


@needs_tensorflow
def test_quantisation_aware_training_takes_grey_levels_and_rescaling(trained: Run) -> None:
    chosen, told = _best(trained, method="qat")
    assert list(told) == ["quantisation-aware"]
    assert chosen.int8_value > 0.9


@needs_tensorflow
def test_rounding_begins_with_the_ranges_of_the_samples_and_leaves_the_weights_alone(trained: Run) -> None:
    from converters.quantise_aware import _with_convolved_rescaling, aware

    model = trained.model()
    pictures = trained.samples()["grey"]
    for layer in model.layers:
        if layer.name.startswith("batch_normalization"):
            gamma, beta, mean, variance = layer.get_weights()
            layer.set_weights([gamma, beta, mean + 0.3, variance * 2])  # not what the samples would give
    wanted = model(pictures, training=False).numpy()
    rounding = aware(model, {"grey": pictures})
    found = rounding(pictures, training=False).numpy()
    assert np.abs(found - wanted).max() < 0.05 * np.ptp(wanted)
    assert [weight.shape for weight in rounding.trainable_variables] == [
        weight.shape for weight in _with_convolved_rescaling(model).trainable_variables
    ]


@needs_tensorflow
def test_auto_tries_both_and_keeps_the_better(trained: Run) -> None:
    chosen, told = _best(trained)
    assert set(told) == {"post-training", "quantisation-aware"}
    assert chosen.int8_value == max(candidate["int8_value"] for candidate in told.values())


@needs_tensorflow
def test_pruning_sets_half_of_each_kernel_to_zero_and_packs_smaller(trained: Run) -> None:
    chosen, told = _best(trained, method="ptq", prune=0.5)
    assert set(told) == {"post-training", "pruned 0.5, post-training"}
    assert told["pruned 0.5, post-training"]["gzip_bytes"] < told["post-training"]["gzip_bytes"]
    assert chosen.int8_value > 0.8


@needs_tensorflow
def test_clusters_leave_few_values_in_each_kernel(trained: Run) -> None:
    _, told = _best(trained, method="ptq", cluster=8)
    assert set(told) == {"post-training", "clustered 8, post-training"}
    assert told["clustered 8, post-training"]["gzip_bytes"] < told["post-training"]["gzip_bytes"]


@needs_tensorflow
def test_a_pruned_and_clustered_network_keeps_both_when_quantised(trained: Run) -> None:
    from converters.quantise_candidates import Judge
    from converters.quantise_tune import Tuner, networks
    from tests.converters import tiny

    model = trained.model()
    tuner = Tuner(trained, tiny.tuning(), Judge(trained, model), epochs=2, seed=0)
    _, net = networks(model, tuner, 0.5, 8)
    for content in (
        quantise.to_int8(net.model, zip(trained.samples()["grey"][:, None], strict=True)),
        tuner.aware(net, trained.samples()),
    ):
        kernels = _kernels(content)
        assert len(kernels) == 2
        for kernel in kernels:
            assert np.mean(kernel == 0) >= 0.45
        (dense,) = (kernel for kernel in kernels if kernel.ndim == 2)
        for row in dense:  # each output may have a scale of its own
            assert len(np.unique(row)) <= 9  # eight clusters and zero
    tuner.clear()


@needs_tensorflow
def test_a_tuning_that_was_stopped_goes_on(trained: Run, capsys: pytest.CaptureFixture[str]) -> None:
    from dataclasses import replace

    from tests.converters import tiny

    def stopping(epoch: int) -> Iterator[tuple[Any, Any, Any]]:
        if epoch == 1:
            raise KeyboardInterrupt
        return tiny.batches(epoch)

    with pytest.raises(KeyboardInterrupt, match="stopped in epoch 2 of 2"):
        quantise.quantise(trained, replace(tiny.tuning(), batches=stopping), method="qat", epochs=2)
    capsys.readouterr()
    _best(trained, method="qat")
    assert "epoch 1:" not in capsys.readouterr().out


@needs_tensorflow
def test_a_layer_that_the_toolkit_does_not_know_is_named(trained: Run) -> None:
    from converters.quantise_aware import aware
    from tests.converters import tiny

    keras = __import__("tf_keras")
    model = trained.model()
    strange = keras.Model(model.input, keras.layers.LayerNormalization(name="strange")(model.output))
    with pytest.raises(InputError, match=r"Layer strange:.*LayerNormalization.*--method ptq"):
        aware(strange, trained.samples())
    nested = keras.Model(model.input, keras.layers.Dense(3)(model(model.input)))
    with pytest.raises(InputError, match="a model inside another model"):
        aware(nested, trained.samples())
    assert tiny.LABELS


@needs_tensorflow
def test_a_file_names_its_inputs_and_outputs_and_is_run_by_name() -> None:
    from converters.tflite_file import TfliteFile
    from converters.train.loop import begin

    keras = begin(1)
    layers = keras.layers
    given = [keras.Input((4,), name="spectrum"), keras.Input((6,), name="numbers")]
    hidden = layers.Dense(8, activation="relu")(layers.Concatenate()(given))
    model = keras.Model(given, [layers.Dense(3, name="logits")(hidden), layers.Dense(2, name="affect")(hidden)])
    random = np.random.default_rng(0)
    rows = {"spectrum": random.random((50, 4), np.float32), "numbers": random.random((50, 6), np.float32)}
    file = TfliteFile(quantise.to_int8(model, zip(*(array[:, None] for array in rows.values()), strict=True)))
    assert set(file.inputs) == {"spectrum", "numbers"}
    assert set(file.outputs) == {"logits", "affect"}
    wanted = model([rows["spectrum"], rows["numbers"]])
    found = file.run(rows)
    np.testing.assert_allclose(found["logits"], wanted[0], atol=0.05)
    np.testing.assert_allclose(found["affect"], wanted[1], atol=0.05)
    with pytest.raises(ModelError, match="numbers is not given"):
        file.run({"spectrum": rows["spectrum"]})
