"""``python -m converters evaluate challenge``: the bare text model against the whole text sense, by the device's code.

Without ``--data`` the challenge set alone, by kind and language. With it, the folder of all sets, also what the rules
do to ordinary sentences: GoEmotions (dev or test, as ``--half`` says), and SMP2020's usual posts, to which nothing was
fitted. Differences are paired: the same sentences are drawn anew for both (bootstrap, 95 %).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from converters import bootstrap
from converters.answers import with_progress
from converters.challenge import KINDS, sentences
from converters.datasets.sets.goemotions import GoEmotions
from converters.datasets.sets.row import Row
from converters.datasets.sets.smp2020 import Smp2020
from converters.figures import figures_of
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.affect import EMOTIONS, Affect, Language
from edge.errors import InputError
from edge.perception.text.perceiver import TextPerceiver
from edge.perception.text.settings import TextSettings
from edge.perception.text.target import target_of
from edge.sensors.signals import Utterance

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from converters.challenge import Sentence
    from converters.datasets.sets.row import DataSet

    Floats = NDArray[np.float64]

SURE = 0.5
"""A reading of sarcasm that is less sure of the literal meaning counts as right: words alone can't tell."""
ARTICLES = ("the ", "a ", "an ", "this ", "these ", "my ", "that ")
SETS: tuple[tuple[DataSet, str, dict[str, str]], ...] = (
    (GoEmotions(), "goemotions/original", {"dev": "dev", "test": "test"}),
    (Smp2020(), "smp2020_ewect_eval_only", {"test": "usual_eval"}),
)
"""What ordinary sentences are taken from: the set, its folder, and its part for each half."""


@dataclass(frozen=True, slots=True)
class Said:
    """What both say of a text: the model's Affect, and the sense's, None where it abstains."""

    bare: Affect
    whole: Affect | None


def evaluate(models: Path, half: str, data: Path | None = None) -> dict[str, Any]:
    """All figures. Raises InputError when ``data`` holds none of the sets, ModelError for a model that doesn't fit."""
    perceiver = TextPerceiver(TextSettings(occlusions=0), Models(models, Cpu()))
    perceiver.attach()
    found: dict[str, Any] = {"half": half, "languages": {}, "sets": {}}
    for language in Language:
        asked = sentences(language, half)
        said = [_said(perceiver, sentence.text) for sentence in asked]
        found["languages"][language.value] = _of_language(asked, said)
    if data is not None:
        for source, folder, parts in SETS:
            if half in parts and source.found(data / folder):
                name = f"{source.name} {parts[half]}"
                found["sets"][name] = _of_set(perceiver, source, data / folder, parts[half])
        if not found["sets"]:
            problem = f"{data} holds none of {', '.join(folder for _, folder, _ in SETS)}"
            raise InputError(problem, "Give --data the folder in which they are, or leave it out")
    return found


def run(arguments: argparse.Namespace) -> int:
    """Print the figures."""
    found = evaluate(arguments.models, arguments.half, arguments.data)
    print(json.dumps(found, allow_nan=False) if arguments.json else table(found))
    return 0


def is_right(sentence: Sentence, affect: Affect | None, *, strict: bool = False) -> bool:
    """Whether a person could say what ``affect`` does of the sentence.

    An abstention is wrong. Sarcasm is also right when nothing is told surely (below SURE), unless ``strict``.
    """
    if affect is None:
        return False
    if affect.label in sentence.labels:
        return True
    return sentence.kind == "sarcasm" and not strict and affect.confidence < SURE


def _said(perceiver: TextPerceiver, text: str) -> Said:
    return Said(Affect.of(perceiver.judged(text).model), perceiver.perceive(Utterance(text, 0)).affect)


def _of_language(asked: Sequence[Sentence], said: Sequence[Said]) -> dict[str, Any]:
    def pair(*, strict: bool) -> Floats:
        both = [
            (is_right(s, told.bare, strict=strict), is_right(s, told.whole, strict=strict))
            for s, told in zip(asked, said, strict=True)
        ]
        return np.array(both, np.float64)

    right = pair(strict=False)
    kinds = np.array([sentence.kind for sentence in asked])
    return {
        "kinds": {kind: _paired(right[kinds == kind]) for kind in KINDS},
        "all": _paired(right),
        "all, strict": _paired(pair(strict=True)),
        "all, without sarcasm": _paired(right[kinds != "sarcasm"]),
        "target": _targets(asked),
    }


