"""A run is packaged from files alone: no TensorFlow is needed, the int8 file here is the one that is shipped."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from converters.package import More, package_run
from converters.run import Recipe, Run
from converters.sign import sign
from edge.accelerators.card import Family, Metric, Try, read_card
from edge.accelerators.cpu import Cpu
from edge.accelerators.manifest import Seal
from edge.accelerators.model import Model
from edge.accelerators.private_key import public_half
from edge.errors import InputError
from tests.converters.tflite import Writer

if TYPE_CHECKING:
    from pathlib import Path

QUANTISE = {
    "method": "post-training",
    "figure": "uar",
    "float_value": 0.751234,
    "int8_value": 0.749876,
    "agreement": 0.98,
    "largest_deviation": 0.5,
    "n": 9,
    "gzip_bytes": 1,
    "candidates": [],
    "refused": [],
}
MORE = """
[[tries]]
idea = "dropout"
figure = "uar"
value = 0.7
on = "validation"
kept = true
why = "one point better"
"""


def tflite() -> bytes:
    """A dense layer from 4 numbers to 3 logits with the signature that names both ends."""
    file = Writer()
    weights = file.constant(np.random.default_rng(0).integers(-90, 90, (3, 4)).astype(np.int8))
    given = file.given(1, 4)
    out = file.operator("FULLY_CONNECTED", [given, weights], 1, 3, kind="FullyConnectedOptions")
    file.signature({"numbers": given}, {"logits": out})
    return file.content(out)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    folder = tmp_path / "run"
    folder.mkdir()
    recipe = Recipe(
        sense="voice",
        name="tiny",
        task="voice-emotion",
        family="dense",
        seed=0,
        version="3",
        licence="Apache-2.0",
        command="python -m converters train voice",
        labels=("angry", "happy", "sad"),
        inputs=(("numbers", "volts"),),
        outputs=(("logits", "logit"),),
        data=("none",),
        notes=("a test",),
    )
    opened = Run(folder, recipe)
    opened.tflite.write_bytes(tflite())
    random = np.random.default_rng(1)
    validation = {"numbers": random.normal(0, 20, (9, 4)).astype(np.float32), "truth": np.arange(9) % 4 - 1}
    np.savez(folder / "validation.npz", **validation)  # type: ignore[arg-type]
    opened.write_report("quantise", QUANTISE | {"bytes": len(tflite())})
    return opened


def test_a_run_becomes_a_folder_that_the_loader_takes(run: Run, tmp_path: Path) -> None:
    run.onnx.write_bytes(b"onnx")
    (run.folder / "more.toml").write_text(MORE, encoding="utf-8")
    card = package_run(run, tmp_path / "models")
    folder = tmp_path / "models" / "tiny"
    assert sorted(path.name for path in folder.iterdir()) == ["card.toml", "golden.npz", "model.onnx", "model.tflite"]
    assert read_card(folder) == card
    assert (card.parameters, card.macs) == (12, 12)
    assert card.arena_bytes
    assert card.edge_tpu
    assert card.edge_tpu.share_of_macs == 1
    assert card.onnx_sha256 == hashlib.sha256(b"onnx").hexdigest()
    assert card.quantised is not None
    assert (card.quantised.float_value, card.quantised.on, card.quantised.n) == (0.7512, "validation", 9)
    assert [tried.idea for tried in card.tries] == ["dropout"]
    assert card.temperature != 1
    assert (card.inputs[0].name, card.inputs[0].unit) == ("numbers", "volts")
    assert json.loads((run.folder / "audit.json").read_text(encoding="utf-8"))["share_of_macs"] == 1
    (logits,) = Model(folder, Cpu(), "voice-emotion", ("angry", "happy", "sad")).run(np.ones((1, 4), np.float32))
    assert logits.shape == (1, 3)


def test_what_was_packaged_can_be_signed_and_is_vouched_for(run: Run, tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    package_run(run, tmp_path / "models")
    sign(tmp_path / "models", [key])
    raw = (tmp_path / "models" / "tiny" / "card.toml").read_bytes()
    seal = Seal(tmp_path / "models", [public_half(key)])
    assert seal.flaw("tiny", raw) is None
    package_run(Run(run.folder, run.recipe.model_copy(update={"notes": ("another",)})), tmp_path / "models")
    changed = (tmp_path / "models" / "tiny" / "card.toml").read_bytes()
    assert "the card of tiny" in str(seal.flaw("tiny", changed))


def test_an_onnx_file_of_an_earlier_model_does_not_stay(run: Run, tmp_path: Path) -> None:
    run.onnx.write_bytes(b"onnx")
    run.onnx_int8.write_bytes(b"onnx in 8 bits")
    card = package_run(run, tmp_path / "models")
    assert card.onnx_int8_sha256 == hashlib.sha256(b"onnx in 8 bits").hexdigest()
    assert (tmp_path / "models" / "tiny" / "model.int8.onnx").read_bytes() == b"onnx in 8 bits"
    sign(tmp_path / "models", [Ed25519PrivateKey.generate()])
    run.onnx.unlink()
    run.onnx_int8.unlink()
    card = package_run(run, tmp_path / "models")
    assert (card.onnx_sha256, card.onnx_int8_sha256) == (None, None)
    assert not list((tmp_path / "models" / "tiny").glob("*.onnx"))


def test_a_file_that_no_card_knows_is_not_signed(run: Run, tmp_path: Path) -> None:
    package_run(run, tmp_path / "models")
    (tmp_path / "models" / "tiny" / "model_edgetpu.tflite").write_bytes(b"compiled")
    with pytest.raises(InputError, match=r"model_edgetpu\.tflite has sha256 .*, its card says None"):
        sign(tmp_path / "models", [Ed25519PrivateKey.generate()])


def test_a_file_that_was_not_the_one_quantised_last_is_refused(run: Run, tmp_path: Path) -> None:
    run.write_report("quantise", QUANTISE | {"bytes": 7})
    with pytest.raises(InputError, match=r"quantise\.json tells of a file of 7"):
        package_run(run, tmp_path / "models")
    assert not (tmp_path / "models").exists()


def test_a_run_that_is_not_quantised_yet_says_what_to_do(run: Run, tmp_path: Path) -> None:
    run.tflite.unlink()
    with pytest.raises(InputError, match=r"model\.tflite is missing.*converters quantise"):
        package_run(run, tmp_path / "models")


def test_a_wrong_table_in_more_is_named(run: Run, tmp_path: Path) -> None:
    (run.folder / "more.toml").write_text(MORE.replace("kept = true", 'kept = "perhaps"'), encoding="utf-8")
    with pytest.raises(InputError, match=r"(?s)more\.toml is wrong.*tries\.0\.kept"):
        package_run(run, tmp_path / "models")


def test_a_wrong_sureness_in_more_is_named(run: Run, tmp_path: Path) -> None:
    (run.folder / "more.toml").write_text("sureness = { zh = -1.0 }", encoding="utf-8")
    with pytest.raises(InputError, match=r"(?s)more\.toml is wrong.*sureness\.zh"):
        package_run(run, tmp_path / "models")


def test_what_a_training_measured_itself_stands_in_the_card(run: Run, tmp_path: Path) -> None:
    fitted = package_run(run, tmp_path / "models")
    assert fitted.quantised is not None
    more = More(
        temperature=1.23456,
        quantised=fitted.quantised.model_copy(update={"on": "five folds", "agreement": 0.9}),
        speaker_mean=(0.5, -0.5, 0.0),
        sureness={"zh": 0.5},
        metrics=(Metric(name="x", value=1.0, on="y"),),
        families=(Family(name="cnn", parameters=1, bytes=1, macs=1, ms=0.1, figures={"uar": 0.5}, on="z"),),
        tries=(Try(idea="i", figure="uar", value=0.5, on="z", kept=False, why="w"),),
    )
    card = package_run(run, tmp_path / "models", more)
    assert read_card(tmp_path / "models" / "tiny") == card
    assert (card.temperature, card.speaker_mean, card.sureness) == (1.2346, (0.5, -0.5, 0.0), {"zh": 0.5})
    assert card.quantised is not None
    assert (card.quantised.on, card.quantised.agreement) == ("five folds", 0.9)
    assert card.families[0].figures == {"uar": 0.5}


def test_a_speaker_mean_that_lacks_a_label_is_refused(run: Run, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="3 labels need as many speaker means, there are 2"):
        package_run(run, tmp_path / "models", More(speaker_mean=(0.5, -0.5)))
