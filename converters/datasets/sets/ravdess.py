"""RAVDESS: 24 North American actors speak and sing two sentences in eight emotions.

Livingstone & Russo, PLoS ONE 13(5), 2018; https://zenodo.org/records/1188976 (seven numbers in ``Actor_12/
03-01-06-01-02-01-12.wav``: modality, channel, emotion, intensity, statement, repetition, actor; CC BY-NC-SA 4.0).
Only the recordings of sound (modality 03) are read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from converters.datasets.labels import RAVDESS
from converters.datasets.sets.row import Use
from converters.datasets.sets.sounds import any_named, named
from edge.affect import Sense

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from converters.datasets.sets.row import Broken, Row

FILES = re.compile(r"(?:.*/)?03-0[12]-(?P<emotion>\d\d)(?:-\d\d){3}-(?P<speaker>\d\d)\.(?:wav|flac)")


class Ravdess:
    """The emotion that the actor was asked to play; "calm" is none of ours."""

    name = "ravdess"
    sense = Sense.VOICE
    licence = "CC-BY-NC-SA-4.0"
    use = Use.EVALUATE
    source = "https://zenodo.org/records/1188976"

    def found(self, path: Path) -> bool:
        """By the names of the files."""
        return any_named(path, FILES)

    def read(self, path: Path) -> Iterator[Row | Broken]:
        """The files, actor by actor."""
        return named(path, FILES, RAVDESS)
