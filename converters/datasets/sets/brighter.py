"""BRIGHTER, as in SemEval 2025 task 11, track A: sentences in many languages, six emotions, several or none.

Muhammad et al., BRIGHTER, ACL 2025; https://github.com/emotion-analysis-project/SemEval2025-Task11
(``track_a/{train,dev, test}/<language>.csv``, in copies ``track_a_train_chn.csv``; columns id, text and a 0/1 column
an emotion, without disgust in some languages; README CC BY 4.0, but the terms of the task: "only for scientific or
research purposes").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from converters.datasets.sets.files import members
from converters.datasets.sets.row import Broken, Row, Use, emotions
from converters.datasets.sets.tables import table
from edge.affect import Sense

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES = ("track_a_train_*.csv", "track_a_dev_*.csv", "track_a_test_*.csv")
LABELS = ("anger", "disgust", "fear", "joy", "sadness", "surprise")


class Brighter:
    """The emotions that most raters saw; a row with none is neutral, a row whose labels are withheld has none."""

    name = "brighter"
    sense = Sense.TEXT
    licence = "CC-BY-4.0, task terms: research only"
    use = Use.EVALUATE
    source = "https://github.com/emotion-analysis-project/SemEval2025-Task11"

    def found(self, path: Path) -> bool:
        """By the names of the files."""
        return bool(members(path, *FILES))

    def read(self, path: Path) -> Iterator[Row | Broken]:
        """Files in the order of their names."""
        for file in members(path, *FILES):
            split = file.stem.removeprefix("track_a_")
            for item in table(file, ("id", "text", *(name for name in LABELS if name != "disgust"))):
                yield item if isinstance(item, Broken) else _row(split, *item)


def _row(split: str, where: str, fields: dict[str, str]) -> Row | Broken:
    marks = {name: fields[name].strip() for name in LABELS if name in fields}
    if not fields["text"].strip():
        return Broken(where, "the text is empty")
    if all(not mark for mark in marks.values()):
        return Row(where=where, content=fields["text"], split=split, id=fields["id"])
    if any(mark not in ("0", "1") for mark in marks.values()):
        return Broken(where, "a label is neither 0 nor 1")
    labels = tuple(name for name, mark in marks.items() if mark == "1") or ("neutral",)
    return Row(
        where=where, content=fields["text"], labels=labels, emotions=emotions(labels), split=split, id=fields["id"]
    )
