"""Write the same weights as ONNX (for Jetson), and in 8 bits for TensorRT; both checked against the TFLite file.

Inputs and outputs are real values, float32, with the names and units that the card gives; whole numbers stay int32.
``model.int8.onnx`` holds symmetric pairs of QuantizeLinear and DequantizeLinear, as TensorRT takes them; its ranges
come from the run's samples.
"""

from __future__ import annotations

import contextlib
import logging
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.arrays import replaced
from converters.onnx_graph import to_real
from converters.quantise_candidates import FIGURES
from converters.run import Run
from converters.tflite_file import TfliteFile
from edge.errors import InputError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from converters.run import Validation

    Floats = NDArray[np.float32]
    Stored = NDArray[np.float32] | NDArray[np.int32]

OPSET = 17
SAMPLES = 200
"""Rows that set the ranges of the 8-bit form."""
ROWS = 2000
"""Rows of the validation set that are compared, at most."""
LEAST_AGREEMENT = 0.9
"""Below it the file is another network, and is not kept."""
WEIGHTED = ["Conv", "ConvTranspose", "Gemm", "MatMul"]
"""Operators whose inputs are 8-bit; all between them stays float, or is fused by TensorRT. On 800 faces this agreed
with the TFLite file in 98.8 %, with ranges by extremes in 97.9 %, with pairs around every operator in 92.6 %."""
PROVIDERS = ["CPUExecutionProvider"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``python -m converters onnx``."""
    parser.add_argument("run_folder", metavar="RUN", type=Path, help="a run folder with model.tflite")
    parser.add_argument("--opset", type=int, choices=range(17, 19), default=OPSET, help="(%(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Write ``model.onnx``, ``model.int8.onnx`` and ``onnx.json`` into the run folder, and print what was compared."""
    report = make(Run.open(arguments.run_folder), arguments.opset)
    for kind in ("onnx", "int8"):
        told = report[kind]
        print(
            f"{told['file']:<16} {told['bytes'] / 1024:>7.0f} KiB  {report['figure']} {told['value']:.4f} "
            f"(TFLite {report['tflite_value']:.4f})  agreement {told['agreement']:.4f}  "
            f"largest deviation {told['largest_deviation']:.3g}"
        )
    print(f"opset {report['opset']}, from {report['source']}, {report['n']} validation rows")
    return 0


def make(opened: Run, opset: int = OPSET) -> dict[str, Any]:
    """Convert, check and keep both forms; gives the report, which is kept as ``onnx.json``.

    Raises:
        InputError: the run has no TFLite file, or the ONNX file does not do what that does.
    """
    try:
        tflite = opened.tflite.read_bytes()
    except FileNotFoundError:
        problem = f"{opened.tflite} is missing"
        raise InputError(problem, f"Run `python -m converters quantise {opened.folder}` first") from None
    file = TfliteFile(tflite)
    model, source = convert(opened, tflite, file, opset)
    small = quantised(model, opened.samples())
    held = _first_rows(opened.validation())
    wanted = file.run(held.inputs)[opened.recipe.outputs[0][0]]
    name, figure = FIGURES[opened.recipe.sense]
    known = held.truth >= 0

    def value(logits: Floats) -> float:
        return figure(held.truth[known], logits[known].argmax(axis=1).astype(np.int64))

    report: dict[str, Any] = {"opset": opset, "source": source, "n": len(wanted), "figure": name}
    report["tflite_value"] = value(wanted)
    for kind, path, made in (("onnx", opened.onnx, model), ("int8", opened.onnx_int8, small)):
        content = made.SerializeToString()
        found = outputs(content, held.inputs, opened.recipe.outputs[0][0])
        report[kind] = {
            "file": path.name,
            "bytes": len(content),
            "value": value(found),
            "agreement": float(np.mean(found.argmax(axis=1) == wanted.argmax(axis=1))),
            "largest_deviation": float(np.abs(found - wanted).max()),
        }
        _require_same(path, report[kind]["agreement"])
        replaced(path, lambda part, content=content: part.write_bytes(content))  # type: ignore[misc]
    opened.write_report("onnx", report)
    return report


def _require_same(path: Path, agreement: float) -> None:
    if agreement < LEAST_AGREEMENT:
        problem = (
            f"{path.name} leads with the TFLite file's label in {agreement:.1%} of rows, wanted {LEAST_AGREEMENT:.0%}"
        )
        raise InputError(problem, "Look at samples.npz: do its values have the ranges of the validation set?")


def _first_rows(held: Validation) -> Validation:
    from converters.run import Validation

    return Validation({name: array[:ROWS] for name, array in held.inputs.items()}, held.truth[:ROWS])


def convert(opened: Run, tflite: bytes, file: TfliteFile, opset: int) -> tuple[Any, str]:
    """(ONNX model on real values, what it was made from).

    The int8 file's own weights are taken where tf2onnx knows all its operators; where it does not (GELU, an LSTM), the
    trained network's float weights, from which the int8 file was made.
    """
    _require_names(opened, file)
    try:
        return to_real(_from_tflite(tflite, opset), file.inputs, file.outputs), opened.tflite.name
    except _unknown_operators() as error:
        logging.getLogger(__name__).info("tf2onnx cannot read the int8 file: %s", error)
    return _from_keras(opened, opset), "float.h5"


def _require_names(opened: Run, file: TfliteFile) -> None:
    wanted = {name for name, _ in opened.recipe.inputs}
    if set(file.inputs) != wanted or opened.recipe.outputs[0][0] not in file.outputs:
        problem = (
            f"{opened.tflite} has inputs {', '.join(file.inputs)} and outputs {', '.join(file.outputs)}, "
            f"the recipe {', '.join(sorted(wanted))} and {opened.recipe.outputs[0][0]}"
        )
        raise InputError(problem, f"Run `python -m converters quantise {opened.folder}` again")


def _unknown_operators() -> tuple[type[Exception], ...]:
    """What tf2onnx raises for an operator that it does not know: by the way that it was reached."""
    from onnx.checker import ValidationError

    return (ValidationError, ValueError, KeyError, NotImplementedError)


def _from_tflite(tflite: bytes, opset: int) -> Any:  # noqa: ANN401 - onnx has no types
    with tempfile.TemporaryDirectory(prefix="rapport-onnx-") as name, _quiet():
        import tf2onnx.convert

        path = Path(name) / "model.tflite"
        path.write_bytes(tflite)
        return tf2onnx.convert.from_tflite(str(path), opset=opset)[0]


def _from_keras(opened: Run, opset: int) -> Any:  # noqa: ANN401 - as above
    model = opened.model()
    import tensorflow as tf

    inputs = zip(model.inputs, model.input_names, strict=True)
    signature = [tf.TensorSpec([1, *tensor.shape[1:]], tf.float32, name=name) for tensor, name in inputs]

    def called(*given: Any) -> dict[str, Any]:  # noqa: ANN401
        found = model(list(given) if len(given) > 1 else given[0], training=False)
        return dict(zip(model.output_names, found if isinstance(found, (list, tuple)) else [found], strict=True))

    with _quiet():
        import tf2onnx.convert

        function = tf.function(called, input_signature=signature)
        return tf2onnx.convert.from_function(function, input_signature=signature, opset=opset)[0]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """tf2onnx and onnxruntime log on the root logger; what matters is raised."""
    logging.disable(logging.ERROR)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


class _Reader:
    """Gives onnxruntime's calibration one row after another."""

    def __init__(self, samples: Mapping[str, Stored]) -> None:
        rows = range(min(SAMPLES, len(next(iter(samples.values())))))
        self._rows = iter([{name: array[row : row + 1] for name, array in samples.items()} for row in rows])

    def get_next(self) -> dict[str, Stored] | None:
        """The next row's inputs; None at the end."""
        return next(self._rows, None)


def quantised(model: Any, samples: Mapping[str, Floats]) -> Any:  # noqa: ANN401 - onnx has no types
    """The 8-bit form for TensorRT.

    Zero points of 0, weights with a scale per output channel, biases in float, a pair of its own before each reader and
    none behind it: what TensorRT asks of explicit quantisation (NVIDIA, TensorRT developer guide, "Working with
    quantized types", placement recommendations).
    """
    import onnx

    with tempfile.TemporaryDirectory(prefix="rapport-onnx-") as name, _quiet():
        from onnxruntime import quantization as ort

        class Reader(_Reader, ort.CalibrationDataReader):  # type: ignore[misc]
            """The base is only known here."""

        given, path = Path(name) / "model.onnx", Path(name) / "model.int8.onnx"
        onnx.save(model, given)  # a model in memory would have its weights moved out of it
        ort.quantize_static(
            given,
            path,
            Reader(_as_stored(samples, model.graph.input)),
            quant_format=ort.QuantFormat.QDQ,
            op_types_to_quantize=WEIGHTED,
            calibrate_method=ort.CalibrationMethod.Percentile,
            per_channel=True,
            activation_type=ort.QuantType.QInt8,
            weight_type=ort.QuantType.QInt8,
            extra_options={
                "ActivationSymmetric": True,
                "WeightSymmetric": True,
                "AddQDQPairToWeight": True,
                "DedicatedQDQPair": True,
                "QuantizeBias": False,
                "OpTypesToExcludeOutputQuantization": WEIGHTED,
            },
        )
        return onnx.load(path)


def _as_stored(arrays: Mapping[str, Floats], ends: Any) -> dict[str, Stored]:  # noqa: ANN401 - onnx has no types
    """Real values as the graph's inputs take them."""
    import onnx

    whole = {end.name for end in ends if end.type.tensor_type.elem_type == onnx.TensorProto.INT32}
    return {name: array.astype(np.int32) if name in whole else array for name, array in arrays.items()}


def outputs(content: bytes, inputs: Mapping[str, Floats], output: str) -> Floats:
    """(rows, …) of one output of an ONNX file, run row by row on the CPU."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(content, options, providers=PROVIDERS)
    whole = {given.name for given in session.get_inputs() if given.type == "tensor(int32)"}
    stored = {name: array.astype(np.int32) if name in whole else array for name, array in inputs.items()}
    rows = range(len(next(iter(inputs.values()))))
    found = [session.run([output], {name: array[r : r + 1] for name, array in stored.items()})[0] for r in rows]
    return np.concatenate(found).astype(np.float32, copy=False)
