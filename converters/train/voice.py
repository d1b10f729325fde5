"""Trains ``models/voice-emotion``: five folds that leave two speakers out each, for the figures; then all speakers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.datasets.voice import LABELS, Clip, read_clips, speaker_folds
from converters.datasets.voice_windows import Recordings, alter, analyse, draw, load, save
from converters.metrics import fit_temperature
from converters.package import package
from converters.quantise import to_int8
from converters.train import voice_linear
from converters.train.voice_judge import judge, metrics, together
from converters.train.voice_network import network, with_linear
from edge.accelerators.card import CARD_FILE, MODEL_FILE, Card, Metric
from edge.perception.voice.inputs import SHAPES, UNITS, Inputs
from edge.perception.voice.perceiver import MODEL as NAME
from edge.perception.voice.perceiver import TASK

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float32]

VARIANTS = 5
"""Altered recordings of each clip."""
EPOCHS = 26
BATCH = 32
RATE = 2e-3
"""Peak learning rate of Adam; it falls to zero along a cosine."""
SMOOTHING = 0.1
MIXUP = 0.2
"""Parameter of the Beta distribution of mixed pairs (Zhang et al., mixup, 2018)."""
DRAWS = 2
"""Windows of each clip in an epoch."""
CALIBRATION_WINDOWS = 300
SEED = 1
LEFT_OUT = "EMO-DB, speakers left out in pairs (five folds), whole clips, int8 through the device's code"
CROSS = "nEMO (Polish, 9 speakers, never trained on), whole clips, int8 through the device's code"
DATA = (
    (
        "EMO-DB (Berlin, CC0-1.0): all 535 clips of 10 speakers; for the figures five models"
        " that each leave speakers k and k + 5 out"
    ),
    "nEMO (CC BY-NC-SA 4.0): evaluated only, never trained on",
)
NOTES = (
    (
        "Acted German speech of ten speakers in a studio: people at home or in a car show less, otherwise. The figure"
        " on another corpus and language is what to expect there at best, not the figure on EMO-DB."
    ),
    "Seven labels: surprise is not among them, so the voice tells nothing about it; boredom is folded into neutral.",
    (
        "Reacts most to vocal effort, pace and pitch. Happy and angry, both lively, are easily mixed up; on another"
        " corpus much comes out neutral (see the recalls): a lack of feeling heard is no proof of none."
    ),
    "Two numbers of the linear part (penalty, share) were chosen on the folds: EMO-DB figures flatter by about 0.01.",
    "The level of the recording is taken away; its colour (microphone, room) is not, and shifts the result.",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``python -m converters train voice``."""
    parser.add_argument("--data", type=Path, required=True, help="folder with voice/manifest.csv")
    parser.add_argument("--models", type=Path, default=Path("models"), help="where voice-emotion/ is written")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="where work is kept, to go on after a break")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="passes over the clips")


def run(arguments: argparse.Namespace) -> int:
    """Train, judge, and write the package. What is in the runs folder already is not made again."""
    data = arguments.data / "voice" if (arguments.data / "voice").is_dir() else arguments.data
    runs = arguments.runs / "voice"
    runs.mkdir(parents=True, exist_ok=True)
    clips = read_clips(data, "emodb")
    recordings = _recordings(clips, runs / "recordings.npz")
    usable = np.unique(recordings.source)
    parts = []
    for number, pair in enumerate(speaker_folds(clips), start=1):
        seen = np.array([index for index in usable if clips[index].speaker not in pair])
        folder = _trained(recordings, clips, seen, arguments.epochs, runs / f"fold{number}")
        parts.append(judge(folder, [clip for clip in clips if clip.speaker in pair]))
    held_out = together(parts)
    temperature = fit_temperature(held_out.window_logits, held_out.window_truth)
    final = _trained(recordings, clips, usable, arguments.epochs, runs / "final")
    figures = metrics(held_out, temperature, LEFT_OUT, seven=True)
    figures += metrics(judge(final, read_clips(data, "nemo")), temperature, CROSS, seven=False)
    tflite = (final / NAME / MODEL_FILE).read_bytes()
    card = _package(arguments.models / NAME, tflite, temperature, figures)
    for figure in card.metrics:
        span = "" if figure.low is None else f" [{figure.low:.3f}, {figure.high:.3f}]"
        print(f"{figure.name} {figure.value:.3f}{span}  {figure.on}, {figure.n} rows")
    print(f"temperature {card.temperature}, {card.bytes} bytes, {card.parameters} parameters, {card.macs} MACs")
    return 0


def _recordings(clips: list[Clip], path: Path) -> Recordings:
    """All clips and their variants, from ``path`` when they were made before."""
    if not path.is_file():
        print(f"making {VARIANTS} variants of each of {len(clips)} recordings (about 3 minutes, once)")
        save(analyse(clips, VARIANTS, SEED), path)
    return load(path)


