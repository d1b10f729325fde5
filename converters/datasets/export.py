"""``python -m converters datasets export``: a split of a public set in the format that ``evaluate`` reads."""

from __future__ import annotations

import csv
import json
import os
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from converters.datasets.catalogue import find, named
from converters.datasets.duplicates import Fingerprints
from converters.datasets.reading import items
from converters.datasets.sets import ferplus
from converters.datasets.sets.row import Broken, Clip, Row
from edge.affect import EMOTIONS, Sense
from edge.errors import InputError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from converters.datasets.sets.row import DataSet

ENDINGS = {Sense.FACE: ".npz", Sense.VOICE: ".csv", Sense.TEXT: ".jsonl"}


def run(arguments: argparse.Namespace) -> int:
    """Write the file and say what is in it."""
    _, name, folder = arguments.what
    rows, broken = export(named(name), Path(folder), arguments.split, arguments.out)
    print(f"{rows} rows written to {arguments.out}; {broken} broken ones left out", file=sys.stderr)
    return 0


def export(known: DataSet, folder: Path, split: str | None, out: Path) -> tuple[int, int]:
    """Write the rows of ``split`` (all, if None) to ``out``, whole or not at all.

    Faces: an .npz with images, label, label_names, usage, usage_names, exact_dup_in_training (the same picture is in
    another split) and ferplus_votes where there are votes. Voices: a CSV with path relative to it, emotion, speaker,
    split. Texts: JSON lines with text, label if there is one emotion of ours, all labels in the set's words, valence
    and arousal if given.

    Returns:
        Rows written, and broken rows left out.

    Raises:
        InputError: the set is not there or has no such split, or ``out`` has the wrong ending.
    """
    if out.suffix != ENDINGS[known.sense]:
        problem = f"{out} does not end in {ENDINGS[known.sense]}, the format of {known.sense.value} sets"
        raise InputError(problem, f"Call it {out.with_suffix(ENDINGS[known.sense])}")
    places = [where for _, where in find(folder, (known.name,))]
    if not places:
        problem = f"the set {known.name} does not lie in or below {folder}"
        raise InputError(problem, "See what does with `python -m converters datasets FOLDER`")
    write = {Sense.FACE: _faces, Sense.VOICE: _voices, Sense.TEXT: _texts}[known.sense]
    partial = out.with_name(f".{out.name}.partial")
    chosen = _Chosen(known, places, split)
    try:
        with partial.open("wb") as file:
            write(chosen, file, out.absolute().parent)
        chosen.check()
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    return chosen.written, chosen.broken


class _Chosen:
    """The rows of one split, and what else there was."""

    def __init__(self, known: DataSet, places: list[Path], split: str | None) -> None:
        self._known, self._places, self._split = known, places, split
        self._splits: set[str] = set()
        self.written = self.broken = 0

    def every(self) -> Iterator[tuple[Row, bool]]:
        """(row, whether it is of the split) for every good row."""
        for place in self._places:
            for item in items(self._known, place):
                if isinstance(item, Broken):
                    self.broken += 1
                    continue
                wanted = self._split in (None, item.split)
                self._splits.add(item.split)
                self.written += wanted
                yield item, wanted

    def __iter__(self) -> Iterator[Row]:
        return (row for row, wanted in self.every() if wanted)

    def check(self) -> None:
        """Raise InputError if there was none."""
        if not self.written:
            problem = f"{self._known.name} has no row in a split called {self._split!r}"
            raise InputError(problem, f"Its splits are: {', '.join(sorted(self._splits)) or '(none)'}")


def _faces(chosen: _Chosen, file: IO[bytes], _: Path) -> None:
    names = [emotion.value for emotion in EMOTIONS]
    rows: list[Row] = []
    wanted_rows: list[bool] = []
    prints = Fingerprints()
    for row, wanted in chosen.every():
        prints.add(row)
        wanted_rows.append(wanted)
        if wanted:
            rows.append(row)
    splits = list(dict.fromkeys(row.split for row in rows))
    arrays: dict[str, Any] = {
        "images": np.array([row.content for row in rows], np.uint8).reshape(-1, 48, 48),
        "label": np.array([names.index(row.ours[0]) if len(row.ours) == 1 else -1 for row in rows], np.int8),
        "label_names": np.array(names),
        "usage": np.array([splits.index(row.split) for row in rows], np.uint8),
        "usage_names": np.array(splits),
        "exact_dup_in_training": ~prints.lonely()[np.array(wanted_rows, bool)],
    }
    if all(row.votes is not None for row in rows):
        arrays["ferplus_votes"] = np.array([row.votes for row in rows], np.uint8).reshape(-1, len(ferplus.NAMES))
        arrays["ferplus_names"] = np.array(ferplus.NAMES)
    np.savez_compressed(file, **arrays)


def _voices(chosen: _Chosen, file: IO[bytes], folder: Path) -> None:
    write = csv.writer(_Text(file), lineterminator="\n").writerow
    write(("path", "emotion", "speaker", "split"))
    for row in chosen:
        if not isinstance(row.content, Clip) or row.content.path is None:
            problem = f"the recording at {row.where} is no file of its own"
            raise InputError(problem, "Take the layout of the set in which each recording is a file")
        path = os.path.relpath(row.content.path.absolute(), folder)
        write((path, row.labels[0] if row.labels else "", row.speaker, row.split))


def _texts(chosen: _Chosen, file: IO[bytes], _: Path) -> None:
    for row in chosen:
        record: dict[str, Any] = {"text": row.content}
        if len(row.ours) == 1 and all(row.emotions):
            record["label"] = row.ours[0]
        if row.labels:
            record["labels"] = list(row.labels)
        if row.affect is not None:
            record["valence"], record["arousal"] = row.affect
        file.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")


class _Text:
    """A binary file for the csv module."""

    def __init__(self, file: IO[bytes]) -> None:
        self._write: Callable[[bytes], int] = file.write

    def write(self, text: str) -> int:
        """Encode and write."""
        return self._write(text.encode("utf-8", "surrogateescape"))
