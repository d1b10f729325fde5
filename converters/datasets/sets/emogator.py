"""EmoGator: vocal bursts (laughs, sighs, moans) of 357 people in 30 categories.

Buhl, EmoGator, arXiv:2301.00508; https://github.com/fredbuhl/EmoGator (README: ``data/mp3/NNNNNN-EE-I.mp3`` is
contributor, category 01 to 30, instance; the categories are listed there in this order; Apache-2.0). Also the rows
"emogator" of a manifest.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from converters.datasets.sets import manifest
from converters.datasets.sets.row import Use
from converters.datasets.sets.sounds import any_named, named
from edge.affect import Sense

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from converters.datasets.sets.row import Broken, Row

FILES = re.compile(r"(?:.*/)?(?P<speaker>\d{6})-(?P<emotion>\d\d)-\d+\.(?:mp3|wav|flac)")
CATEGORIES = """adoration amusement anger awe confusion contempt contentment desire disappointment disgust distress
    ecstasy elation embarrassment fear guilt interest neutral pain pride realization relief romantic_love sadness
    serenity shame surprise_negative surprise_positive sympathy triumph"""
"""In the order of their numbers."""
OURS = {
    "anger": "angry",
    "disgust": "disgust",
    "fear": "fear",
    "amusement": "happy",
    "elation": "happy",
    "sadness": "sad",
    "surprise_negative": "surprise",
    "surprise_positive": "surprise",
    "neutral": "neutral",
}
"""Laughter and cheering are how happiness sounds without words."""
_WORDS = {f"{number:02}": name for number, name in enumerate(CATEGORIES.split(), 1)}


class EmoGator:
    """The category that the contributor was asked to voice."""

    name = "emogator"
    sense = Sense.VOICE
    licence = "Apache-2.0"
    use = Use.TRAIN
    source = "https://github.com/fredbuhl/EmoGator"

    def found(self, path: Path) -> bool:
        """By the names of the files, or by rows of a manifest."""
        return manifest.holds(path, self.name) or any_named(path, FILES)

    def read(self, path: Path) -> Iterator[Row | Broken]:
        """A manifest's rows, or else the files."""
        if manifest.holds(path, self.name):
            return manifest.rows(path, self.name)
        return named(path, FILES, words=_WORDS, table=OURS)
