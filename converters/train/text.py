"""Trains, quantises, measures and packages the text model: ``python -m converters train text --data DIR``.

A teacher too large for the device (`text_teacher`) learns all heads from what has labels, then gives soft labels to
every text in both languages. The student (`text_network`) learns from those and from the labels. Both go on where they
were stopped. Measuring sets are read by `converters evaluate` after the file is made, and by nothing before.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.datasets.text_targets import FINE
from converters.quantise import quantise
from converters.train import options
from converters.train.text_card import DATA, NOTES, OUTPUT_UNITS, UNIT, tables
from converters.train.text_judge import SURE, fine_thresholds, judged
from converters.train.text_material import joined
from converters.train.text_sources import STUDENT_COUNTS, Sources, balanced, gather
from edge.accelerators.card import Head
from edge.errors import InputError
from edge.perception.text.perceiver import AFFECT, LABELS, NAME, TASK
from edge.perception.text.perceiver import FINE as FINE_HEAD

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from converters.run import Run
    from converters.train.text_material import Material

    Model = Any  # tf_keras has no types


FAMILIES = ("convolution", "recurrent", "attention")
KEPT = FAMILIES[0]
EPOCHS, BATCH, RATE, WARM_UP, AVERAGE = 16, 128, 1.5e-3, 0.2, 0.998
SAMPLES, VALIDATION = 400, 5000
"""Training texts that set the ranges of quantisation, and held-out texts of a set that choose and calibrate."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``python -m converters train text``."""
    parser.add_argument("--data", type=Path, required=True, help="folder with text/goemotions, text/xed, …")
    parser.add_argument("--models", type=Path, default=Path("models"), help=f"where {NAME}/ is written")
    parser.add_argument(
        "--family",
        choices=FAMILIES,
        default=KEPT,
        help="kind of network; only %(default)s is packaged, others are judged",
    )
    options.add_arguments(parser, epochs=EPOCHS)


def run(arguments: argparse.Namespace) -> int:
    """Train and write ``models/text-emotion``. Returns the exit code."""
    from converters.train.loop import begin

    begin(arguments.seed, arguments.threads)
    folder = arguments.runs / NAME
    sources = gather(arguments.data)
    material = taught(sources, folder / "teacher", arguments.seed)
    model = train(material, sources.held, arguments, folder / arguments.family)
    made = keep(folder / f"run-{arguments.family}", model, material, sources.held, arguments)
    if arguments.family == KEPT:
        finish(made, sources, arguments)
    else:
        quantise(made, None, method="ptq")
    return 0


def taught(sources: Sources, folder: Path, seed: int) -> Material:
    """All texts with the teacher's opinion mixed in."""
    from converters.train.text_teacher import Teacher

    every = [text for part in sources.parts.values() for text in part.words]
    teacher = Teacher(folder, sources.lesson(seed), every, seed)
    parts = [
        part.weighing(STUDENT_COUNTS.get(name, 1.0)).taught(*teacher.soft_labels(part.words), sources.share(name))
        for name, part in sources.parts.items()
    ]
    teacher.tidy()
    return balanced(joined(parts))


