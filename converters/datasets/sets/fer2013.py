"""FER2013: 35,887 grey faces of 48 by 48 pixels, found by web search for an emotion word.

Goodfellow et al., Challenges in Representation Learning, ICONIP 2013. Layouts:
- ``fer2013.csv`` with the columns emotion, pixels, Usage, and Kaggle's ``icml_face_data.csv``, ``train.csv``,
  ``test.csv`` with some of them:
  https://www.kaggle.com/c/challenges-in-representation-learning-facial-expression-recognition-challenge
- pictures in ``train|test/angry|disgust|…`` (https://www.kaggle.com/datasets/msambare/fer2013), or in
  ``Training|PublicTest|PrivateTest/…``;
- an ``.npz`` with images, label, label_names and, if there, usage and usage_names. The competition page gives no
  licence of the pictures, which are other people's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.datasets.labels import FER2013 as CODES
from converters.datasets.labels import ours
from converters.datasets.sets import npz
from converters.datasets.sets.files import listing, members
from converters.datasets.sets.row import Broken, Row, Use, emotions
from converters.datasets.sets.tables import lines, table
from edge.affect import Sense

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

SIDE = 48
"""Pixels."""
SPLITS = ("Training", "PublicTest", "PrivateTest", "train", "test", "validation", "val")
NEEDED = ("images", "label", "label_names")
LEAST_CLASSES = 3
"""Folders of pictures with an emotion's name that make a set without splits."""
PICTURES = ("*.jpg", "*.jpeg", "*.png", "*.bmp")
VOTED = 10
"""Counts of FER+ votes a picture, which an archive may hold beside the label."""
LARGEST_PICTURE = 1 << 16
"""Bytes. A chip has 2 kB; a larger file is no chip and is not decoded, whatever it may unfold to."""


class Fer2013:
    """The labels by which the pictures were found."""

    name = "fer2013"
    sense = Sense.FACE
    licence = "unclear: pictures from the web"
    use = Use.TRAIN
    source = "https://www.kaggle.com/c/challenges-in-representation-learning-facial-expression-recognition-challenge"

    def found(self, path: Path) -> bool:
        """By the name of its CSV, the header of one, class folders in split folders, or the arrays of an .npz."""
        return bool(tables(path) or archives(path) or _classes(path))

    def read(self, path: Path) -> Iterator[Row | Broken]:
        """CSV files, then archives, then pictures."""
        for file in tables(path):
            for item in table(file, ("pixels",)):
                yield item if isinstance(item, Broken) else _csv_row(file, *item)
        for file in archives(path):
            yield from _archive(file)
        for split, folder in _classes(path):
            yield from _pictures(split, folder)


def tables(path: Path) -> list[Path]:
    """CSV files with pixels."""
    return [
        file
        for file in members(path, "*.csv")
        if file.name == "fer2013.csv" or "pixels" in [name.strip().strip('"') for name in _first_line(file).split(",")]
    ]


def _first_line(path: Path) -> str:
    _, line = next(lines(path), (0, ""))
    return line if isinstance(line, str) else ""


def archives(path: Path) -> list[Path]:
    """``.npz`` files with faces; a damaged one counts by its name alone."""
    found = []
    for file in members(path, "*.npz"):
        try:
            fits = set(NEEDED) <= set(npz.headers(file))
        except npz.FAULTS:
            fits = file.name.startswith("fer")
        if fits:
            found.append(file)
    return found


def pixels(text: str) -> NDArray[np.uint8] | str:
    """(48, 48) chip from numbers between blanks, or what is wrong with them."""
    fields = text.split()
    if len(fields) != SIDE * SIDE:
        return f"{len(fields)} pixels; a chip has {SIDE * SIDE}"
    try:
        values = bytes(map(int, fields))
    except ValueError:
        return "a pixel is no whole number from 0 to 255"
    return np.frombuffer(values, np.uint8).reshape(SIDE, SIDE)


