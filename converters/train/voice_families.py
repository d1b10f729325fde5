"""Kinds of network compared on the folds: the same size, the same training, the spectrogram alone, no linear part."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.audit import audit
from converters.tflite_file import TfliteFile
from converters.train.voice_fold import PACKAGED
from converters.train.voice_folds import left_out
from converters.train.voice_judge import metrics
from converters.train.voice_network import FAMILIES
from edge.accelerators.card import Family, read_card
from edge.perception.voice.perceiver import MODEL as NAME

if TYPE_CHECKING:
    from pathlib import Path

    from converters.datasets.voice import Clip
    from converters.datasets.voice_windows import Windows
    from converters.run import Run
    from converters.train.voice_fold import Design

FILE = "families.json"
ON = "EMO-DB, speakers left out in pairs (five folds), whole clips, int8; the network alone, without the linear part"
FIGURES = ("uar-7", "uar-4")
TIMED = 100
"""Invocations whose median time is told."""


def compare(design: Design, clips: list[Clip], windows: Windows, runs: Path) -> None:
    """Train each family on the five folds as ``design`` says; figures go to ``runs``/families.json as they come."""
    for name in FAMILIES:
        if name in {family.name for family in measured(runs)}:
            continue
        one = replace(design, families=(name,), share=1.0, linear=False)
        made, judged = left_out(one, clips, windows, runs / "families" / name.replace(" ", "-"))
        card = read_card(runs / "families" / name.replace(" ", "-") / "fold1" / PACKAGED / NAME)
        found = {metric.name: metric.value for metric in metrics(judged, card, ON, seven=True)}
        figures = {name: found[name] for name in FIGURES}
        family = _family(name, made[0], figures, f"{ON}; {design.epochs} epochs")
        text = _text([*measured(runs), family])
        part = runs / f"part-{FILE}"
        part.write_text(text, encoding="utf-8")
        part.replace(runs / FILE)
        print(_text([family]), flush=True)


def measured(runs: Path) -> tuple[Family, ...]:
    """The families that were compared already."""
    path = runs / FILE
    if not path.is_file():
        return ()
    return tuple(Family.model_validate(row) for row in json.loads(path.read_text(encoding="utf-8")))


def _family(name: str, run: Run, figures: dict[str, float], on: str) -> Family:
    content = run.tflite.read_bytes()
    found = audit(content)
    return Family(
        name=name,
        parameters=found.parameters,
        bytes=len(content),
        macs=found.macs,
        ms=_milliseconds(content, {key: array[:1] for key, array in run.samples().items()}),
        figures=figures,
        on=on,
    )


def _milliseconds(content: bytes, row: dict[str, Any]) -> float:
    file = TfliteFile(content)
    taken = []
    for _ in range(TIMED):
        began = time.perf_counter()
        file.run(row)
        taken.append(time.perf_counter() - began)
    return round(1000 * float(np.median(taken)), 3)


def _text(families: list[Family]) -> str:
    return json.dumps([family.model_dump() for family in families], indent=1)
