"""From the trained expression net to the folder under ``models/``: quantise, calibrate, measure, say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from converters import metrics
from converters.datasets.face import NAMES, Faces, Split
from converters.package import package
from converters.quantise import to_int8
from edge.accelerators.card import Card, Metric
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Model, Models
from edge.perception.face.expression import NAME, TASK
from edge.perception.face.perceiver import FacePerceiver
from edge.perception.face.settings import FaceSettings
from edge.sensors.signals import Frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Figure = Callable[[NDArray[np.int64], NDArray[np.int64]], float]

SAMPLES = 400
"""Training chips that set the ranges of the activations."""
WALKED = 800
"""PublicTest chips that also walk the whole device path."""
PUBLIC = "FER2013 PublicTest without exact copies of training pictures"
DATA = (
    "FER2013 Training (28,558 pictures, 8 % of them held out for the temperature); the pictures' licence is unclear",
    "FER+ votes for the same pictures (Microsoft, MIT); contempt, unknown and no-face dropped, lone votes dropped",
)
NOTES = (
    "The pictures of FER2013 were collected by web search; who holds rights in them is unclear.",
    "FER+ has almost no disgust (191 of 28,558) and little fear (652). Both lean on FER2013's own search-word labels.",
    "FER+ and FER2013's labels agree on only 63 % of pictures, so no figure on either can come near 100 %.",
    "Expect disgust to be told as anger and fear as surprise; the recalls say how often they are found.",
    "Accuracy per age, sex or skin tone was not measured.",
    "An expression is not a feeling: the net tells what people would say of the picture.",
    "A textured cover (a scarf, a hand) over part of the face is not noticed.",
)


def finish(net: Any, split: Split, models: Path, command: str) -> Card:  # noqa: ANN401 - tf_keras has no types
    """Write ``models/face-expression`` for a trained ``net`` and give its card. Needs the detector's files in place."""
    folder = models / NAME
    tflite = to_int8(net, samples(split.training))
    _write(folder, tflite, command, 1.0, ())
    known = split.held_out.take(split.held_out.ferplus >= 0)
    temperature = metrics.fit_temperature(int8_logits(folder, known.images), known.ferplus)
    _write(folder, tflite, command, temperature, ())
    figures = [*measured(folder, net, split.test), *walked(models, split.test)]
    return _write(folder, tflite, command, temperature, figures)


def samples(training: Faces) -> Iterator[tuple[NDArray[np.float32], ...]]:
    """Typical inputs of the net, one chip at a time."""
    for row in np.random.default_rng(0).permutation(len(training.images))[:SAMPLES]:
        yield (training.images[row][None, ..., None].astype(np.float32),)


def int8_logits(folder: Path, images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(n, 7) logits of the packaged file, by the device's own loader and interpreter."""
    model = Model(folder, Cpu(), TASK, NAMES)
    rows = [model.run(image[None, ..., None].astype(np.float32))[0][0] for image in images]
    return np.array(rows, np.float64)


def measured(folder: Path, net: Any, test: Faces) -> list[Metric]:  # noqa: ANN401
    """Figures of the int8 file on PublicTest, beside those of the float net."""
    from converters.train.face import logits_of

    card = Model(folder, Cpu(), TASK, NAMES).card
    by_votes, by_word = test.take(test.ferplus >= 0), test.take(test.fer >= 0)
    logits = int8_logits(folder, by_votes.images)
    said, truth = logits.argmax(axis=1), by_votes.ferplus
    votes = f"{PUBLIC}, FER+ majority; int8"
    words = f"{PUBLIC}, FER2013's own labels; int8"
    word_said = int8_logits(folder, by_word.images).argmax(axis=1)
    float_said = logits_of(net, by_votes.images).argmax(axis=1)
    recalls = metrics.recalls(truth, said, len(NAMES))
    support = np.bincount(truth, minlength=len(NAMES))
    error = metrics.calibration_error(metrics.softmax(logits, card.temperature), truth)
    return [
        _figure("accuracy", metrics.accuracy, truth, said, votes),
        _figure("macro-F1", metrics.macro_f1, truth, said, votes),
        *(
            Metric(name=f"recall of {name}", value=_rounded(recall), on=votes, n=int(n))
            for name, recall, n in zip(NAMES, recalls, support, strict=True)
        ),
        Metric(name="expected calibration error", value=_rounded(error), on=votes, n=len(truth)),
        _figure("accuracy", metrics.accuracy, truth, float_said, votes.replace("int8", "float, for comparison")),
        _figure("accuracy", metrics.accuracy, by_word.fer, word_said, words),
        _figure("macro-F1", metrics.macro_f1, by_word.fer, word_said, words),
    ]


def walked(models: Path, test: Faces) -> list[Metric]:
    """How the whole device path (detect, fit, align, classify) does on chips that are given as small pictures."""
    known = test.take(test.ferplus >= 0)
    rows = np.random.default_rng(0).permutation(len(known.images))[:WALKED]
    direct = int8_logits(models / NAME, known.images[rows]).argmax(axis=1)
    perceiver = FacePerceiver(FaceSettings(), Models(models, Cpu()))
    perceiver.attach()
    said = np.full(len(rows), -1)
    for index, image in enumerate(known.images[rows]):
        reading = perceiver.perceive(Frame(np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8), 0))
        if reading.affect is not None:
            said[index] = NAMES.index(reading.affect.label)
    perceiver.stop()
    read, truth = said >= 0, known.ferplus[rows]
    on = f"{PUBLIC}, 48-pixel chips through FacePerceiver; int8"
    return [
        Metric(name="part that the device path reads", value=_rounded(float(read.mean())), on=on, n=len(rows)),
        _figure("agreement with the chip given directly", metrics.accuracy, direct[read], said[read], on),
        _figure("accuracy where read", metrics.accuracy, truth[read], said[read], f"{on}, FER+ majority"),
        _figure(
            "accuracy of the chip given directly, same rows",
            metrics.accuracy,
            truth[read],
            direct[read],
            f"{PUBLIC}; int8",
        ),
    ]


def _figure(name: str, figure: Figure, truth: NDArray[np.int64], said: NDArray[np.int64], on: str) -> Metric:
    low, high = metrics.interval(figure, truth, said)
    value = figure(truth, said)
    return Metric(name=name, value=_rounded(value), low=_rounded(low), high=_rounded(high), on=on, n=len(truth))


def _rounded(value: float) -> float:
    return round(float(value), 4)


def _write(folder: Path, tflite: bytes, command: str, temperature: float, figures: Sequence[Metric]) -> Card:
    return package(
        folder,
        tflite,
        task=TASK,
        version="1",
        licence="Apache-2.0",
        command=command,
        labels=NAMES,
        units=[("face", "grey level 0 to 255, upright, framed as FER2013 (edge.perception.face.expression)")],
        output_units=[("logits", "logit of each label, before the temperature")],
        temperature=temperature,
        data=DATA,
        notes=NOTES,
        metrics=figures,
    )
