"""Compare the trained float network with its int8 file and its ONNX files, on the validation set.

The int8 file is run by the real interpreter, the ONNX files by ONNX Runtime, the float network by Keras. What was found
is kept as ``verify.json``; the command fails when the file that will be shipped lost too much.
"""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.metrics import accuracy, softmax
from converters.quantise_candidates import FIGURES, Judge
from converters.run import Run
from converters.tflite_file import TfliteFile
from edge.errors import InputError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Ints = NDArray[np.int64]

MOST_LOST = 0.007
"""Of the sense's figure: 0.7 points."""
LEAST_AGREEMENT = 0.97
"""Part of the rows on which the same label leads."""
REPORTED_ONLY = "onnx int8"
"""What TensorRT makes of this form is decided there, so it is told and not judged."""


@dataclass(frozen=True, slots=True)
class Form:
    """One form of the network beside the float one; deviations are the largest of any row and label."""

    accuracy: float
    figure: float
    agreement: float
    largest_logit_deviation: float
    largest_probability_deviation: float
    n: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``python -m converters verify``."""
    parser.add_argument("run_folder", metavar="RUN", type=Path, help="a run folder with float.h5 and model.tflite")


def run(arguments: argparse.Namespace) -> int:
    """Write ``verify.json``, print it, and exit 1 when a form lost too much."""
    report = verified(Run.open(arguments.run_folder))
    print(table(report))
    for sentence in report["failed"]:
        print(f"verify: {sentence}", file=sys.stderr)
    return 1 if report["failed"] else 0


def verified(opened: Run) -> dict[str, Any]:
    """Run every form that is there, compare, and keep the report in the run folder.

    Raises:
        InputError: the network or its int8 file is missing.
        ModelError: the interpreter refuses the file.
    """
    if not opened.tflite.is_file():
        problem = f"{opened.tflite} is missing"
        raise InputError(problem, f"Run `python -m converters quantise {opened.folder}` first")
    held, output = opened.validation(), opened.recipe.outputs[0][0]
    network = opened.model()
    judge = Judge(opened, network)
    found = {
        "float": judge.float_logits(network),
        "int8": TfliteFile(opened.tflite.read_bytes()).run(held.inputs)[output],
    }
    for name, path in (("onnx", opened.onnx), (REPORTED_ONLY, opened.onnx_int8)):
        if path.is_file():
            from converters.onnx_file import outputs

            found[name] = outputs(path.read_bytes(), held.inputs, output)
    report = compared(found, held.truth, opened.recipe.sense)
    opened.write_report("verify", report)
    return report


def compared(found: Mapping[str, Floats], truth: Ints, sense: str) -> dict[str, Any]:
    """The report on logits (rows, labels) by form, "float" among them; a form may have fewer rows: the first ones.

    ``failed`` says in sentences what is out of bounds.
    """
    title, _ = FIGURES[sense]
    forms = {
        name: _form(logits, found["float"][: len(logits)], truth[: len(logits)], sense)
        for name, logits in found.items()
    }
    failed = []
    for name, form in forms.items():
        if name in {"float", REPORTED_ONLY}:
            continue
        before = _form(found["float"][: form.n], found["float"][: form.n], truth[: form.n], sense).figure
        if before - form.figure > MOST_LOST:
            failed.append(
                f"{name} loses {100 * (before - form.figure):.2f} points of {title}, at most {100 * MOST_LOST:g} are "
                "allowed; quantise it with --method qat"
            )
        if form.agreement < LEAST_AGREEMENT:
            failed.append(
                f"{name} leads with the float network's label in {form.agreement:.1%} of the rows, at least "
                f"{LEAST_AGREEMENT:.0%} are wanted; quantise it with --method qat"
            )
    return {"figure": title, "forms": {name: asdict(form) for name, form in forms.items()}, "failed": failed}


def table(report: Mapping[str, Any]) -> str:
    """The report for a reader."""
    lines = [
        f"{'':10} {'accuracy':>9} {report['figure']:>9} {'agrees':>8} {'logit':>8} {'probability':>12} {'rows':>7}"
    ]
    lines += [
        f"{name:10} {form['accuracy']:9.4f} {form['figure']:9.4f} {form['agreement']:8.4f} "
        f"{form['largest_logit_deviation']:8.3f} {form['largest_probability_deviation']:12.4f} {form['n']:7}"
        for name, form in report["forms"].items()
    ]
    return "\n".join(lines)


def _form(logits: Floats, reference: Floats, truth: Ints, sense: str) -> Form:
    known = truth >= 0
    said = logits.argmax(axis=1).astype(np.int64)
    deviation = np.abs(softmax(logits.astype(np.float64)) - softmax(reference.astype(np.float64)))
    return Form(
        accuracy=accuracy(truth[known], said[known]),
        figure=FIGURES[sense][1](truth[known], said[known]),
        agreement=float(np.mean(said == reference.argmax(axis=1))),
        largest_logit_deviation=float(np.abs(logits - reference).max()),
        largest_probability_deviation=float(deviation.max()),
        n=len(logits),
    )
