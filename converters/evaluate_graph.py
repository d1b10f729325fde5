"""``python -m converters graph``: does an event that the words tell of help the text model? On any labelled texts.

The packaged model and the device's graph read each line. Where an event is found, its likely emotions are mixed into
the model's answer with several weights (``edge/understanding/graph/evidence.py``), among all lines and among those of
which the model is unsure. A weight is worth having where accuracy rises and the log loss falls.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from converters import bootstrap
from converters.answers import LeftOut
from converters.datasets.labels import ours
from converters.evaluate_text import labelled
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.affect import EMOTIONS, Emotion, Language, Reading
from edge.errors import InputError
from edge.perception.text.language import detect_language
from edge.perception.text.perceiver import LABELS, TextPerceiver
from edge.perception.text.settings import TextSettings
from edge.sensors.signals import Utterance
from edge.understanding.graph.evidence import mixed
from edge.understanding.graph.graph import Event, find
from edge.understanding.graph.settings import GraphSettings

if TYPE_CHECKING:
    import argparse

    from numpy.typing import NDArray

WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
LEAST_P = 1e-3
"""Least probability in the log loss, so that one sure mistake does not decide."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line in which an event was found."""

    reading: Reading
    event: Event
    truth: Emotion


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``python -m converters graph``."""
    parser.add_argument(
        "--data", type=Path, required=True, help="JSON lines with text and label; see docs/evaluating.md"
    )
    parser.add_argument("--models", type=Path, default=Path("models"), help="the folder with one folder per model")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print the figures."""
    found = evaluate(arguments.models, arguments.data)
    print(json.dumps(found, ensure_ascii=False) if arguments.json else table(found))
    return 0


def evaluate(models: Path, data: Path) -> dict[str, Any]:
    """The figures of ``models``/text-emotion with the graph on the file ``data``.

    Raises:
        InputError: the file is not such a file, or no event is in it.
        ModelError: the model is missing or does not fit.
    """
    perceiver = TextPerceiver(TextSettings(), Models(models, Cpu()))
    perceiver.attach()
    rows: list[Row] = []
    lines = 0
    left_out = LeftOut()
    for text, label in labelled(data, left_out):
        word = ours(label, LABELS)
        if word is None:
            left_out.labels[label] += 1
            continue
        lines += 1
        events = find(text, detect_language(text))
        if events:
            reading = perceiver.perceive(Utterance(words=text, captured_ns=0))
            rows.append(Row(reading, events[0].event, Emotion(word)))
    if not rows:
        problem = f"{data} has {lines} lines with one of our labels, and no event in any of them"
        raise InputError(problem, "Give texts in which people tell what happened to them")
    below = GraphSettings().below
    read = [row for row in rows if row.reading.affect is not None]
    unsure = [row for row in read if row.reading.affect is not None and row.reading.affect.confidence < below]
    silent = [row for row in rows if row.reading.affect is None]
    return {
        "lines": lines,
        "found": len(rows),
        "event_alone": _share(rows),
        "all": _mixtures(read),
        "unsure": {"below": below, **_mixtures(unsure)},
        "abstained": {"n": len(silent), "event_alone": _share(silent)},
        "events": Counter(row.event.id for row in rows).most_common(10),
        "languages": sorted({str(row.reading.language or Language.EN) for row in read}),
        "left_out": left_out.as_json(),
    }


def _share(rows: list[Row]) -> float | None:
    """Share of rows whose label is what the event makes most likely."""
    return round(sum(row.event.emotion is row.truth for row in rows) / len(rows), 3) if rows else None


def _mixtures(rows: list[Row]) -> dict[str, Any]:
    """Accuracy and log loss with each weight; of accuracy what it gains over weight 0, with its 95 % interval."""
    if not rows:
        return {"n": 0, "weights": {}}
    right = np.zeros((len(WEIGHTS), len(rows)))
    loss = np.zeros_like(right)
    for column, row in enumerate(rows):
        for place, weight in enumerate(WEIGHTS):
            assert row.reading.affect is not None  # noqa: S101 - the caller chose such rows
            affect = mixed(row.reading.affect, row.event.feel, weight)
            right[place, column] = affect.label is row.truth
            loss[place, column] = -log(max(affect.probabilities[EMOTIONS.index(row.truth)], LEAST_P))

    def gains(weights: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        return {"gain": weights @ (right - right[0]).T / weights.sum(axis=1, keepdims=True)}

    low, high = bootstrap.intervals(gains, len(rows))["gain"]
    return {
        "n": len(rows),
        "weights": {
            str(weight): {
                "accuracy": round(float(right[place].mean()), 3),
                "gain": [round(float(low[place]), 3), round(float(high[place]), 3)],
                "log_loss": round(float(loss[place].mean()), 3),
            }
            for place, weight in enumerate(WEIGHTS)
        },
    }


def table(found: dict[str, Any]) -> str:
    """The figures for a reader."""
    lines = [
        f"{found['found']} of {found['lines']} lines tell of an event.",
        f"The likeliest emotion of the event alone is right in {found['event_alone']:.3f} of them.",
        f"Most often: {', '.join(f'{name} {count}' for name, count in found['events'])}.",
    ]
    for title, part in (
        ("all of them", found["all"]),
        (f"the model unsure (below {found['unsure']['below']})", found["unsure"]),
    ):
        lines += [
            "",
            f"{title}: {part['n']} lines",
            f"{'weight':>7} {'accuracy':>9} {'gain, 95 %':>17} {'log loss':>9}",
        ]
        lines += [
            f"{weight:>7} {row['accuracy']:9.3f} {row['gain'][0]:+8.3f} {row['gain'][1]:+8.3f} {row['log_loss']:9.3f}"
            for weight, row in part["weights"].items()
        ]
    silent = found["abstained"]
    if silent["n"]:
        lines += ["", f"The model abstains on {silent['n']}; the event alone is right in {silent['event_alone']:.3f}."]
    return "\n".join(lines)
