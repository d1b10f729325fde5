"""Reads labelled texts from any file of JSON lines and has the packaged text model judge them, by the device's code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from converters import bootstrap, metrics_multilabel
from converters.answers import NO_LABEL, UNKNOWN, Answers, LeftOut, figures, named, with_progress
from converters.datasets.labels import normal, ours
from converters.figures import pearson
from converters.metrics import softmax
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.affect import Affect
from edge.errors import InputError
from edge.perception.text.perceiver import LABELS, NAME, TASK, TextPerceiver
from edge.perception.text.settings import TextSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from edge.accelerators.card import Card, Head

REMEDY = "Give one JSON object a line, with text and label; see docs/evaluating.md"
SEVERAL = "more than one label"
NO_NUMBERS = "no valence and arousal"
AFFECT = ("valence", "arousal")
LEAST = 3
"""Rows that a correlation needs at least."""


@dataclass(frozen=True, slots=True)
class Line:
    """One good line of the file: its number, its text, and the whole object."""

    number: int
    text: str
    row: dict[str, Any]

    def said(self, first: str, otherwise: str) -> list[str]:
        """The strings under one key, or under the other where there is no such key: one or a list of them."""
        found = self.row.get(first, self.row.get(otherwise))
        return [label for label in (found if isinstance(found, list) else [found]) if isinstance(label, str)]


def evaluate(models: Path, data: Path, *, head: str = "emotion", classes: Sequence[str] = ()) -> dict[str, Any]:
    """The figures of one head of ``models``/text-emotion on the file ``data``.

    Args:
        models: the folder with one folder per model.
        data: JSON lines in UTF-8: ``text``, and ``label`` (a string, or a list for several), or ``valence`` and
            ``arousal``.
        head: "emotion" (one of the seven a row), "fine" (several of the fine labels a row), "affect" (correlation).
        classes: score only rows of these labels, for "emotion".

    Raises:
        InputError: the file is not such a file, or the model has no such head.
        ModelError: the model is missing or does not fit.
    """
    if classes and head != "emotion":
        problem = f"--classes was given with --head {head}"
        raise InputError(problem, "Leave --classes out: it is for --head emotion")
    if head == "emotion":
        return figures(answers(models, data), classes)
    return (fine if head == "fine" else affect)(models, data)


def answers(models: Path, data: Path) -> Answers:
    """What the model says of each line with one label. Raises as ``evaluate`` does."""
    card, perceiver = _model(models)
    left_out = LeftOut()
    place = card.place("logits")
    logits, words, sureness = [], [], []
    for line in _lines(data, left_out):
        labels = line.said("label", "labels")
        if len({normal(label) for label in labels}) > 1:
            left_out.add(SEVERAL)
        elif (word := named(next(iter(labels), None), card, left_out)) is not None:
            logits.append(perceiver.outputs(line.text)[place][0])
            sureness.append(perceiver.sureness(line.text))
            words.append(word)
    return Answers(card, np.array(logits, np.float64), tuple(words), left_out, sureness=np.array(sureness))


def texts(data: Path) -> list[str]:
    """The texts of such a file, labelled or not. Raises InputError as ``evaluate`` does."""
    return [line.text for line in _lines(data, LeftOut())]


def labelled(data: Path, left_out: LeftOut) -> Iterator[tuple[str, str]]:
    """Text and label of each line that has one label. Raises InputError as ``evaluate`` does."""
    for line in _lines(data, left_out):
        labels = line.said("label", "labels")
        if len({normal(label) for label in labels}) == 1:
            yield line.text, labels[0]
        else:
            left_out.add(SEVERAL if labels else NO_LABEL)


def fine(models: Path, data: Path) -> dict[str, Any]:
    """The figures of the fine-grained head, several labels a row. Raises as ``evaluate`` does."""
    card, perceiver = _model(models)
    head = card.head("fine")
    if head is None:
        there = ", ".join(other.name for other in card.heads) or "none but its labels"
        problem = f"the model {card.name} has no head 'fine', it has {there}"
        raise InputError(problem, "Leave --head out, or train a model that has one")
    left_out = LeftOut()
    place = card.place(head.output)
    logits, truth = [], []
    for line in _lines(data, left_out):
        labels = line.said("labels", "label")
        known = [_fine_label(label, head) for label in labels]
        for label, word in zip(labels, known, strict=True):
            if word is None:
                left_out.labels[label] += 1
        row = np.isin(head.labels, [word for word in known if word is not None])
        if not row.any():
            left_out.add(UNKNOWN if labels else NO_LABEL)
            continue
        logits.append(perceiver.outputs(line.text)[place][0])
        truth.append(row)
    _require_rows(data, len(truth), 1, "a label of the fine-grained head")
    there = np.any(truth, axis=0)
    present = [label for label, is_there in zip(head.labels, there, strict=True) if is_there]
    probabilities = metrics_multilabel.sigmoid(np.array(logits, np.float64))[:, there]
    thresholds = np.array(head.thresholds or [0.5] * len(head.labels))[there]
    found = metrics_multilabel.result(probabilities, thresholds, np.array(truth)[:, there], present)
    return found | _about(card, left_out)


def affect(models: Path, data: Path) -> dict[str, Any]:
    """How valence and arousal correlate with people's. Raises as ``evaluate`` does.

    A model without such a head gives those of its seven probabilities, as ``edge.affect.Affect.of`` has them.
    """
    card, perceiver = _model(models)
    head = card.head("affect")
    left_out = LeftOut()
    said, truth = [], []
    for line in _lines(data, left_out):
        numbers = [line.row.get(name) for name in AFFECT]
        if not all(_is_number(number) for number in numbers):
            left_out.add(NO_NUMBERS)
            continue
        found = perceiver.outputs(line.text)
        sure = perceiver.sureness(line.text)
        said.append(_circumplex(found, card, sure) if head is None else found[card.place(head.output)][0].tolist())
        truth.append(numbers)
    _require_rows(data, len(truth), LEAST, "valence and arousal")
    found_all, wanted_all = np.array(said, np.float64), np.array(truth, np.float64)
    order = [0, 1] if head is None else [head.labels.index(name) for name in AFFECT]

    def correlations(weights: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        columns = zip(AFFECT, order, wanted_all.T, strict=True)
        return {name: pearson(weights, found_all[:, place], wanted) for name, place, wanted in columns}

    values = correlations(np.ones((1, len(truth))))
    ends = bootstrap.intervals(correlations, len(truth))
    return {
        "n": len(truth),
        "pearson": {name: round(float(values[name][0]), 4) for name in AFFECT},
        "intervals": {"pearson": {name: [round(float(end), 4) for end in ends[name]] for name in AFFECT}},
        "from": "the seven probabilities" if head is None else "a head of its own",
    } | _about(card, left_out)


def _model(models: Path) -> tuple[Card, TextPerceiver]:
    """The card, and the device's own code with the model."""
    perceiver = TextPerceiver(TextSettings(), Models(models, Cpu()))
    perceiver.attach()
    return Models(models, Cpu()).load(NAME, TASK, LABELS).card, perceiver


