"""SAVEE: four English men, fifteen sentences an emotion.

Haq & Jackson, http://kahlan.eps.surrey.ac.uk/savee/ (for research, after registration). ``AudioData/Info.txt`` in the
archive: folders DC, JE, JK, KL; the letters before the number are the emotion, as in ``d03.wav``. Copies with all in
one folder write ``DC_d03.wav``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from converters.datasets.labels import SAVEE
from converters.datasets.sets.row import Use
from converters.datasets.sets.sounds import any_named, named
from edge.affect import Sense

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from converters.datasets.sets.row import Broken, Row

FILES = re.compile(r"(?P<speaker>DC|JE|JK|KL)[/_](?P<emotion>[a-z]{1,2})\d\d\.(?:wav|flac)")


class Savee:
    """The emotion that the actor was asked to play."""

    name = "savee"
    sense = Sense.VOICE
    licence = "research only, after registration"
    use = Use.EVALUATE
    source = "http://kahlan.eps.surrey.ac.uk/savee/Database.html"

    def found(self, path: Path) -> bool:
        """By the names of the files."""
        return any_named(path, FILES)

    def read(self, path: Path) -> Iterator[Row | Broken]:
        """The files, speaker by speaker."""
        return named(path, FILES, SAVEE)
