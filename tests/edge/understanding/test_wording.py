"""Every phrase that explains a State has a Chinese wording, and the wording is whole."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

import pytest

from edge.accelerators.card import read_card
from edge.accelerators.model import default_directory
from edge.affect import EMOTIONS, UNSURE, Language, Sense
from edge.understanding.explanation import explain
from edge.understanding.wording.phrasebook import Phrasebook, phrasebook
from tests.edge.understanding.golden_recording import recordings
from tests.edge.understanding.phrases import phrases, skeleton

if TYPE_CHECKING:
    from collections.abc import Iterator

ZH = phrasebook(Language.ZH)
LATIN = re.compile(r"[A-Za-z]{2,}")
UNTRANSLATED = {"dBFS"}
"""Units that are written the same in Chinese."""


def test_every_phrase_in_the_code_has_a_chinese_wording() -> None:
    worded = {skeleton(message) for message in ZH.wordings}
    missing = [f"{place}: {phrase!r}" for phrase, place in phrases().items() if phrase not in worded]
    assert not missing, "put these into edge/understanding/wording/zh.toml:\n" + "\n".join(missing)