def _lines(path: Path, left_out: LeftOut) -> Iterator[Line]:
    """The good lines; each broken one is counted and named."""
    try:
        content = path.read_bytes()
    except OSError as error:
        problem = f"{path} cannot be read: {error.strerror}"
        raise InputError(problem, REMEDY) from error
    good = []
    for number, raw in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not raw.strip():
            continue
        try:
            row = json.loads(raw.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            left_out.add_broken(f"line {number}: no JSON in UTF-8: {error}")
            continue
        text = row.get("text") if isinstance(row, dict) else None
        if isinstance(text, str):
            good.append(Line(number, text, row))
        else:
            left_out.add_broken(f"line {number}: no object with a text in it")
    if not good:
        problem = f"{path} has no line with a text" + (f"; {left_out.broken[0]}" if left_out.broken else "")
        raise InputError(problem, REMEDY)
    return with_progress(good, "texts")


def _fine_label(label: str, head: Head) -> str | None:
    """The head's word for a label: its own spelling, or the only one of its words that means the same of the seven."""
    word = ours(label, head.labels)
    if word is None or word in head.labels:
        return word
    same = [other for other in head.labels if ours(other) == word]
    return same[0] if len(same) == 1 else None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _circumplex(outputs: tuple[NDArray[np.float32], ...], card: Card, sureness: float) -> list[float]:
    logits = outputs[card.place("logits")].astype(np.float64) * sureness
    felt = Affect.of(tuple(softmax(logits, card.temperature)[0].tolist()))
    return [felt.valence, felt.arousal]


def _require_rows(path: Path, rows: int, least: int, what: str) -> None:
    if rows < least:
        problem = f"{path} has {rows} rows with {what}"
        raise InputError(problem, f"At least {least} are needed")


def _about(card: Card, left_out: LeftOut) -> dict[str, Any]:
    model = {"name": card.name, "version": card.version, "sha256": card.sha256}
    return {"left_out": left_out.as_json(), "model": model}
