"""FER+: ten people's votes on each picture of FER2013.

Barsoum et al., Training Deep Networks for Facial Expression Recognition with Crowd-Sourced Label Distribution, ICMI
2016; https://github.com/microsoft/FERPlus (README: ``fer2013new.csv`` has as many rows as ``fer2013.csv``, in its
order, with the columns Usage, Image name and the ten counts; MIT). Also the ``ferplus_votes`` of an .npz.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.datasets.sets import npz
from converters.datasets.sets.fer2013 import SIDE, archives, pixels, usage
from converters.datasets.sets.files import members
from converters.datasets.sets.row import Broken, Row, Use, emotions
from converters.datasets.sets.tables import table
from edge.affect import Sense

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

NAMES = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt", "unknown", "NF")
"""Order of the counts; NF is "not a face"."""
VOTERS = 10
VOTES, FACES = "fer2013new.csv", "fer2013.csv"


class FerPlus:
    """The emotion with most votes; all that share the lead where it is shared."""

    name = "ferplus"
    sense = Sense.FACE
    licence = "votes MIT; pictures as fer2013"
    use = Use.TRAIN
    source = "https://github.com/microsoft/FERPlus"

    def found(self, path: Path) -> bool:
        """By the name of its CSV, or by votes in an archive."""
        return bool(members(path, VOTES) or _archives(path))

    def read(self, path: Path) -> Iterator[Row | Broken]:
        """Both CSV files side by side, then archives."""
        for votes in members(path, VOTES):
            faces = votes.with_name(FACES)
            if not faces.is_file():
                yield Broken(str(votes), f"the pictures are missing: put {FACES} beside it")
                continue
            for vote, face in zip_longest(table(votes, ("Usage", *NAMES)), table(faces, ("pixels", "Usage"))):
                yield _joined(votes, vote, face)
        for file in _archives(path):
            names = npz.whole(file, "usage_names") if "usage_names" in npz.headers(file) else []
            for item in npz.rows(file, ("images", "ferplus_votes", "usage")):
                yield item if isinstance(item, Broken) else _archive_row(f"{file}:row {item[0]}", item[1], names)


Item = tuple[str, dict[str, str]]


def _joined(votes: Path, vote: Item | Broken | None, face: Item | Broken | None) -> Row | Broken:
    if vote is None or face is None:
        return Broken(str(votes), f"{VOTES} and {FACES} have unequal numbers of rows: they do not belong together")
    if isinstance(vote, Broken) or isinstance(face, Broken):
        return vote if isinstance(vote, Broken) else face  # type: ignore[return-value] # one of them is
    where, counts = vote
    if counts["Usage"].strip() != face[1]["Usage"].strip():
        return Broken(where, f"Usage is {counts['Usage']!r} here and {face[1]['Usage']!r} at {face[0]}")
    chip = pixels(face[1]["pixels"])
    if isinstance(chip, str):
        return Broken(face[0], chip)
    try:
        numbers = tuple(int(counts[name]) for name in NAMES)
    except ValueError:
        return Broken(where, "a count of votes is not a whole number")
    return _row(where, chip, numbers, counts["Usage"].strip())


def _archives(path: Path) -> list[Path]:
    found = []
    for file in archives(path):
        try:
            names = npz.headers(file)
        except npz.FAULTS:
            continue  # fer2013 reports it
        if {"ferplus_votes", "usage"} <= set(names):
            found.append(file)
    return found


def _archive_row(where: str, fields: dict[str, NDArray[Any]], names: list[str]) -> Row | Broken:
    counts, chip = fields["ferplus_votes"], fields["images"]
    if chip.shape != (SIDE, SIDE) or chip.dtype != np.uint8 or counts.shape != (len(NAMES),):
        return Broken(where, f"a picture of {chip.shape} {chip.dtype} and {counts.shape} votes")
    return _row(where, chip, tuple(int(count) for count in counts), usage(fields, names))


def _row(where: str, chip: NDArray[np.uint8], counts: tuple[int, ...], split: str) -> Row | Broken:
    if min(counts) < 0 or sum(counts) > VOTERS:
        return Broken(where, f"the votes {counts} are not those of {VOTERS} people")
    most = max(counts)
    labels = tuple(name for name, count in zip(NAMES, counts, strict=True) if count == most) if most else ()
    return Row(where=where, content=chip, labels=labels, emotions=emotions(labels), split=split, votes=counts)