def _trained(recordings: Recordings, clips: list[Clip], chosen: Ints, epochs: int, folder: Path) -> Path:
    """``folder`` with the package of a network trained on ``chosen`` clips; made only if it isn't there yet."""
    if not (folder / NAME / CARD_FILE).is_file():
        folder.mkdir(parents=True, exist_ok=True)
        model = with_linear(
            train(recordings, clips, chosen, epochs, folder), *voice_linear.fit(recordings, clips, chosen, SEED)
        )
        tflite = to_int8(model, _samples(recordings, chosen, np.random.default_rng(SEED)))
        _package(folder / NAME, tflite, 1.0, ())
    return folder


def _package(folder: Path, tflite: bytes, temperature: float, figures: Sequence[Metric]) -> Card:
    return package(
        folder,
        tflite,
        task=TASK,
        version="1",
        licence="Apache-2.0",
        command="python -m converters train voice --data DATA --models models --runs runs",
        labels=LABELS,
        units=_units(tflite),
        output_units=[("logits", "log-odds up to a constant, before the temperature")],
        temperature=temperature,
        data=DATA,
        notes=NOTES,
        metrics=figures,
    )


def _units(tflite: bytes) -> list[tuple[str, str]]:
    """Name and unit of the inputs in the file's order, which the converter chooses: told by their shapes."""
    from ai_edge_litert.interpreter import Interpreter

    names = {shape: name for name, shape in SHAPES.items()}
    details = Interpreter(model_content=tflite).get_input_details()
    return [(name, UNITS[name]) for name in (names[tuple(int(n) for n in detail["shape"])] for detail in details)]


def train(recordings: Recordings, clips: list[Clip], chosen: Ints, epochs: int, folder: Path) -> Any:  # noqa: ANN401
    """The ``tf_keras.Model`` trained on the recordings of the clips whose numbers are ``chosen``.

    Its weights are kept in ``folder``, and taken from there when they were trained before.
    """
    os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
    import tensorflow as tf
    from tqdm import tqdm

    tf.keras.utils.set_random_seed(SEED)
    random = np.random.default_rng(SEED)
    steps = len(chosen) * DRAWS // BATCH
    model = network(len(LABELS))
    model.compile(
        tf.keras.optimizers.Adam(tf.keras.optimizers.schedules.CosineDecay(RATE, steps * epochs)),
        tf.keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=SMOOTHING),
    )
    weights = folder / "trained.weights.h5"
    if weights.is_file():
        model.load_weights(weights)
        return model
    batches = _batches(recordings, clips, chosen, random)
    progress = tqdm(range(epochs), desc=folder.name, unit="epoch", mininterval=5)
    for _ in progress:
        losses = [model.train_on_batch(*next(batches)) for _ in range(steps)]
        progress.set_postfix(loss=f"{np.mean(losses):.3f}")
    model.save_weights(weights)
    return model


def _batches(
    recordings: Recordings, clips: list[Clip], chosen: Ints, random: np.random.Generator
) -> Iterator[tuple[list[Floats], Floats]]:
    """Inputs [(BATCH, …), (BATCH, …)] and targets (BATCH, labels), every label equally often, without end."""
    made = [np.flatnonzero(recordings.source == clip) for clip in chosen]
    labels = np.array([LABELS.index(clips[clip].label) for clip in chosen])
    share = 1.0 / np.bincount(labels, minlength=len(LABELS))[labels]
    inputs = Inputs()
    images = np.zeros((BATCH, *SHAPES["spectrogram"][1:]), np.float32)
    numbers = np.zeros((BATCH, *SHAPES["functionals"][1:]), np.float32)
    while True:
        batch = random.choice(len(chosen), BATCH, p=share / share.sum())
        for row, index in enumerate(batch):
            draw(recordings, int(random.choice(made[index])), random, inputs)
            images[row], numbers[row] = (part[0] for part in inputs.ordered(("spectrogram", "functionals")))
            alter(images[row : row + 1], random)
        yield _mixed(images, numbers, labels[batch], random)


def _mixed(images: Floats, numbers: Floats, labels: Ints, random: np.random.Generator) -> tuple[list[Floats], Floats]:
    """Each window mixed with another of the batch, and the targets mixed alike."""
    part = random.beta(MIXUP, MIXUP, len(labels)).astype(np.float32)[:, None]
    other = random.permutation(len(labels))
    targets = np.eye(len(LABELS), dtype=np.float32)[labels]

    def mix(values: Floats) -> Floats:
        weight = part.reshape(-1, *[1] * (values.ndim - 1))
        return values * weight + values[other] * (1 - weight)

    return [mix(images), mix(numbers)], mix(targets)


def _samples(recordings: Recordings, chosen: Ints, random: np.random.Generator) -> Iterator[tuple[Floats, ...]]:
    """Unaltered windows of random recordings, for the ranges of quantisation."""
    for index in random.choice(np.flatnonzero(np.isin(recordings.source, chosen)), CALIBRATION_WINDOWS):
        inputs = Inputs()
        draw(recordings, int(index), random, inputs)
        yield tuple(inputs.arrays.values())