def _csv_row(file: Path, where: str, fields: dict[str, str]) -> Row | Broken:
    chip = pixels(fields["pixels"])
    code = fields.get("emotion", "").strip()
    if isinstance(chip, str):
        return Broken(where, chip)
    if code and code not in CODES:
        return Broken(where, f"the emotion {code!r} is none of 0 to 6")
    return _row(where, chip, CODES.get(code), fields.get("Usage", file.stem).strip())


def _row(where: str, chip: NDArray[np.uint8], label: str | None, split: str) -> Row:
    labels = () if label is None else (label,)
    return Row(where=where, content=chip, labels=labels, emotions=emotions(labels), split=split)


def _archive(file: Path) -> Iterator[Row | Broken]:
    try:
        arrays = npz.headers(file)
        names = npz.whole(file, "label_names")
        usages = npz.whole(file, "usage_names") if "usage_names" in arrays else []
    except npz.FAULTS as error:
        yield Broken(str(file), f"not an archive of faces: {error}")
        return
    columns = ["images", "label", *(("usage",) if "usage" in arrays else ())]
    if "ferplus_votes" in arrays and arrays["ferplus_votes"].shape[1:] == (VOTED,):
        columns.append("ferplus_votes")
    if arrays["images"].shape[1:] != (SIDE, SIDE) or arrays["images"].dtype != np.uint8:
        yield Broken(str(file), f"images are {arrays['images']}; wanted are (n, {SIDE}, {SIDE}) uint8")
        return
    for item in npz.rows(file, tuple(columns)):
        yield item if isinstance(item, Broken) else _archive_row(f"{file}:row {item[0]}", item[1], names, usages)


def _archive_row(where: str, fields: dict[str, NDArray[Any]], names: list[str], usages: list[str]) -> Row | Broken:
    label = int(fields["label"])
    if not -1 <= label < len(names):
        return Broken(where, f"the label {label} is none of -1 to {len(names) - 1}")
    row = _row(where, fields["images"], None if label < 0 else names[label], usage(fields, usages))
    return replace(row, votes=tuple(fields["ferplus_votes"].ravel().tolist())) if "ferplus_votes" in fields else row


def usage(fields: dict[str, NDArray[Any]], names: list[str]) -> str:
    """The name of a row's split, by number where there are names."""
    if "usage" not in fields:
        return ""
    value = fields["usage"].item()
    return names[value] if isinstance(value, int) and 0 <= value < len(names) else str(value)


def _classes(path: Path) -> list[tuple[str, Path]]:
    """(split, folder) of the class folders: in split folders, or at least LEAST_CLASSES of them in ``path`` itself."""
    if not path.is_dir():
        return []
    splits = [split for split in listing(path).folders if split.name in SPLITS]
    found = [(split.name, folder) for split in splits for folder in listing(split).folders]
    if any(ours(folder.name) for _, folder in found):
        return found
    here = [(path.name if path.name in SPLITS else "", folder) for folder in listing(path).folders]
    pictured = [folder for _, folder in here if ours(folder.name) and members(folder, *PICTURES)]
    return here if len(pictured) >= LEAST_CLASSES else []


def _pictures(split: str, folder: Path) -> Iterator[Row | Broken]:
    label = ours(folder.name)
    if label is None:
        yield Broken(str(folder), "the folder's name is none of the seven emotions")
        return
    for file in members(folder, *PICTURES):
        chip = _picture(file)
        yield Broken(str(file), chip) if isinstance(chip, str) else _row(str(file), chip, label, split)


def _picture(file: Path) -> NDArray[np.uint8] | str:
    import cv2

    if file.stat().st_size > LARGEST_PICTURE:
        return f"the file has more than {LARGEST_PICTURE} bytes; a chip has about 2,000"
    data = np.frombuffer(file.read_bytes(), np.uint8)
    picture = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if len(data) else None
    if picture is None:
        return "not a picture that can be decoded"
    chip = np.asarray(picture, np.uint8)
    return chip if chip.shape == (SIDE, SIDE) else f"{chip.shape[1]} by {chip.shape[0]} pixels; FER2013 has 48 by 48"
