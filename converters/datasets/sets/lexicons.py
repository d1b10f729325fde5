"""Word lists: VADER's valence and Empath's categories.

Hutto & Gilbert, VADER, ICWSM 2014, https://github.com/cjhutto/vaderSentiment (MIT; ``vader_lexicon.txt``: token, mean
of ten ratings from -4 to 4, deviation, ratings). Fast et al., Empath, CHI 2016,
https://github.com/Ejhfast/empath-client (MIT; ``categories.tsv``: name and words).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from converters.datasets.sets.files import members
from converters.datasets.sets.row import Broken, Row, Use
from converters.datasets.sets.tables import lines
from edge.affect import Sense

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STRONGEST = 4.0


class Vader:
    """Tokens with positive or negative mean."""

    name = "vader"
    sense = Sense.TEXT
    licence = "MIT"
    use = Use.TRAIN
    source = "https://github.com/cjhutto/vaderSentiment"

    def found(self, path: Path) -> bool:
        """By the name of the file."""
        return bool(members(path, "vader_lexicon.txt"))

    def read(self, path: Path) -> Iterator[Row | Broken]:
        """Entries in the order of the file."""
        for file in members(path, "vader_lexicon.txt"):
            for number, line in lines(file):
                yield line if isinstance(line, Broken) else _entry(f"{file}:{number}", line)


class Empath:
    """Categories and their words."""

    name = "empath"
    sense = Sense.TEXT
    licence = "MIT"
    use = Use.TRAIN
    source = "https://github.com/Ejhfast/empath-client"

    def found(self, path: Path) -> bool:
        """By the name of the file."""
        return bool(members(path, "categories.tsv"))

    def read(self, path: Path) -> Iterator[Row | Broken]:
        """Each category is a row."""
        for file in members(path, "categories.tsv"):
            for number, line in lines(file):
                where = f"{file}:{number}"
                if isinstance(line, Broken):
                    yield line
                elif not line.partition("\t")[2].strip():
                    yield Broken(where, "a category without words")
                else:
                    name, _, words = line.partition("\t")
                    yield Row(where=where, content=words, id=name)


def _entry(where: str, line: str) -> Row | Broken:
    fields = line.split("\t")
    try:
        mean = float(fields[1])
    except (IndexError, ValueError):
        return Broken(where, "not a token and a number")
    if not abs(mean) <= STRONGEST:
        return Broken(where, f"the mean {mean} is outside -4 to 4")
    return Row(where=where, content=fields[0], labels=("positive" if mean > 0 else "negative",), affect=None)
