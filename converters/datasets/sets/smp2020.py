"""SMP2020-EWECT: Weibo posts with one of six emotions, everyday ("usual") and of the epidemic ("virus").

https://smp2020ewect.github.io/ (the task's archive: ``usual_train.txt``, ``virus_eval_labeled.txt`` and so on, each
one JSON list of {id, content, label}). Data of a shared task, without an open licence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from converters.datasets.sets.files import members
from converters.datasets.sets.row import Broken, Row, Use, emotions
from converters.datasets.sets.tables import json_list
from edge.affect import Sense

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

FILES = tuple(f"{part}_{file}.txt" for part in ("usual", "virus") for file in ("train", "eval_labeled", "test_labeled"))
LABELS = ("angry", "fear", "happy", "neutral", "sad", "surprise")


class Smp2020:
    """The emotion that most raters saw."""

    name = "smp2020_ewect"
    sense = Sense.TEXT
    licence = "none given: data of a shared task"
    use = Use.EVALUATE
    source = "https://smp2020ewect.github.io/"

    def found(self, path: Path) -> bool:
        """By the names of the files."""
        return bool(members(path, *FILES))

    def read(self, path: Path) -> Iterator[Row | Broken]:
        """Files in the order of their names."""
        for file in members(path, *FILES):
            split = file.stem.removesuffix("_labeled")
            for item in json_list(file, ("id", "content", "label")):
                yield item if isinstance(item, Broken) else _row(split, *item)


def _row(split: str, where: str, fields: dict[str, Any]) -> Row | Broken:
    words, label = fields["content"], fields["label"]
    if not isinstance(words, str) or not words.strip():
        return Broken(where, "the text is empty")
    if label not in LABELS:
        return Broken(where, f"the label {label!r} is none of {' '.join(LABELS)}")
    return Row(
        where=where,
        content=words,
        labels=(label,),
        emotions=emotions((label,)),
        split=split,
        id=f"{split} {fields['id']}",
    )