def train(material: Material, held: Mapping[str, Material], arguments: argparse.Namespace, folder: Path) -> Model:
    """The student, trained."""
    import tf_keras as keras

    from converters.train import text_network
    from converters.train.loop import fit
    from converters.train.text_heads import loss

    model = text_network.network(arguments.family)
    found, whose = text_network.read_whole(material.words)
    material = material.part(whose).weighing(1 / np.bincount(whose)[whose])
    looked = {name: text_network.read(part.words) for name, part in held.items()}
    fit(
        model,
        text_network.batches(found, material, BATCH, arguments.seed),
        options.plan_of(arguments, len(material) // BATCH, average=AVERAGE),
        folder,
        loss=loss,
        optimiser=keras.optimizers.Adam(RATE, jit_compile=False),
        validate=lambda trained: judged(held, lambda name: text_network.outputs(trained, looked[name])),
        watch="mean",
        rate=options.cosine(RATE, arguments.epochs, warm_up=WARM_UP),
    )
    return model


def keep(
    folder: Path,
    model: Model,
    material: Material,
    held: Mapping[str, Material],
    arguments: argparse.Namespace,
) -> Run:
    """The run folder: network, samples, and held-out texts of both languages."""
    from converters.run import Recipe, Run
    from converters.train import text_network

    chance = np.random.default_rng(arguments.seed)
    chosen = np.sort(chance.permutation(len(material))[:SAMPLES])
    judge = [part.part(np.nan_to_num(part.emotion).max(axis=1) > SURE) for part in held.values()]
    kept = joined([part.part(chance.permutation(len(part))[:VALIDATION]) for part in judge])
    recipe = Recipe(
        sense="text",
        name=NAME,
        task=TASK,
        family=arguments.family,
        seed=arguments.seed,
        version="2",
        licence="Apache-2.0",
        command=f"python -m converters train text --data DATA --epochs {arguments.epochs} --seed {arguments.seed}",
        labels=LABELS,
        inputs=((text_network.INPUT, UNIT),),
        outputs=OUTPUT_UNITS,
        data=DATA,
        notes=NOTES,
    )
    whole = text_network.network(arguments.family, "int32")
    whole.set_weights(model.get_weights())
    samples = {text_network.INPUT: text_network.read([material.words[i] for i in chosen])}
    truth = kept.emotion.argmax(axis=1).astype(np.int64)
    return Run.create(
        folder, recipe, whole, samples, {text_network.INPUT: text_network.read(kept.words), "truth": truth}
    )


def finish(made: Run, sources: Sources, arguments: argparse.Namespace) -> None:
    """Quantise, compare, measure, and write ``models/text-emotion`` with its heads and their thresholds."""
    from converters import out_of_domain, verify
    from converters.package import More, package_run
    from converters.tflite_file import TfliteFile
    from converters.train import text_network
    from converters.train.text_report import figures
    from converters.train.text_sureness import sureness

    models = arguments.models
    quantise(made, None, method="ptq")
    report = verify.verified(made)
    print(verify.table(report), flush=True)
    if report["failed"]:
        raise InputError("; ".join(report["failed"]), "Train again with another --seed")
    file = TfliteFile(made.tflite.read_bytes())

    def said(words: Sequence[str]) -> Mapping[str, NDArray[np.float32]]:
        return file.run({text_network.INPUT: text_network.read(words).astype(np.float32)})

    more = More.model_validate({**tables(), "heads": _heads(said, sources.held["goemotions"])})
    card = package_run(made, models, more)
    written = [part for name, part in sources.held.items() if name.endswith(" zh")]
    sure = sureness(lambda words: said(words)["logits"], card.temperature, written, sources.elsewhere, arguments.seed)
    domain = out_of_domain.of_package("text", made.folder, models)
    more = more.model_copy(update={"sureness": {"zh": sure}, "domain": domain})
    package_run(made, models, more)
    measured = figures(models, arguments.data, made.folder / "measured")
    package_run(made, models, more.model_copy(update={"metrics": tuple(measured)}))
    for figure in measured:
        print(f"{figure.on}: {figure.name} {figure.value} [{figure.low}, {figure.high}] n={figure.n}", flush=True)


def _heads(said: Callable[[Sequence[str]], Mapping[str, NDArray[np.float32]]], comments: Material) -> tuple[Head, ...]:
    thresholds = tuple(round(float(value), 2) for value in fine_thresholds(said(comments.words)["fine"], comments.fine))
    return (
        Head(name=FINE_HEAD, output="fine", labels=FINE, thresholds=thresholds),
        Head(name=AFFECT, output="affect", labels=("valence", "arousal")),
    )
