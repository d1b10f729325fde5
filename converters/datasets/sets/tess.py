"""TESS: two Canadian actresses say "Say the word …" in seven emotions.

Pichora-Fuller & Dupuis, Toronto emotional speech set, 2020, https://doi.org/10.5683/SP2/E8H2MF (CC BY-NC-ND 4.0).
Files ``OAF_angry/OAF_back_angry.wav``, in folders by speaker and emotion or all in one: speaker, word, emotion ("ps"
is pleasant surprise; one file is misspelt "OA").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from converters.datasets.sets.row import Use
from converters.datasets.sets.sounds import any_named, named
from edge.affect import Sense

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from converters.datasets.sets.row import Broken, Row

FILES = re.compile(r"(?:.*/)?(?P<speaker>OA|YA)F?_[A-Za-z]+_(?P<emotion>[A-Za-z_]+)\.(?:wav|flac)")
_WORDS = {
    **{name: name for name in ("angry", "disgust", "fear", "happy", "neutral", "sad")},
    "ps": "pleasant_surprise",
    "pleasant_surprise": "pleasant_surprise",
    "pleasant_surprised": "pleasant_surprise",
}


class Tess:
    """The emotion that the actress was asked to play."""

    name = "tess"
    sense = Sense.VOICE
    licence = "CC-BY-NC-ND-4.0"
    use = Use.EVALUATE
    source = "https://doi.org/10.5683/SP2/E8H2MF"

    def found(self, path: Path) -> bool:
        """By the names of the files."""
        return any_named(path, FILES)

    def read(self, path: Path) -> Iterator[Row | Broken]:
        """The files, folder by folder."""
        return named(path, FILES, words=_WORDS)
