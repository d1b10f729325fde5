"""Trains the generator of voices and faces and its rival, compares them on who was held out, packages the better."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.audit import audit
from converters.expression import faces, plots, report, voices
from converters.expression.card import DATA, NOTES, metrics, tries
from converters.expression.export import network, samples
from converters.expression.trained import FAMILIES, SEEDS, SIDES, halves
from converters.expression.vectors import Vectors
from converters.golden import make
from converters.package import dumps
from converters.tflite_file import TfliteFile
from edge.accelerators.card import CARD_FILE, MODEL_FILE, Card, Tensor
from edge.accelerators.cpu import Cpu
from edge.accelerators.fetch import put
from edge.response.drawn import LABELS, NAME, TASK

if TYPE_CHECKING:
    import argparse

    from converters.expression.trained import Family, Halves, Side

COMMAND = "python -m converters train expression --data DIR"
VERSION = "1"
UNITS = {
    "noise": "standard normal, cut off at -3 and 3; the first half makes the voice, the second the face",
    "emotion": "1 at the label's place, else 0",
    "voice": "pitch, melody, rate, effort, pause: doublings over the speaker's usual",
    "face": "brows, inner brows, lids, smile, mouth: 0 rest, -1 and 1 the extremes of faces",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``python -m converters train expression``."""
    parser.add_argument("--data", type=Path, required=True, help="folder with face/ and voice/")
    parser.add_argument("--models", type=Path, default=Path("models"), help="where expression/ is written")
    parser.add_argument("--runs", type=Path, default=Path("runs/expression"), help="what is measured and trained stays")
    parser.add_argument("--plots", type=Path, metavar="FOLDER", help="also draw the figures, as SVG")
    parser.add_argument("--seed", type=int, default=0, help="first of three, of weights, order, noise and tests")
    parser.add_argument("--threads", type=int, default=1, help="of TensorFlow (%(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Measure, train, compare, write. What is in --runs is taken up. Exit 0 when done; sign the models afterwards."""
    from converters.train.loop import begin

    runs: Path = arguments.runs
    vectors = measured(arguments.data, arguments.models, runs)
    begin(arguments.seed, arguments.threads)
    seeds = range(arguments.seed, arguments.seed + SEEDS)
    made: Halves = {
        side: {family: [halves(side, family, vectors[side], runs, seed) for seed in seeds] for family in FAMILIES}
        for side in SIDES
    }
    found = report.figures(vectors, made, arguments.seed)
    best = report.winner(found)
    (runs / "report.json").write_text(json.dumps({"best": best, "found": found}, indent=1), encoding="utf-8")
    print(report.table(found))
    if arguments.plots is not None:
        plots.draw(found, vectors, made, best, arguments.plots)
    card = write(arguments.models / NAME, made, best, found)
    print(f"{arguments.models / NAME}: {best}, {card.bytes / 1024:.0f} KiB; sign the models now (docs/signing.md)")
    return 0


def measured(data: Path, models: Path, runs: Path) -> dict[Side, Vectors]:
    """The vectors of both sides; measured where ``runs`` has them not yet."""
    found: dict[Side, Vectors] = {}
    for side in SIDES:
        path = runs / f"{side}.npz"
        if not path.is_file():
            (voices.read(data) if side == "voice" else faces.read(data, models)).save(path)
        found[side] = Vectors.load(path)
    return found


def write(folder: Path, made: Halves, best: Family, found: dict[Side, report.Figures]) -> Card:
    """The int8 file, its golden vector and its card in ``folder``."""
    from converters.quantise import to_int8

    voice, face = (made[side][best][0]["all"] for side in SIDES)
    content = to_int8(network(voice, face), samples())
    put(folder / MODEL_FILE, content)
    session, file, audited = Cpu().open(folder / MODEL_FILE), TfliteFile(content), audit(content)
    steps = {name: spec.scale for spec, name in zip(session.outputs, file.outputs, strict=True)}
    card = Card(
        name=NAME,
        task=TASK,
        version=VERSION,
        date=dt.datetime.now(tz=dt.UTC).strftime("%Y-%m-%d"),
        licence="Apache-2.0",
        command=COMMAND,
        sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
        parameters=int(sum(np.count_nonzero(array) for half in (voice, face) for array in half.numbers())),
        macs=audited.macs,
        labels=LABELS,
        inputs=tuple(_tensor(spec, name) for spec, name in zip(session.inputs, file.inputs, strict=True)),
        outputs=tuple(_tensor(spec, name) for spec, name in zip(session.outputs, file.outputs, strict=True)),
        data=DATA,
        notes=NOTES,
        metrics=tuple(metrics(found, best, file, (voice, face), steps)),
        tries=tuple(tries(found, best)),
        arena_bytes=audited.arena_bytes,
        edge_tpu=audited.card(),
    )
    card = card.model_copy(update={"golden": make(folder, card)})
    put(folder / CARD_FILE, dumps(card))
    return card


def _tensor(spec: Any, name: str) -> Tensor:  # noqa: ANN401 - TensorSpec of any session
    return Tensor(
        name=name, shape=spec.shape, dtype=spec.dtype, scale=spec.scale, zero_point=spec.zero_point, unit=UNITS[name]
    )
