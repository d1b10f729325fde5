"""One model of the voice: its networks trained, joined with the linear part, quantised and packaged in a run folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.datasets.voice import LABELS
from converters.datasets.voice_batches import BATCH, batches
from converters.package import More, package_run
from converters.quantise import quantise
from converters.run import Recipe, Run
from converters.train import voice_linear, voice_network
from converters.train.loop import Plan, Tuning, fit
from converters.train.losses import cross_entropy
from converters.train.options import cosine
from edge.accelerators.card import CARD_FILE
from edge.perception.voice.inputs import SHAPES, UNITS
from edge.perception.voice.perceiver import MODEL as NAME
from edge.perception.voice.perceiver import TASK

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from converters.datasets.voice_windows import Windows

    Ints = NDArray[np.int64]

RATE = 2e-3
"""Peak learning rate of Adam; it falls to zero along a cosine."""
SMOOTHING = 0.1
DRAWS = 2
"""Windows of each clip in an epoch, on average."""
RANGE_WINDOWS = 400
"""Windows that set the ranges of activations."""
PACKAGED = "models"
"""Folder of a run with the packaged model, as the device loads it."""


@dataclass(frozen=True, slots=True)
class Design:
    """What a model is made of."""

    families: tuple[str, ...]
    """One network of each; the same name several times gives networks of different seeds."""
    share: float
    """Weight of the networks' mean logits beside the linear ones."""
    linear: bool
    epochs: int
    seed: int
    tensorboard: bool = True
    wandb: Any = "off"


@dataclass(frozen=True, slots=True)
class Material:
    """The clips as windows, and which are learned from."""

    windows: Windows
    labels: Ints
    chosen: Ints
    """Clips to learn from."""
    checked: Ints
    """Clips on whose windows int8 is compared with float; nothing is chosen on them."""


def made(folder: Path, design: Design, material: Material, recipe: Recipe) -> Run:
    """The run in ``folder``: made, or gone on with where it was stopped."""
    if (folder / PACKAGED / NAME / CARD_FILE).is_file():
        return Run.open(folder)
    members = [trained(folder, place, design, material) for place in range(len(design.families))]
    weights, biases = (
        voice_linear.fit(material.windows, material.labels, material.chosen) if design.linear else (None, None)
    )
    model = voice_network.merged(members, design.share, weights, biases)
    run = Run.create(folder, recipe, model, _samples(material), _validation(material))
    quantise(run, None, method="ptq")
    package_run(run, folder / PACKAGED, More())
    return run


def trained(folder: Path, place: int, design: Design, material: Material) -> Any:  # noqa: ANN401 - tf_keras has no types
    """The network at ``place`` of the design."""
    import tf_keras

    seed = design.seed + place
    tf_keras.utils.set_random_seed(seed)
    model = voice_network.network(design.families[place])
    plan = Plan(
        epochs=design.epochs,
        steps=steps(material.chosen),
        seed=seed,
        keep="last",
        tensorboard=design.tensorboard,
        wandb=design.wandb,
    )
    fit(
        model,
        batches(material.windows, material.labels, material.chosen, seed),
        plan,
        folder / f"network{place + 1}",
        loss=cross_entropy(SMOOTHING),
        optimiser=tf_keras.optimizers.Adam(RATE),
        validate=lambda _: {},
        watch="-loss",
        rate=cosine(RATE, design.epochs),
    )
    return model


def tuning(material: Material, seed: int) -> Tuning:
    """How a finished model goes on training, for ``quantise --method qat``."""
    drawn = batches(material.windows, material.labels, material.chosen, seed)
    return Tuning(drawn, cross_entropy(SMOOTHING), steps(material.chosen))


def steps(chosen: Ints) -> int:
    """Batches of one epoch."""
    return max(1, len(chosen) * DRAWS // BATCH)


def recipe(design: Design, command: str, data: Sequence[str], notes: Sequence[str]) -> Recipe:
    """What the card says of a model and its file does not."""
    kinds = " + ".join([*design.families, *(["linear"] if design.linear else [])])
    return Recipe(
        sense="voice",
        name=NAME,
        task=TASK,
        family=kinds,
        seed=design.seed,
        version="2",
        licence="Apache-2.0",
        command=command,
        labels=LABELS,
        inputs=tuple((name, UNITS[name]) for name in SHAPES),
        outputs=((voice_network.OUTPUT, "log-odds up to a constant, before the temperature"),),
        data=tuple(data),
        notes=tuple(notes),
    )


def _samples(material: Material) -> dict[str, NDArray[np.float32]]:
    rows = np.flatnonzero(np.isin(material.windows.source, material.chosen))
    random = np.random.default_rng(0)
    return _named(material, np.sort(random.choice(rows, min(RANGE_WINDOWS, len(rows)), replace=False)))


def _validation(material: Material) -> dict[str, NDArray[Any]]:
    windows = material.windows
    rows = np.flatnonzero(np.isin(windows.source, material.checked) & windows.original)
    return {**_named(material, rows), "truth": material.labels[windows.source[rows]]}


def _named(material: Material, rows: Ints) -> dict[str, NDArray[np.float32]]:
    return dict(zip(SHAPES, material.windows.inputs(rows), strict=True))
