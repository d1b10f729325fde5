"""What a model says of labelled rows, and how that becomes figures: the same for every sense."""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from converters.datasets.labels import ours
from converters.metrics import result, softmax
from edge.errors import InputError
from edge.perception.domain import score

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from edge.accelerators.card import Card

    Floats = NDArray[np.float64]

ItemT = TypeVar("ItemT")

NO_LABEL = "no label"
UNKNOWN = "a label that is none of ours"
UNSAYABLE = "a label that the model does not have"
UNWANTED = "a label that is not among --classes"
BROKEN = "something broken"
SHOWN = 20
"""Broken rows that are named; the rest is counted."""


@dataclass(slots=True)
class LeftOut:
    """Rows of a file that are not scored, and why."""

    reasons: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def add(self, reason: str, label: str | None = None, rows: int = 1) -> None:
        """Count rows; ``label`` is what the file calls them, where that is the reason."""
        self.reasons[reason] += rows
        if label is not None:
            self.labels[label] += rows

    def add_broken(self, sentence: str) -> None:
        """Count a row that cannot be read; ``sentence`` names it and says what is wrong."""
        self.add(BROKEN)
        if len(self.broken) < SHOWN:
            self.broken.append(sentence)

    def in_words(self) -> str:
        """Reasons with their counts, labels with theirs, and the first of the broken rows."""
        reasons = "; ".join(f"{count} with {reason}" for reason, count in self.reasons.most_common())
        labels = ", ".join(f"{label} {count}" for label, count in self.labels.most_common(SHOWN))
        first = f"; the first: {self.broken[0]}" if self.broken else ""
        return f"{reasons or 'none'}{f' ({labels})' if labels else ''}{first}"

    def as_json(self) -> dict[str, Any]:
        """Counts by reason and by label, and the broken rows in words."""
        return {
            "n": sum(self.reasons.values()),
            "reasons": dict(self.reasons.most_common()),
            "labels": dict(self.labels.most_common()),
            "broken": self.broken,
        }


@dataclass(frozen=True, slots=True)
class Answers:
    """A model's logits for the rows of a file.

    Attributes:
        card: of the model.
        logits: (rows, labels of the card) before the temperature; NaN where the device abstains.
        truth: (rows,) the file's labels in the model's words.
        left_out: rows of the file that are not here.
        speakers: (rows,) who spoke, or empty.
        sureness: (rows,) factor of the logits beside the temperature, see ``Card.sureness``; None: 1 for all.
    """

    card: Card
    logits: Floats
    truth: tuple[str, ...]
    left_out: LeftOut
    speakers: tuple[str, ...] = ()
    sureness: Floats | None = None


def named(label: str | None, card: Card, left_out: LeftOut) -> str | None:
    """The model's word for a file's label, or None, and then the row is counted as left out."""
    if label is None or not label.strip():
        left_out.add(NO_LABEL)
        return None
    word = ours(label, card.labels)
    if word is None:
        left_out.add(UNKNOWN, label.strip())
    elif word not in card.labels:
        left_out.add(UNSAYABLE, label.strip())
        word = None
    return word


def figures(answers: Answers, classes: Sequence[str] = ()) -> dict[str, Any]:
    """All figures of the answers, ready for JSON.

    Args:
        answers: of one model on one file.
        classes: score only rows of these, in any words; all that are there when empty.

    Raises:
        InputError: a class that the model does not have, or fewer than two classes are left.
    """
    card, left_out = answers.card, answers.left_out
    wanted = _wanted(classes, card)
    for label, count in Counter(label for label in answers.truth if label not in wanted).items():
        left_out.add(UNWANTED, label, count)
    scored = [label for label in card.labels if label in wanted and label in answers.truth]
    if len(scored) < 2:  # noqa: PLR2004 - one class can't be mistaken for another
        there = ", ".join(scored) or "none"
        problem = f"of the labels that {card.name} has ({', '.join(card.labels)}) the rows to score have: {there}"
        raise InputError(problem, f"Give rows of at least two of them; left out were {left_out.in_words()}")
    rows = [index for index, label in enumerate(answers.truth) if label in scored]
    truth = np.array([scored.index(answers.truth[index]) for index in rows])
    logits = answers.logits[rows][:, [card.labels.index(label) for label in scored]]
    silent = np.asarray(np.isnan(logits).any(axis=1))
    speakers = [answers.speakers[index] for index in rows] if answers.speakers else []
    clusters = np.unique(speakers, return_inverse=True)[1] if len(set(speakers)) > 1 else None
    sure = logits if answers.sureness is None else logits * answers.sureness[rows][:, None]
    found = result(_probabilities(sure, silent, card.temperature), truth, scored, clusters=clusters)
    before = result(_probabilities(logits, silent, 1.0), truth, scored, clusters=clusters)
    found["intervals"]["ece_before"] = before["intervals"]["ece"]
    return found | {
        "ece_before": before["ece"],
        "temperature": card.temperature,
        "sureness": dict(card.sureness),
        "abstained": int(silent.sum()),
        "left_out": left_out.as_json(),
        "speakers": len(set(speakers)),
        "resampled": "rows" if clusters is None else "speakers",
        "domain": _strange(answers.logits[rows][~silent], card),
        "model": {"name": card.name, "version": card.version, "sha256": card.sha256},
    }


def _wanted(classes: Sequence[str], card: Card) -> set[str]:
    wanted = set()
    for label in classes:
        word = ours(label, card.labels)
        if word not in card.labels:
            problem = f"--classes has {label!r}, which {card.name} does not say; it says {', '.join(card.labels)}"
            raise InputError(problem, "Name some of those")
        wanted.add(word)
    return wanted or set(card.labels)


def _probabilities(logits: Floats, silent: NDArray[np.bool_], temperature: float) -> Floats:
    probabilities = np.full(logits.shape, 1.0 / logits.shape[1])
    probabilities[~silent] = softmax(logits[~silent], temperature)
    return probabilities


def _strange(logits: Floats, card: Card) -> dict[str, Any] | None:
    """How many of the rows the device would trust less, and how many it would say nothing of."""
    if card.domain is None or not len(logits):
        return None
    domain = card.domain
    scores = np.array([score(domain.method, row, card.temperature, domain.usual) for row in logits])
    return {
        "method": domain.method,
        "below_threshold": round(float(np.mean(scores < domain.threshold)), 4),
        "below_floor": round(float(np.mean(scores < domain.floor)), 4),
    }


def with_progress(items: Sequence[ItemT], what: str) -> Iterator[ItemT]:
    """The items, with a line on a terminal that counts them once it takes over 2 s."""
    began = last = time.monotonic()
    shown = False
    for index, item in enumerate(items):
        now = time.monotonic()
        if now - began > 2 and now - last > 0.5 and sys.stderr.isatty():  # noqa: PLR2004 - seconds
            print(f"\r{index} of {len(items)} {what}", end="", file=sys.stderr, flush=True)
            last, shown = now, True
        yield item
    if shown:
        print("\r\033[K", end="", file=sys.stderr, flush=True)
