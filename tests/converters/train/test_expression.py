"""The two trainings and the file that comes of them, on tiny made-up rows."""

from __future__ import annotations

from dataclasses import asdict
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import pytest

from converters.expression import adversarial, autoencoder, trained
from converters.expression.export import network, samples
from converters.expression.halves import Half, noise_of
from converters.expression.report import MEASURED
from converters.expression.rows import Rows, one_hot
from converters.expression.two_sample import Found
from converters.expression.vectors import Vectors
from converters.train.expression import write
from converters.train.loop import begin
from edge.accelerators.card import read_card
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.affect import EMOTIONS, Emotion
from edge.errors import InputError
from edge.response.drawn import FARTHEST, HALF, NAME, NOISE, PARTS, Drawer

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.skipif(find_spec("tf_keras") is None, reason="training needs the extra `convert`"),
    pytest.mark.filterwarnings("default"),  # TensorFlow's own
    pytest.mark.timeout(300),
]
KINDS = len(EMOTIONS)
SIGNS = np.array([1, -1, 1, -1, 1])
"""Of the parts: in half of them more of an emotion's place is less."""


@pytest.fixture(scope="module", autouse=True)
def seeded() -> None:
    begin(0)


@pytest.fixture(scope="module")
def rows() -> Rows:
    random = np.random.default_rng(0)
    emotion = np.arange(420) % KINDS
    values = random.normal(size=(420, PARTS)) * 0.5 + 2 * emotion[:, None] * SIGNS
    return Rows.of(Vectors(values.astype(np.float32), emotion, np.array(["a"] * 420)))


@pytest.fixture(scope="module")
def generator(rows: Rows) -> Half:
    return Half.of_generator(adversarial.train(rows, adversarial.Recipe(steps=500, rate=1e-3, average=0.98), 0), rows)


@pytest.fixture(scope="module")
def decoder(rows: Rows) -> Half:
    return Half.of_decoder(autoencoder.train(rows, autoencoder.Recipe(steps=800, rate=5e-3, average=0.99), 0), rows)


def test_the_losses_are_those_of_the_design() -> None:
    import tensorflow as tf

    measured, drawn = np.array([[0.3], [2.0]], np.float32), np.array([[-1.0], [0.5]], np.float32)
    d_x, d_g = 1 / (1 + np.exp(-measured)), 1 / (1 + np.exp(-drawn))
    of_generator, of_judge = adversarial.losses(tf.constant(measured), tf.constant(drawn))
    assert float(of_generator) == pytest.approx(-np.log(d_g).mean(), rel=1e-5)
    assert float(of_judge) == pytest.approx(-np.log(d_x).mean() - np.log(1 - d_g).mean(), rel=1e-5)


@pytest.mark.parametrize("family", ["generator", "decoder"])
def test_each_family_learns_what_an_emotion_is_and_that_it_varies(family: str, request: pytest.FixtureRequest) -> None:
    made: Half = request.getfixturevalue(family)
    kinds = np.repeat(np.arange(KINDS), 100)
    values = made.draw(noise_of(len(kinds), np.random.default_rng(1), FARTHEST), kinds)
    for kind in range(KINDS):
        assert (values[kinds == kind] * SIGNS).mean() == pytest.approx(2 * kind, abs=0.8)
        assert 0.1 < values[kinds == kind].std(axis=0).mean() < 1.5


@pytest.mark.parametrize("family", ["generator", "decoder"])
def test_the_network_that_is_exported_draws_the_same(family: str, request: pytest.FixtureRequest) -> None:
    made: Half = request.getfixturevalue(family)
    model = network(made, made)
    noise = np.random.default_rng(2).normal(size=(20, NOISE)).astype(np.float32)
    kinds = np.arange(20) % KINDS
    voice, face = model.predict([noise, one_hot(kinds)], verbose=0)
    assert np.allclose(voice, made.draw(noise[:, :HALF], kinds), atol=1e-4)
    assert np.allclose(face, made.draw(noise[:, HALF:], kinds), atol=1e-4)


def test_the_int8_file_draws_nearly_the_same(generator: Half) -> None:
    from converters.quantise import to_int8
    from converters.tflite_file import TfliteFile

    file = TfliteFile(to_int8(network(generator, generator), samples()))
    noise = np.random.default_rng(2).normal(size=(50, NOISE)).clip(-FARTHEST, FARTHEST).astype(np.float32)
    kinds = np.arange(50) % KINDS
    said = file.run({"noise": noise, "emotion": one_hot(kinds)})
    right = generator.draw(noise[:, :HALF], kinds)
    assert said["voice"].shape == (50, PARTS)
    assert np.abs(said["voice"] - right).mean() < 0.05 * right.std()


def test_what_was_trained_is_taken_up_and_not_trained_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe = adversarial.Recipe(steps=5, batch=32)
    random = np.random.default_rng(0)
    part = np.where(np.arange(70) < 50, "Training", "PublicTest")
    some = Vectors(random.normal(size=(70, PARTS)).astype(np.float32), np.arange(70) % KINDS, part)
    first = trained.halves("face", "adversarial", some, tmp_path, 0, recipe=recipe)
    assert "training face-adversarial-all" in capsys.readouterr().out
    again = trained.halves("face", "adversarial", some, tmp_path, 0, recipe=recipe)
    assert "training" not in capsys.readouterr().out
    assert np.array_equal(first["all"].kernels[0], again["all"].kernels[0])
    other = adversarial.Recipe(steps=6, batch=32)
    with pytest.raises(InputError, match=r"was trained with seed 0, Recipe\(steps=5"):
        trained.halves("face", "adversarial", some, tmp_path, 0, recipe=other)


@pytest.mark.skipif(find_spec("sklearn") is None, reason="the classifier is scikit-learn's")
def test_what_is_packaged_is_what_the_device_draws_from(tmp_path: Path, generator: Half) -> None:
    row = asdict(Found(30, 0.52, 0.45, 0.6, 0.001, 0.4, (1.0,) * PARTS, 0.97))
    figures = {way: {"happy": row} for way in (*trained.FAMILIES, MEASURED)}
    made: trained.Halves = {
        side: {family: [{"all": generator}] for family in trained.FAMILIES} for side in trained.SIDES
    }
    card = write(tmp_path / NAME, made, "adversarial", dict.fromkeys(trained.SIDES, figures))
    assert card == read_card(tmp_path / NAME)
    assert card.bytes < 200_000
    assert {metric.n for metric in card.metrics if metric.name == "squared mean discrepancy"} == {30}
    assert [tried.kept for tried in card.tries] == [True, False, False]
    told = next(metric for metric in card.metrics if metric.name == "accuracy of telling int8 from float")
    assert told.value == pytest.approx(0.5, abs=0.08)
    drawer = Drawer(Models(tmp_path, Cpu()), 0)
    happy, neutral = (np.mean(drawer.draw(emotion).face * SIGNS) for emotion in (Emotion.HAPPY, Emotion.NEUTRAL))
    assert neutral - happy == pytest.approx(6, abs=2)  # places 3 and 6 of the emotions, two apart each
