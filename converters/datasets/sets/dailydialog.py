"""DailyDialog, English, and XDailyDialog, aligned in four languages: everyday dialogues with an emotion a turn.

Li et al., DailyDialog, IJCNLP 2017, http://yanran.li/dailydialog (CC BY-NC-SA 4.0): ``train/dialogues_train.txt``
with turns between __eou__, beside ``dialogues_emotion_train.txt`` with a number for each (0 none, 1 anger, 2 disgust,
3 fear, 4 happiness, 5 sadness, 6 surprise). Liu et al., XDailyDialog, ACL 2023,
https://github.com/liuzeming01/XDailyDialog (README: not for commercial use): ``zh_dev_human.txt`` with turns, topic,
acts and the same numbers between tabs.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from converters.datasets.sets.files import members
from converters.datasets.sets.row import Broken, Row, Use, emotions
from converters.datasets.sets.tables import lines
from edge.affect import Sense

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LABELS = ("no_emotion", "anger", "disgust", "fear", "happiness", "sadness", "surprise")
TURN = "__eou__"
SPLITS = ("train", "validation", "test")
COLUMNS = 4


class DailyDialog:
    """The emotion of each turn, in English."""

    name = "dailydialog"
    sense = Sense.TEXT
    licence = "CC-BY-NC-SA-4.0"
    use = Use.EVALUATE
    source = "http://yanran.li/dailydialog"

    def found(self, path: Path) -> bool:
        """By the names of the files, in the folder or in one for each split."""
        return bool(_dialogues(path))

    def read(self, path: Path) -> Iterator[Row | Broken]:
        """train, validation, test."""
        for split, file in _dialogues(path):
            marks = file.with_name(f"dialogues_emotion_{split}.txt")
            if not marks.is_file():
                yield Broken(str(file), f"the emotions are missing: put {marks.name} beside it")
                continue
            for turns, numbers in zip_longest(lines(file), lines(marks)):
                if turns is None or numbers is None:
                    yield Broken(str(file), f"{file.name} and {marks.name} have unequal numbers of lines")
                    break
                yield from _turns(f"{file}:{turns[0]}", split, turns[1], numbers[1])


class XDailyDialog:
    """The emotion of each turn, in each language."""

    name = "xdailydialog"
    sense = Sense.TEXT
    licence = "Apache-2.0 and CC-BY-NC-SA-4.0: not commercial"
    use = Use.EVALUATE
    source = "https://github.com/liuzeming01/XDailyDialog"

    def found(self, path: Path) -> bool:
        """By the names of the files."""
        return bool(members(path, "*_human.txt"))

    def read(self, path: Path) -> Iterator[Row | Broken]:
        """Files in the order of their names."""
        for file in members(path, "*_human.txt"):
            for number, line in lines(file):
                where = f"{file}:{number}"
                fields = line.split("\t") if isinstance(line, str) else []
                if isinstance(line, Broken):
                    yield line
                elif len(fields) != COLUMNS:
                    yield Broken(where, f"{len(fields)} fields; a row has turns, topic, acts and emotions")
                else:
                    yield from _turns(where, file.stem.removesuffix("_human"), fields[0], fields[3])


def _dialogues(path: Path) -> list[tuple[str, Path]]:
    found = [(split, file) for split in SPLITS for file in members(path, f"dialogues_{split}.txt")]
    if path.is_dir():
        found += [(split, file) for split in SPLITS for file in members(path / split, f"dialogues_{split}.txt")]
    return found


def _turns(where: str, split: str, line: str | Broken, marks: str | Broken) -> Iterator[Row | Broken]:
    if isinstance(line, Broken) or isinstance(marks, Broken):
        yield line if isinstance(line, Broken) else marks  # type: ignore[misc]
        return
    turns = [turn.strip() for turn in line.split(TURN) if turn.strip()]
    numbers = marks.split()
    if len(turns) != len(numbers):
        yield Broken(where, f"{len(turns)} turns and {len(numbers)} emotions")
        return
    for turn, number in zip(turns, numbers, strict=True):
        if number not in map(str, range(len(LABELS))):
            yield Broken(where, f"the emotion {number!r} is none of 0 to {len(LABELS) - 1}")
            continue
        label = LABELS[int(number)]
        yield Row(where=where, content=turn, labels=(label,), emotions=emotions((label,)), split=split)
