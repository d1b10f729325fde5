"""A data set that a tiny network learns in seconds, and that network."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.run import Recipe, Run
from converters.train.loop import Tuning, begin
from converters.train.losses import cross_entropy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Model = Any  # tf_keras has no types

os.environ["TF_USE_LEGACY_KERAS"] = "1"
LABELS = ("angry", "happy", "sad")
BATCH = 16
RECIPE = Recipe(
    sense="face",
    name="tiny",
    task="expression",
    family="cnn",
    seed=3,
    version="1",
    licence="Apache-2.0",
    command="python -m converters train face",
    labels=LABELS,
    inputs=(("grey", "level 0 to 255"),),
    outputs=(("logits", "logit of each label"),),
)


def rows(count: int, seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """(count, 8, 8, 1) grey levels 0 to 255, bright in the part that tells the label, and (count,) labels."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, len(LABELS), count)
    pictures = 150 * random.random((count, 8, 8, 1), np.float32)
    for row, label in enumerate(truth):
        pictures[row, 2 * label : 2 * label + 3] += 90
    return pictures, truth


def batches(epoch: int, seed: int = 0) -> Iterator[tuple[Any, Any, Any]]:
    """Batches of one epoch, in an order of its own."""
    pictures, truth = rows(96)
    order = np.random.default_rng((seed, epoch)).permutation(len(truth))
    for start in range(0, len(order), BATCH):
        picked = order[start : start + BATCH]
        yield pictures[picked], np.eye(len(LABELS), dtype=np.float32)[truth[picked]], None


def network(seed: int = 3) -> Model:
    """Two convolutions, one of them depthwise, batch normalisation and dropout."""
    keras = begin(seed)
    layers = keras.layers
    given = keras.Input((8, 8, 1), name="grey")
    x = layers.Rescaling(1 / 128, offset=-1)(given)
    x = layers.Conv2D(8, 3, padding="same", use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.8)(x))
    x = layers.DepthwiseConv2D(3, padding="same")(x)
    x = layers.Dropout(0.3)(layers.Flatten()(x))
    return keras.Model(given, layers.Dense(len(LABELS), name="logits")(x))


def accuracy(model: Model) -> dict[str, float]:
    """Accuracy on rows that training doesn't see."""
    pictures, truth = rows(120, seed=9)
    return {"accuracy": float(np.mean(model(pictures, training=False).numpy().argmax(axis=1) == truth))}


def tuning() -> Tuning:
    """How the network goes on training."""
    return Tuning(batches, cross_entropy(), 6, 1e-3)


def run(folder: Path, model: Model) -> Run:
    """The run folder of a trained network."""
    pictures, truth = rows(120, seed=9)
    return Run.create(folder, RECIPE, model, {"grey": rows(60)[0]}, {"grey": pictures, "truth": truth})
