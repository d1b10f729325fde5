"""The parts of the voice training: the linear fit, the networks, and a whole small model in its run folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from converters.datasets.voice import LABELS
from converters.datasets.voice_windows import Windows
from edge.perception.voice.inputs import SHAPES

if TYPE_CHECKING:
    from pathlib import Path

CLIPS = 28


def windows() -> tuple[Windows, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Four windows of each of 28 clips; the functionals tell the label, all else is noise."""
    random = np.random.default_rng(0)
    labels = np.arange(CLIPS) % len(LABELS)
    source = np.repeat(np.arange(CLIPS), 4)
    rows = len(source)
    functionals = random.normal(0, 0.3, (rows, SHAPES["functionals"][1])).astype(np.float32)
    functionals += 2 * np.tile(np.eye(len(LABELS), dtype=np.float32), 7)[labels[source]]
    made = Windows(
        random.uniform(-1, 1, (rows, *SHAPES["spectrogram"][1:])).astype(np.float16),
        functionals,
        random.normal(0, 1, (rows, SHAPES["statistics"][1])).astype(np.float32),
        source,
        np.arange(rows) % 4 == 0,
    )
    return made, labels


def test_the_linear_part_finds_what_tells_the_label_and_lowers_neutral_alone() -> None:
    pytest.importorskip("sklearn")
    from converters.train import voice_linear

    made, labels = windows()
    weights, biases = voice_linear.fit(made, labels, np.arange(CLIPS - 7))
    biases[LABELS.index("neutral")] += voice_linear.NEUTRAL_SHIFT
    _, functionals, statistics = made.inputs(np.flatnonzero(made.source >= CLIPS - 7))
    logits = np.concatenate([functionals, statistics], axis=1) @ weights + biases
    truth = labels[made.source[made.source >= CLIPS - 7]]
    assert np.mean(logits.argmax(axis=1) == truth) > 0.9
    shares = np.bincount(logits.argmax(axis=1), minlength=len(LABELS)) / len(logits)
    assert shares.max() < 2 / len(LABELS)


@pytest.mark.filterwarnings("default")  # TensorFlow's own
@pytest.mark.timeout(240)
def test_a_model_is_trained_joined_quantised_and_packaged_and_is_not_made_again(tmp_path: Path) -> None:
    pytest.importorskip("tensorflow")
    pytest.importorskip("sklearn")
    from converters.train import voice_network
    from converters.train.loop import begin
    from converters.train.voice_fold import PACKAGED, Design, Material, made, recipe
    from edge.accelerators.card import read_card

    begin(0)
    cut, labels = windows()
    design = Design(("convolutions over time",), 0.5, linear=True, epochs=1, seed=0, tensorboard=False)
    material = Material(cut, labels, np.arange(CLIPS - 7), np.arange(CLIPS - 7, CLIPS))
    run = made(tmp_path, design, material, recipe(design, "made up", (), ()))
    card = read_card(tmp_path / PACKAGED / "voice-emotion")
    assert {tensor.name: tensor.shape for tensor in card.inputs} == dict(SHAPES)
    assert card.outputs[0].shape == (1, len(LABELS))
    assert card.edge_tpu is not None
    assert card.edge_tpu.share_of_macs >= 0.95
    assert run.report("quantise")["agreement"] > 0.9
    held = run.validation()
    model = run.model()
    assert model.get_layer("linear").get_weights()[0].shape == (49 + 183, len(LABELS))
    logits = model([held.inputs[name] for name in SHAPES], training=False).numpy()
    assert np.mean(logits.argmax(axis=1) == held.truth) > 0.5
    before = run.tflite.stat().st_mtime_ns
    assert made(tmp_path, design, material, run.recipe).tflite.stat().st_mtime_ns == before
    with pytest.raises(KeyError):
        voice_network.network("transformer of a kind that we do not have")
