"""The challenge set: sentences in which the words of feeling are not the whole story, and what a person hears in them.

``converters/corpora/challenge/<language>.tsv`` has a line for each sentence: its kind, the labels of which each would
be right (the first is the likeliest), what the feeling is about where that is asked, and the sentence. All were written
before the rules that they try. Of each kind the first, third, fifth … sentence is for development, the others are for
the final figure only: nothing may be fitted to them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from edge.affect import Emotion, Language
from edge.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

KINDS = (
    "negation",
    "contrast",
    "target",
    "intensity",
    "idiom",
    "question",
    "sarcasm",
    "emoji",
    "hypothetical",
    "reported",
    "several",
)
HALVES = ("dev", "test")
COLUMNS = ("kind", "labels", "target", "text")
REMEDY = "Give tab-separated lines as in converters/corpora/challenge/en.tsv"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the set; ``target`` is None where it isn't asked for."""

    language: Language
    kind: str
    half: str
    labels: tuple[Emotion, ...]
    target: str | None
    text: str


def sentences(language: Language, half: str | None = None) -> list[Sentence]:
    """Those of one language, of one half if it is named."""
    content = files("converters.corpora.challenge").joinpath(f"{language.value}.tsv").read_text(encoding="utf-8")
    found = parsed(content, language, f"{language.value}.tsv")
    return [sentence for sentence in found if half in (None, sentence.half)]


def parsed(content: str, language: Language, name: str | Path) -> list[Sentence]:
    """The sentences of a file's ``content``. Raises InputError that names the first line that is wrong."""
    lines = content.splitlines()
    if not lines or tuple(lines[0].split("\t")) != COLUMNS:
        problem = f"{name} does not begin with the columns {', '.join(COLUMNS)}"
        raise InputError(problem, REMEDY)
    before: Counter[str] = Counter()
    found = []
    for number, line in enumerate(lines[1:], start=2):
        fields = line.split("\t")
        if len(fields) != len(COLUMNS) or not fields[-1].strip():
            problem = f"{name}, line {number}: {len(fields)} columns, {len(COLUMNS)} with a text are needed"
            raise InputError(problem, REMEDY)
        kind, labels, target, text = fields
        if kind not in KINDS:
            problem = f"{name}, line {number}: the kind {kind!r} is none of {', '.join(KINDS)}"
            raise InputError(problem, REMEDY)
        emotions = [_emotion(label, f"{name}, line {number}") for label in labels.split(",")]
        half = HALVES[before[kind] % 2]
        before[kind] += 1
        found.append(Sentence(language, kind, half, tuple(emotions), target or None, text))
    return found


def _emotion(label: str, where: str) -> Emotion:
    try:
        return Emotion(label)
    except ValueError as error:
        problem = f"{where}: the label {label!r} is none of {', '.join(Emotion)}"
        raise InputError(problem, REMEDY) from error