def _paired(right: Floats) -> dict[str, Any]:
    """Share of rows (n, 2) that bare model and whole sense have right, and the difference with its interval."""
    ends = bootstrap.intervals(
        lambda weights: {"gain": (weights @ (right[:, 1] - right[:, 0])) / weights.sum(axis=1)}, len(right)
    )["gain"]
    bare, whole = right.mean(axis=0).tolist()
    return {
        "n": len(right),
        "bare": round(bare, 4),
        "whole": round(whole, 4),
        "gain": round(whole - bare, 4),
        "interval": [round(float(end), 4) for end in ends],
    }


def _targets(asked: Sequence[Sentence]) -> dict[str, Any]:
    """How often the target is found, and exactly, among the sentences that name one."""
    wanted = [(sentence.target, target_of(sentence.text)) for sentence in asked if sentence.target]
    exact = sum(found is not None and _plain(found.text) == _plain(target) for target, found in wanted)
    near = sum(
        found is not None and (_plain(found.text) in _plain(target) or _plain(target) in _plain(found.text))
        for target, found in wanted
    )
    return {"n": len(wanted), "exact": round(exact / len(wanted), 4), "overlapping": round(near / len(wanted), 4)}


def _plain(target: str) -> str:
    words = target.lower().strip()
    return next((words.removeprefix(article) for article in ARTICLES if words.startswith(article)), words)


def _of_set(perceiver: TextPerceiver, source: DataSet, path: Path, part: str) -> dict[str, Any]:
    """Accuracy and macro-F1 of rows with one of the seven, before and after. An abstention leaves the model's word."""
    rows = [row for row in source.read(path) if isinstance(row, Row) and row.split == part and len(row.ours) == 1]
    names = [emotion.value for emotion in EMOTIONS]
    truth, said = [], []
    for row in with_progress(rows, "texts"):
        judged = perceiver.judged(str(row.content))
        truth.append(names.index(row.ours[0]))
        said.append((int(np.argmax(judged.model)), int(np.argmax(judged.probabilities()))))
    right, both = np.array(truth), np.array(said)
    cells = np.zeros((2, len(right), len(names) ** 2))
    for which in range(2):
        cells[which, np.arange(len(right)), right * len(names) + both[:, which]] = 1.0

    def figures(weights: Floats) -> dict[str, Floats]:
        bare, whole = (figures_of((weights @ c).reshape(len(weights), len(names), -1)) for c in cells)
        gains = {f"gain {name}": whole[name] - bare[name] for name in ("accuracy", "macro_f1")}
        return gains | {
            f"{who} {name}": of[name]
            for who, of in (("bare", bare), ("whole", whole))
            for name in ("accuracy", "macro_f1")
        }

    values = figures(np.ones((1, len(right))))
    ends = bootstrap.intervals(figures, len(right))
    return {
        "n": len(right),
        "changed": round(float(np.mean(both[:, 0] != both[:, 1])), 4),
        **{name: round(float(value[0]), 4) for name, value in values.items()},
        "intervals": {name: [round(float(end), 4) for end in ends[name]] for name in values if "gain" in name},
    }


def table(found: dict[str, Any]) -> str:
    """The figures for a reader."""
    lines = [f"challenge set, {found['half']} half: share of sentences that are understood, in per cent"]
    for language, of in found["languages"].items():
        lines += ["", f"{language:22} {'n':>4} {'bare':>6} {'whole':>6} {'gain':>6}   95 % interval"]
        rows = [*of["kinds"].items(), *((name, of[name]) for name in of if name.startswith("all"))]
        lines += [_line(name, row) for name, row in rows]
        about = of["target"]
        lines.append(
            f"targets: {100 * about['overlapping']:.0f} % found, {100 * about['exact']:.0f} % exactly, of {about['n']}"
        )
    for name, of in found["sets"].items():
        lines += [
            "",
            f"{name}, {of['n']} rows with one label; the rules change the label of {100 * of['changed']:.1f} %",
        ]
        for figure in ("accuracy", "macro_f1"):
            low, high = of["intervals"][f"gain {figure}"]
            lines.append(
                f"{figure:12} bare {of[f'bare {figure}']:.4f}, whole {of[f'whole {figure}']:.4f}, "
                f"gain {100 * of[f'gain {figure}']:+.2f} points ({100 * low:+.2f} to {100 * high:+.2f})"
            )
    return "\n".join(lines)


def _line(name: str, row: dict[str, Any]) -> str:
    low, high = row["interval"]
    numbers = f"{row['n']:4} {100 * row['bare']:6.1f} {100 * row['whole']:6.1f} {100 * row['gain']:+6.1f}"
    return f"{name:22} {numbers}   {100 * low:+.1f} to {100 * high:+.1f}"
