"""Keras → full int8 TFLite (int8 in, int8 out): several ways are tried, each is measured, the best is kept."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from converters.arrays import replaced
from converters.quantise_candidates import Candidate, Judge, best, table
from converters.quantise_tune import Tuner, networks
from converters.run import Run
from edge.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy as np
    from numpy.typing import NDArray

    from converters.train.loop import Tuning

    Model = Any  # tf_keras has no types

SAMPLES = 400
"""Rows that set the ranges of activations."""
EPOCHS = 3


def to_int8(model: Any, samples: Iterable[tuple[NDArray[np.float32], ...]]) -> bytes:  # noqa: ANN401 - tf_keras has no types
    """The int8 TFLite file of a Keras model, by post-training quantisation.

    Args:
        model: a ``tf_keras.Model`` with fixed input shapes but for the batch, which becomes 1.
        samples: a few hundred typical inputs, each a tuple with one float32 array per model input, batch of one. They
            set the ranges of all activations, so they must come from training data as the device will see it.
    """
    import tensorflow as tf

    converter = converter_of(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    # By name: the file's inputs are not always in the model's order.
    kinds = [tensor.dtype.as_numpy_dtype for tensor in model.inputs]
    typed = ([array.astype(kind) for array, kind in zip(row, kinds, strict=True)] for row in samples)
    converter.representative_dataset = lambda: (dict(zip(model.input_names, row, strict=True)) for row in typed)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8
    return bytes(converter.convert())


def converter_of(model: Model) -> Any:  # noqa: ANN401 - tensorflow has no types
    """A converter whose file names its inputs and outputs as the network's layers."""
    import tensorflow as tf

    inputs = zip(model.inputs, model.input_names, strict=True)
    signature = [tf.TensorSpec([1, *tensor.shape[1:]], tensor.dtype, name=name) for tensor, name in inputs]
    outputs = [name.removeprefix("quant_") for name in model.output_names]

    def called(*given: Any) -> dict[str, Any]:  # noqa: ANN401
        found = model(list(given) if len(given) > 1 else given[0], training=False)
        return dict(zip(outputs, found if isinstance(found, (list, tuple)) else [found], strict=True))

    concrete = tf.function(called).get_concrete_function(*signature)
    return tf.lite.TFLiteConverter.from_concrete_functions([concrete], model)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``python -m converters quantise``."""
    parser.add_argument("run_folder", metavar="RUN", type=Path, help="the folder that training wrote")
    parser.add_argument(
        "--method",
        choices=("auto", "ptq", "qat"),
        default="auto",
        help="ptq: after training; qat: quantisation-aware training, needs --data; auto: all that can be done",
    )
    parser.add_argument("--prune", type=_share, metavar="SHARE", help="also try with this share of weights at zero")
    parser.add_argument("--cluster", type=_whole(2), metavar="N", help="also try with N different weights in a kernel")
    parser.add_argument("--data", type=Path, help="the sense's training data, for qat, --prune and --cluster")
    parser.add_argument("--epochs", type=_whole(1), default=EPOCHS, help="of each further training (%(default)s)")
    parser.add_argument("--seed", type=_whole(0), default=0, help="of the further training (%(default)s)")
    parser.add_argument("--threads", type=_whole(1), default=1, help="of TensorFlow (%(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Write ``model.tflite`` and ``quantise.json`` into the run folder, and print the table of candidates."""
    opened = Run.open(arguments.run_folder)
    tuned = arguments.method == "qat" or arguments.prune or arguments.cluster
    if tuned and arguments.data is None:
        problem = "quantisation-aware training, --prune and --cluster go on training, and no data is given"
        raise InputError(problem, "Give the training data with --data, or use --method ptq alone")
    from converters.train.loop import begin

    begin(arguments.seed, arguments.threads)
    tuning = None
    if arguments.data is not None and (tuned or arguments.method == "auto"):
        tuning = _tuning(opened, arguments.data)
    quantise(
        opened,
        tuning,
        method=arguments.method,
        prune=arguments.prune,
        cluster=arguments.cluster,
        epochs=arguments.epochs,
        seed=arguments.seed,
    )
    return 0


def quantise(
    opened: Run,
    tuning: Tuning | None,
    *,
    method: Literal["auto", "ptq", "qat"] = "auto",
    prune: float | None = None,
    cluster: int | None = None,
    epochs: int = EPOCHS,
    seed: int = 0,
) -> Candidate:
    """Try the ways that are asked for, keep the best file in the run folder, and give it.

    Args:
        opened: the run.
        tuning: how its network goes on training; without it only post-training quantisation is tried.
        method: "auto" tries both when there is a ``tuning``.
        prune: also try with this share of the weights at zero.
        cluster: also try with so many different values in each kernel.
        epochs: of each further training.
        seed: of the further training.

    Raises:
        InputError: the run is incomplete, or the toolkit does not take its network.
    """
    model = opened.model()
    judge = Judge(opened, model)
    samples = {name: array[:SAMPLES] for name, array in opened.samples().items()}
    tuner = Tuner(opened, tuning, judge, epochs=epochs, seed=seed) if tuning is not None else None
    candidates: list[Candidate] = []
    refused: list[dict[str, str]] = []
    for net in networks(model, tuner, prune, cluster):
        if method != "qat":
            rows = zip(*(array[:, None] for array in samples.values()), strict=True)
            candidates.append(judge.measured(f"{net.told}post-training", to_int8(net.model, rows)))
        if tuner is not None and method != "ptq":
            try:
                candidates.append(judge.measured(f"{net.told}quantisation-aware", tuner.aware(net, samples)))
            except InputError as error:
                if method == "qat":
                    raise
                refused.append({"method": f"{net.told}quantisation-aware", "why": str(error)})
    chosen = best(candidates)
    replaced(opened.tflite, lambda path: path.write_bytes(chosen.content))
    told = [candidate.report() for candidate in candidates]
    opened.write_report("quantise", {**chosen.report(), "candidates": told, "refused": refused})
    print(table(candidates, chosen))
    for refusal in refused:
        print(f"  {refusal['method']}: {refusal['why']}")
    if tuner is not None:
        tuner.clear()
    return chosen


def _tuning(opened: Run, data: Path) -> Tuning:
    sense = opened.recipe.sense
    module = importlib.import_module(f"converters.train.{sense}")
    if not hasattr(module, "fine_tuning"):
        problem = f"the training of {sense} does not say how a finished network goes on training"
        raise InputError(problem, "Use --method ptq without --prune and --cluster")
    tuning: Tuning = module.fine_tuning(opened, data)
    return tuning


def _share(text: str) -> float:
    value = _number(text, float)
    if not 0 < value < 1:
        message = f"{text} is not between 0 and 1"
        raise argparse.ArgumentTypeError(message)
    return value


def _whole(least: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        value = _number(text, int)
        if value < least:
            message = f"{text} is less than {least}"
            raise argparse.ArgumentTypeError(message)
        return int(value)

    return parse


def _number(text: str, kind: type[float]) -> float:
    try:
        return kind(text)
    except ValueError:
        message = f"{text!r} is no number"
        raise argparse.ArgumentTypeError(message) from None
