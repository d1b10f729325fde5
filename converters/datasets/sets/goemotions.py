"""GoEmotions: English Reddit comments with 27 emotions and neutral, several allowed.

Demszky et al., GoEmotions, ACL 2020; https://github.com/google-research/google-research/tree/master/goemotions
(README: CC BY 4.0; ``data/{train,dev,test}.tsv`` with text, comma-separated ids, comment id, beside ``emotions.txt``;
``data/ full_dataset/goemotions_{1,2,3}.csv`` with one row a rater and a 0/1 column an emotion;
``data/ekman_mapping.json``). Copies name the list of labels ``labels.txt``, also in the Ekman grouping.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from converters.datasets.sets.files import members
from converters.datasets.sets.row import Broken, Row, Use, emotions
from converters.datasets.sets.tables import lines, table
from edge.affect import Sense

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_GROUPS = {
    "angry": "anger annoyance disapproval",
    "disgust": "disgust",
    "fear": "fear nervousness",
    "happy": "joy amusement approval excitement gratitude love optimism relief pride admiration desire caring",
    "sad": "sadness disappointment embarrassment grief remorse",
    "surprise": "surprise realization confusion curiosity",
    "neutral": "neutral",
}
EKMAN = {fine: name for name, fines in _GROUPS.items() for fine in fines.split()}
"""Ours for each of the 28, after the authors' ekman_mapping.json."""
TSV = ("train.tsv", "dev.tsv", "test.tsv")
ORIGINAL = [*sorted(set(EKMAN) - {"neutral"}), "neutral"]
"""The 28 in the order of emotions.txt."""
ROW = re.compile(r"[^\t]+\t(?:1?\d|2[0-7])(?:,(?:1?\d|2[0-7]))*\te[a-z0-9]{6}")
"""How a row looks where the list of labels was not copied: Reddit's comment ids of those years have seven signs."""
LISTS = ("labels.txt", "emotions.txt")
FULL = "goemotions_[123].csv"


class GoEmotions:
    """What at least two of the raters chose (the TSV files), or what each chose (the full CSV files)."""

    name = "goemotions"
    sense = Sense.TEXT
    licence = "CC-BY-4.0"
    use = Use.TRAIN
    source = "https://github.com/google-research/google-research/tree/master/goemotions"

    def found(self, path: Path) -> bool:
        """By the TSV files beside a list of its labels, or by the names of the full CSV files."""
        return bool(members(path, FULL) or (members(path, *TSV) and _names(path)))

    def read(self, path: Path) -> Iterator[Row | Broken]:
        """train, dev, test, then the full files."""
        names = _names(path)
        for file in sorted(members(path, *TSV), key=lambda file: TSV.index(file.name)) if names else ():
            for number, line in lines(file):
                yield line if isinstance(line, Broken) else _tsv_row(f"{file}:{number}", line, names, file.stem)
        for file in members(path, FULL):
            for item in table(file, ("text", "example_very_unclear", *EKMAN)):
                yield item if isinstance(item, Broken) else _full_row(*item)


def _names(path: Path) -> list[str]:
    """The labels in order of their ids; empty if the list is of other labels, or there is none and the rows differ."""
    folder = path if path.is_dir() else path.parent
    if not members(folder, *LISTS):
        firsts = [line for file in members(path, *TSV) for _, line in islice(lines(file), 1)]
        return ORIGINAL if any(isinstance(line, str) and ROW.fullmatch(line) for line in firsts) else []
    for file in members(folder, *LISTS):
        names = [line.strip() for _, line in lines(file) if isinstance(line, str) and line.strip()]
        if names and set(names) <= set(EKMAN):
            return names
    return []


def _tsv_row(where: str, line: str, names: list[str], split: str) -> Row | Broken:
    fields = line.split("\t")
    if len(fields) != 3:  # noqa: PLR2004 - text, ids, comment id
        return Broken(where, f"{len(fields)} fields; a row has text, labels and id")
    words, ids, name = fields
    numbers = [int(number) if number.isdecimal() else -1 for number in ids.split(",")]
    if not all(0 <= number < len(names) for number in numbers):
        return Broken(where, f"the labels {ids!r} are not numbers from 0 to {len(names) - 1}")
    return _row(where, words, tuple(names[number] for number in numbers), split, name)


def _full_row(where: str, fields: dict[str, str]) -> Row | Broken:
    if any(fields[name] not in ("0", "1") for name in EKMAN):
        return Broken(where, "a label is neither 0 nor 1")
    return _row(where, fields["text"], tuple(name for name in EKMAN if fields[name] == "1"), "", "")


def _row(where: str, words: str, labels: tuple[str, ...], split: str, name: str) -> Row | Broken:
    if not words.strip():
        return Broken(where, "the text is empty")
    return Row(where=where, content=words, labels=labels, emotions=emotions(labels, EKMAN), split=split, id=name)
