"""EMO-DB: ten German actors, ten sentences, seven emotions.

Burkhardt et al., A Database of German Emotional Speech, Interspeech 2005. Files ``wav/03a01Fa.wav``: speaker, text, the
emotion's first letter in German, version (http://emodb.bilderbar.info/index-1280.html). Published anew under CC0 by its
authors: https://zenodo.org/records/7447302. Also the rows "emodb" of a manifest.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from converters.datasets.labels import EMODB
from converters.datasets.sets import manifest
from converters.datasets.sets.row import Use
from converters.datasets.sets.sounds import any_named, named
from edge.affect import Sense

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from converters.datasets.sets.row import Broken, Row

FILES = re.compile(r"(?:.*/)?(?P<speaker>\d\d)[ab]\d\d(?P<emotion>[A-Za-z])[a-z]?\.(?:wav|flac)")


class EmoDb:
    """The emotion that the actor was asked to play."""

    name = "emodb"
    sense = Sense.VOICE
    licence = "CC0-1.0"
    use = Use.TRAIN
    source = "http://emodb.bilderbar.info/index-1280.html"

    def found(self, path: Path) -> bool:
        """By the names of the files, or by rows of a manifest."""
        return manifest.holds(path, self.name) or any_named(path, FILES)

    def read(self, path: Path) -> Iterator[Row | Broken]:
        """A manifest's rows, or else the files."""
        return manifest.rows(path, self.name) if manifest.holds(path, self.name) else named(path, FILES, EMODB)
