from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from converters.verify import compared, table

ROOT = Path(__file__).resolve().parents[2]
TRUTH = np.arange(300) % 3
FLOAT = (4.0 * np.eye(3)[TRUTH] + np.random.default_rng(0).normal(0, 0.1, (300, 3))).astype(np.float32)


def test_a_form_that_says_the_same_passes() -> None:
    report = compared(
        {"float": FLOAT, "int8": np.add(FLOAT, 0.05, dtype=np.float32), "onnx": FLOAT[:100]}, TRUTH, "face"
    )
    assert report["failed"] == []
    assert report["figure"] == "accuracy"
    int8 = report["forms"]["int8"]
    assert (int8["accuracy"], int8["agreement"], int8["n"]) == (1.0, 1.0, 300)
    assert int8["largest_logit_deviation"] == pytest.approx(0.05, abs=1e-5)
    assert int8["largest_probability_deviation"] < 1e-5  # all logits moved alike
    assert report["forms"]["onnx"]["n"] == 100
    assert json.loads(json.dumps(report)) == report


def test_a_form_that_loses_a_point_fails_and_the_sentence_says_how_much() -> None:
    worse = FLOAT.copy()
    worse[:3] = np.roll(worse[:3], 1, axis=1)  # three of 300 rows, one point
    report = compared({"float": FLOAT, "int8": worse}, TRUTH, "face")
    assert report["forms"]["int8"]["agreement"] == pytest.approx(0.99)
    (sentence,) = report["failed"]
    assert sentence.startswith("int8 loses 1.00 points of accuracy, at most 0.7 are allowed")


def test_a_form_may_be_as_right_and_still_disagree_too_often() -> None:
    truth = np.where(np.arange(300) < 200, TRUTH, -1)  # rows without a label count for agreement only
    other = FLOAT.copy()
    other[200:240] = np.roll(other[200:240], 1, axis=1)
    report = compared({"float": FLOAT, "int8": other}, truth, "text")
    assert report["forms"]["int8"]["figure"] == 1.0
    (sentence,) = report["failed"]
    assert sentence.startswith(
        "int8 leads with the float network's label in 86.7% of the rows, at least 97% are wanted"
    )


def test_what_tensorrt_decides_is_told_and_not_judged() -> None:
    report = compared({"float": FLOAT, "int8": FLOAT, "onnx int8": np.roll(FLOAT, 1, axis=1)}, TRUTH, "voice")
    assert report["failed"] == []
    assert report["forms"]["onnx int8"]["agreement"] == 0.0
    assert "onnx int8" in table(report)


@pytest.mark.timeout(300)
@pytest.mark.filterwarnings("ignore")  # TensorFlow's own
def test_every_form_of_a_run_is_compared_by_the_command(tmp_path: Path) -> None:
    for module in ("tensorflow", "onnx", "tf2onnx", "onnxruntime"):
        pytest.importorskip(module, reason="training is the workstation's")
    from converters import onnx_file
    from converters.quantise import to_int8
    from tests.converters import tiny

    model = tiny.network()
    opened = tiny.run(tmp_path / "run", model)
    samples = opened.samples()["grey"]
    opened.tflite.write_bytes(to_int8(model, [(row[None],) for row in samples]))
    onnx_file.make(opened)
    done = subprocess.run(
        [sys.executable, "-m", "converters", "verify", str(opened.folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    report = opened.report("verify")
    assert done.returncode == (1 if report["failed"] else 0), done.stderr
    assert list(report["forms"]) == ["float", "int8", "onnx", "onnx int8"]
    assert report["forms"]["float"]["agreement"] == 1.0
    assert report["forms"]["int8"]["largest_logit_deviation"] > 0
    assert report["forms"]["onnx"]["agreement"] > 0.9
    assert f"{report['forms']['int8']['accuracy']:.4f}" in done.stdout
