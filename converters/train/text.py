"""Trains, quantises, measures and packages the text model: ``python -m converters train text --data DIR``.

A teacher too large for the device (`text_teacher`) learns all heads from what has labels, then gives soft labels to
every text in both languages. The student (`text_bag`) learns from those and from the labels. Both go on where they were
stopped. Measuring sets are read by `converters evaluate` after the file is made, and by nothing before.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.datasets.text_targets import FINE
from converters.train import options
from converters.train.text_card import DATA, FAMILY, NOTES, UNITS
from converters.train.text_features import idf, matrix, weighed
from converters.train.text_judge import SURE, fine_thresholds, judged
from converters.train.text_material import joined
from converters.train.text_sources import Sources, balanced, gather
from edge.accelerators.card import Head
from edge.errors import InputError
from edge.perception.text.features import BUCKETS
from edge.perception.text.perceiver import AFFECT, LABELS, NAME, TASK
from edge.perception.text.perceiver import FINE as FINE_HEAD

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from converters.run import Run
    from converters.train.text_material import Material

    Floats = NDArray[np.float32]

EPOCHS, BATCH, RATE, WARM_UP = 10, 128, 1e-3, 0.2
SAMPLES, VALIDATION, CHUNK = 400, 2000, 500
"""Training texts that set the ranges of quantisation, held-out texts of a set that choose and calibrate, and how many
texts are dense in memory at once."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``python -m converters train text``."""
    parser.add_argument("--data", type=Path, required=True, help="folder with text/goemotions, text/xed, …")
    parser.add_argument("--models", type=Path, default=Path("models"), help=f"where {NAME}/ is written")
    options.add_arguments(parser, epochs=EPOCHS)


def run(arguments: argparse.Namespace) -> int:
    """Train and write ``models/text-emotion``. Returns the exit code."""
    from converters.train.loop import begin

    begin(arguments.seed, arguments.threads)
    folder = arguments.runs / NAME
    sources = gather(arguments.data)
    material = taught(sources, folder / "teacher", arguments.seed)
    weights = train(material, sources.held, arguments, folder / "student")
    made = keep(folder, weights, material, sources.held, arguments)
    finish(made, sources.held, arguments.models)
    return 0


def taught(sources: Sources, folder: Path, seed: int) -> Material:
    """All texts with the teacher's opinion mixed in."""
    from converters.train.text_teacher import Teacher

    teacher = Teacher(folder)
    parts = []
    for name, part in sources.parts.items():
        opinion = teacher.soft_labels(part.words, lambda: teacher.train(sources.lesson(seed), seed))
        parts.append(part.taught(*opinion, sources.share(name)))
    return balanced(joined(parts))


def train(
    material: Material, held: Mapping[str, Material], arguments: argparse.Namespace, folder: Path
) -> list[Floats]:
    """Weights of the student for unweighed vectors."""
    import tf_keras as keras

    from converters.train import text_bag
    from converters.train.loop import fit

    x = matrix(material.words)
    scale = idf(x)
    x = weighed(x, scale)
    model = text_bag.trainable(text_bag.Shape(BUCKETS))
    looked = {name: matrix(part.words) for name, part in held.items()}

    def validate(trained: Any) -> dict[str, float]:  # noqa: ANN401 - tf_keras has no types
        weights = text_bag.folded(trained.get_weights(), scale)
        return judged(held, lambda name: text_bag.outputs(weights, looked[name]))

    fit(
        model,
        text_bag.batches(x, material, text_bag.Shape(BUCKETS), BATCH, arguments.seed),
        options.plan_of(arguments, len(material) // BATCH),
        folder,
        loss=text_bag.loss,
        optimiser=keras.optimizers.Adam(RATE, jit_compile=False),
        validate=validate,
        watch="f1 goemotions",
        rate=options.cosine(RATE, arguments.epochs, warm_up=WARM_UP),
    )
    return text_bag.folded(model.get_weights(), scale)


def keep(
    folder: Path,
    weights: list[Floats],
    material: Material,
    held: Mapping[str, Material],
    arguments: argparse.Namespace,
) -> Run:
    """The run folder: network, samples, and held-out texts of both languages."""
    from converters.run import Recipe, Run
    from converters.train import text_bag

    chance = np.random.default_rng(arguments.seed)
    chosen = np.sort(chance.permutation(len(material))[:SAMPLES])
    judge = [part.part(np.nan_to_num(part.emotion).max(axis=1) > SURE) for part in held.values()]
    kept = joined([part.part(chance.permutation(len(part))[:VALIDATION]) for part in judge])
    recipe = Recipe(
        sense="text",
        name=NAME,
        task=TASK,
        family=FAMILY,
        seed=arguments.seed,
        version="2",
        licence="Apache-2.0 AND CC-BY-SA-4.0",
        command=f"python -m converters train text --data DATA --epochs {arguments.epochs} --seed {arguments.seed}",
        labels=LABELS,
        inputs=((text_bag.INPUT, "hashed n-grams: 0, or 8/sqrt(their number) but at most 4"),),
        outputs=UNITS,
        data=DATA,
        notes=NOTES,
    )
    model = text_bag.plain(text_bag.Shape(BUCKETS), weights)
    samples = {text_bag.INPUT: matrix([material.words[i] for i in chosen]).toarray()}
    validation = {text_bag.INPUT: matrix(kept.words).toarray(), "truth": kept.emotion.argmax(axis=1).astype(np.int64)}
    return Run.create(folder, recipe, model, samples, validation)


def finish(made: Run, held: Mapping[str, Material], models: Path) -> None:
    """Quantise, compare, and write ``models/text-emotion`` with its heads and their thresholds."""
    from converters import onnx_file, verify
    from converters.package import More, package_run
    from converters.quantise import quantise
    from converters.tflite_file import TfliteFile
    from converters.train import text_bag

    quantise(made, None, method="ptq")
    onnx_file.make(made)
    report = verify.verified(made)
    print(verify.table(report), flush=True)
    if report["failed"]:
        raise InputError("; ".join(report["failed"]), "Train again with another --seed")
    file = TfliteFile(made.tflite.read_bytes())
    comments = held["goemotions"]
    fine = np.concatenate(
        [
            file.run({text_bag.INPUT: matrix(comments.words[start : start + CHUNK]).toarray()})["fine"]
            for start in range(0, len(comments), CHUNK)
        ]
    )
    thresholds = tuple(round(float(value), 2) for value in fine_thresholds(fine, comments.fine))
    heads = (
        Head(name=FINE_HEAD, output="fine", labels=FINE, thresholds=thresholds),
        Head(name=AFFECT, output="affect", labels=("valence", "arousal")),
    )
    package_run(made, models, More(heads=heads))
