"""XED: film subtitles with Plutchik's eight emotions, several allowed, English by hand, others carried over.

Öhman et al., XED, COLING 2020; https://github.com/Helsinki-NLP/XED (README: CC BY 4.0;
``AnnotatedData/en-annotated.tsv`` and ``Projections/zh-projections.tsv`` with text and numbers: 1 anger, 2
anticipation, 3 disgust, 4 fear, 5 joy, 6 sadness, 7 surprise, 8 trust; ``AnnotatedData/neu_en.txt`` with neutral
lines after a 9).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from converters.datasets.sets.files import members
from converters.datasets.sets.row import Broken, Row, Use, emotions
from converters.datasets.sets.tables import lines
from edge.affect import Sense

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES = ("??-annotated.tsv", "??-projections.tsv")
NEUTRAL = "neu_??.txt"
LABELS = ("anger", "anticipation", "disgust", "fear", "joy", "sadness", "surprise", "trust")


class Xed:
    """What annotators marked; anticipation and trust are none of ours."""

    name = "xed"
    sense = Sense.TEXT
    licence = "CC-BY-4.0"
    use = Use.TRAIN
    source = "https://github.com/Helsinki-NLP/XED"

    def found(self, path: Path) -> bool:
        """By the names of the files."""
        return bool(members(path, *FILES, NEUTRAL))

    def read(self, path: Path) -> Iterator[Row | Broken]:
        """Files in the order of their names."""
        for file in members(path, *FILES):
            for number, line in lines(file):
                yield line if isinstance(line, Broken) else _row(f"{file}:{number}", line, file.stem)
        for file in members(path, NEUTRAL):
            for number, line in lines(file):
                yield line if isinstance(line, Broken) else _neutral(f"{file}:{number}", line, file.stem)


def _row(where: str, line: str, split: str) -> Row | Broken:
    fields = line.split("\t")
    if len(fields) != 2:  # noqa: PLR2004 - text and numbers
        return Broken(where, f"{len(fields)} fields; a row has text and numbers")
    words, marks = fields
    numbers = [int(mark) if mark.strip().isdecimal() else 0 for mark in marks.split(",")]
    if not all(1 <= number <= len(LABELS) for number in numbers):
        return Broken(where, f"the emotions {marks!r} are not numbers from 1 to {len(LABELS)}")
    if not words.strip():
        return Broken(where, "the text is empty")
    labels = tuple(LABELS[number - 1] for number in numbers)
    return Row(where=where, content=words, labels=labels, emotions=emotions(labels), split=split)


def _neutral(where: str, line: str, split: str) -> Row | Broken:
    mark, _, words = line.partition("\t")
    words = words.split("\t")[0]  # a few lines bear stray columns after the text
    if mark != "9" or not words.strip():
        return Broken(where, "not a 9 and a text")
    return Row(where=where, content=words, labels=("neutral",), emotions=("neutral",), split=split)
