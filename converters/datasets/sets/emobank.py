"""EmoBank: English sentences of many kinds of text with valence, arousal and dominance.

Buechel & Hahn, EmoBank, EACL 2017; https://github.com/JULIELab/EmoBank (README: ``corpus/emobank.csv`` with id,
split, V, A, D from 1 to 5, text; CC BY-SA 4.0).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from converters.datasets.sets.files import members
from converters.datasets.sets.row import Broken, Row, Use
from converters.datasets.sets.tables import table
from edge.affect import Sense

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = "emobank.csv"
LOW, MIDDLE, HIGH = 1.0, 3.0, 5.0
"""Of the scale of the self-assessment manikins."""


class EmoBank:
    """Means of raters, brought to [-1, 1]."""

    name = "emobank"
    sense = Sense.TEXT
    licence = "CC-BY-SA-4.0"
    use = Use.TRAIN
    source = "https://github.com/JULIELab/EmoBank"

    def found(self, path: Path) -> bool:
        """By the name of the file."""
        return bool(members(path, FILE))

    def read(self, path: Path) -> Iterator[Row | Broken]:
        """Rows in the order of the file."""
        for file in members(path, FILE):
            for item in table(file, ("id", "split", "V", "A", "text")):
                yield item if isinstance(item, Broken) else _row(*item)


def _row(where: str, fields: dict[str, str]) -> Row | Broken:
    try:
        valence, arousal = float(fields["V"]), float(fields["A"])
    except ValueError:
        return Broken(where, f"V {fields['V']!r} or A {fields['A']!r} is not a number")
    if not (LOW <= valence <= HIGH and LOW <= arousal <= HIGH):
        return Broken(where, f"V {valence} or A {arousal} is outside {LOW:.0f} to {HIGH:.0f}")
    if not fields["text"].strip():
        return Broken(where, "the text is empty")
    affect = ((valence - MIDDLE) / (HIGH - MIDDLE), (arousal - MIDDLE) / (HIGH - MIDDLE))
    return Row(where=where, content=fields["text"], split=fields["split"], id=fields["id"], affect=affect)
