"""CPED: lines of Chinese television dialogue with speaker and emotion.

Chen et al., CPED, arXiv:2205.14727; https://github.com/scutcyr/CPED (``data/CPED/{train,valid,test}_split.csv``,
UTF-8 with byte order mark, columns Speaker, Emotion, Utterance_ID, Utterance and others; Apache-2.0 for the whole,
the scripts are the broadcasters').
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from converters.datasets.sets.files import members
from converters.datasets.sets.row import Broken, Row, Use, emotions
from converters.datasets.sets.tables import table
from edge.affect import Sense

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES = ("train_split.csv", "valid_split.csv", "test_split.csv")
EMOTIONS = {
    "happy": "happy",
    "grateful": "happy",
    "relaxed": "happy",
    "positive-other": "happy",
    "neutral": "neutral",
    "anger": "angry",
    "sadness": "sad",
    "depress": "sad",
    "fear": "fear",
    "worried": "fear",
    "astonished": "surprise",
    "disgust": "disgust",
}
"""Ours for twelve of the thirteen."""
OTHER = "negative-other"
"""The thirteenth, which does not say what it is."""


class Cped:
    """The emotion as seen in picture, voice and context: the words alone often do not tell it."""

    name = "cped"
    sense = Sense.TEXT
    licence = "Apache-2.0"
    use = Use.TRAIN
    source = "https://github.com/scutcyr/CPED"

    def found(self, path: Path) -> bool:
        """By the names of the files."""
        return bool(members(path, *FILES))

    def read(self, path: Path) -> Iterator[Row | Broken]:
        """train, valid, test."""
        for file in sorted(members(path, *FILES), key=lambda file: FILES.index(file.name)):
            for item in table(file, ("Speaker", "Emotion", "Utterance_ID", "Utterance")):
                yield item if isinstance(item, Broken) else _row(file.stem.removesuffix("_split"), *item)


def _row(split: str, where: str, fields: dict[str, str]) -> Row | Broken:
    label = fields["Emotion"].strip()
    if label != OTHER and label not in EMOTIONS:
        return Broken(where, f"the emotion {label!r} is none of CPED's thirteen")
    if not fields["Utterance"].strip():
        return Broken(where, "the text is empty")
    return Row(
        where=where,
        content=fields["Utterance"],
        labels=(label,),
        emotions=emotions((label,), EMOTIONS),
        split=split,
        speaker=fields["Speaker"].strip(),
        id=fields["Utterance_ID"].strip(),
    )
