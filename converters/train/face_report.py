"""From a finished run of the expression net to the folder under ``models/``: quantise, verify, package, measure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from converters import metrics, out_of_domain
from converters.datasets.face import FILE, NAMES, Faces, load
from converters.evaluate_face import evaluate
from converters.package import More, package_run
from converters.train.face_families import FILE as FAMILIES_FILE
from converters.train.face_families import read as read_families
from converters.train.face_tries import TRIES
from edge.accelerators.card import Card, Metric
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.perception.face import expression
from edge.perception.face.expression import Expression
from edge.perception.face.perceiver import FacePerceiver
from edge.perception.face.settings import FaceSettings
from edge.sensors.signals import Frame

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from converters.run import Run

    Figure = Callable[[NDArray[np.int64], NDArray[np.int64]], float]

LOST = 0.005
"""Validation accuracy that post-training quantisation may lose before the aware one is tried as well."""
WALKED = 800
"""PublicTest chips that also walk the whole device path."""
PUBLIC = "FER2013 PublicTest without exact copies of training pictures"
TRUTHS = {"ferplus": "FER+ majority", "label": "FER2013's own labels"}
TITLES = {
    "accuracy": "accuracy",
    "macro_f1": "macro-F1",
    "uar": "unweighted average recall",
    "ece": "expected calibration error",
    "coverage_at_precision_90": "coverage at 90 % precision",
}


def finish(opened: Run, data: Path, models: Path) -> Card:
    """Write ``models/face-expression`` for a finished run. Needs the detector's and the mesh's files in ``models``.

    PublicTest is looked at here and nowhere before.
    """
    from converters import onnx_file, verify
    from converters.quantise import quantise
    from converters.train.face import fine_tuning

    made = quantise(opened, None, method="ptq")
    if made.float_value - made.int8_value > LOST:
        quantise(opened, fine_tuning(opened, data), method="auto")
    onnx_file.make(opened)
    verify.verified(opened)
    families = read_families(opened.folder.parent / FAMILIES_FILE)
    package_run(opened, models, More())
    domain = out_of_domain.of_package("face", opened.folder, models)
    package_run(opened, models, More(domain=domain))
    figures = (*measured(models, data), *walked(models, load(data).test))
    card = package_run(opened, models, More(metrics=figures, families=families, tries=TRIES, domain=domain))
    for metric in card.metrics:
        print(f"{metric.name:50} {metric.value:.4f}  {metric.on}")
    return card


def measured(models: Path, data: Path) -> list[Metric]:
    """What ``converters evaluate face`` says of PublicTest, by both truths."""
    return [
        metric
        for truth, title in TRUTHS.items()
        for metric in as_metrics(
            evaluate(models, data / FILE, truth=truth, usage="PublicTest"), f"{PUBLIC}, {title}; int8"
        )
    ]


def as_metrics(found: dict[str, Any], on: str) -> list[Metric]:
    """Figures of ``converters.metrics.result`` as those of a card: the whole, then recall and precision by label."""
    whole = [
        Metric(name=title, value=found[name], low=ends[0], high=ends[1], on=on, n=found["n"])
        for name, title in TITLES.items()
        for ends in (found["intervals"][name],)
    ]
    parts = [
        Metric(name=f"{kind} of {label}", value=row[kind], low=ends[0], high=ends[1], on=on, n=row["n"])
        for kind in ("recall", "precision")
        for label, row in found["per_class"].items()
        for ends in (found["intervals"]["per_class"][label][kind],)
    ]
    return whole + parts


def walked(models: Path, test: Faces) -> list[Metric]:
    """How the whole device path (detect, fit, align, classify) does on chips that are given as small pictures."""
    known = test.take(test.ferplus >= 0)
    rows = np.random.default_rng(0).permutation(len(known.images))[:WALKED]
    images, truth = known.images[rows], known.ferplus[rows]
    net = Expression(Models(models, Cpu()).load(expression.NAME, expression.TASK, expression.LABELS))
    direct = np.array([net.logits(image).argmax() for image in images])
    said = perceived(models, images)
    read = said >= 0
    on = f"{PUBLIC}, 48-pixel chips through FacePerceiver; int8"
    same = f"{PUBLIC}, FER+ majority; int8, the same rows"
    return [
        Metric(name="part that the device path reads", value=_rounded(float(read.mean())), on=on, n=len(rows)),
        _figure("agreement with the chip given directly", metrics.accuracy, direct[read], said[read], on),
        _figure("accuracy where read", metrics.accuracy, truth[read], said[read], f"{on}, FER+ majority"),
        _figure("accuracy of the chip given directly", metrics.accuracy, truth[read], direct[read], same),
    ]


def perceived(models: Path, images: NDArray[np.uint8]) -> NDArray[np.int64]:
    """(n,) index of the emotion that the device path reads in each (48, 48) uint8 chip; -1 where it reads none."""
    perceiver = FacePerceiver(FaceSettings(redetect_s=0), Models(models, Cpu()))
    perceiver.attach()
    said = np.full(len(images), -1)
    for index, image in enumerate(images):
        reading = perceiver.perceive(Frame(np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8), 0))
        if reading.affect is not None:
            said[index] = NAMES.index(reading.affect.label)
    perceiver.stop()
    return said


def _figure(name: str, figure: Figure, truth: NDArray[np.int64], said: NDArray[np.int64], on: str) -> Metric:
    low, high = metrics.interval(figure, truth, said)
    value = figure(truth, said)
    return Metric(name=name, value=_rounded(value), low=_rounded(low), high=_rounded(high), on=on, n=len(truth))


def _rounded(value: float) -> float:
    return round(float(value), 4)
