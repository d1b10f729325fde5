"""CREMA-D: 91 actors of many backgrounds, twelve English sentences, six emotions.

Cao et al., IEEE Transactions on Affective Computing 5(4), 2014; https://github.com/CheyneyComputerScience/CREMA-D
(README: ``AudioWAV/1001_DFA_ANG_XX.wav`` is actor, sentence, emotion, level; Open Database License, contents under
the Database Contents License).
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

FILES = re.compile(r"(?:.*/)?(?P<speaker>1\d{3})_[A-Z]{3}_(?P<emotion>[A-Z]{3})_[A-Z]{1,2}\.(?:wav|mp3|flac)")
_CODES = {"ANG": "angry", "DIS": "disgust", "FEA": "fear", "HAP": "happy", "NEU": "neutral", "SAD": "sad"}


class CremaD:
    """The emotion that the actor was asked to play; listeners agree with it on four clips of ten by voice alone."""

    name = "cremad"
    sense = Sense.VOICE
    licence = "ODbL-1.0, DbCL-1.0"
    use = Use.TRAIN
    source = "https://github.com/CheyneyComputerScience/CREMA-D"

    def found(self, path: Path) -> bool:
        """By the names of the files."""
        return any_named(path, FILES)

    def read(self, path: Path) -> Iterator[Row | Broken]:
        """The files, actor by actor."""
        return named(path, FILES, _CODES)
