"""Reads labelled faces from any .npz and has the packaged expression net judge them, by the device's own code."""

from __future__ import annotations

import zipfile
from collections import Counter
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from converters.answers import Answers, LeftOut, figures, named, with_progress
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.errors import InputError
from edge.perception.face.expression import LABELS, NAME, SIDE, TASK, Expression

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Arrays = Mapping[str, NDArray[Any]]

ARRAYS = frozenset(
    (
        "images",
        "label",
        "label_names",
        "usage",
        "usage_names",
        "ferplus_votes",
        "ferplus_names",
        "exact_dup_in_training",
    )
)
"""What is read; other arrays of a file, of whatever kind, do no harm."""
USAGES = ("Training", "PublicTest", "PrivateTest")
"""FER2013's names of its parts, for files that number them without saying what the numbers mean."""
REMEDY = "Give an .npz with images (n, height, width), label (n,) and label_names; see docs/evaluating.md"
COPY = "an exact copy of a training picture"
TIED = "votes that are tied"


def evaluate(
    models: Path, data: Path, *, truth: str = "label", usage: str | None = None, classes: Sequence[str] = ()
) -> dict[str, Any]:
    """The figures of ``models``/face-expression on the file ``data``: see ``answers`` and ``converters.answers``."""
    return figures(answers(models, data, truth=truth, usage=usage), classes)


def answers(models: Path, data: Path, *, truth: str = "label", usage: str | None = None) -> Answers:
    """What the net says of each face that has a truth.

    Args:
        models: the folder with one folder per model.
        data: the .npz. ``images`` (n, h, w), (n, h, w, 1) or (n, h, w, 3) RGB, uint8, or float in 0..1 or 0..255,
            framed as faces; they are shrunk or grown to what the net takes. ``label`` (n,) index into
            ``label_names``, -1 for none, or (n,) names. ``usage`` (n,) numbers (``usage_names`` says which) or names.
            ``ferplus_votes`` and ``ferplus_names``. ``exact_dup_in_training`` (n,).
        truth: "label", or "ferplus": the name with most votes; ties are left out.
        usage: only rows of this part; None takes all.

    Raises:
        InputError: the file is not such a file, or has no such part.
        ModelError: the model is missing or does not fit.
    """
    table = _read(data)
    model = Models(models, Cpu()).load(NAME, TASK, LABELS)
    left_out = LeftOut()
    images = _require(table, "images", data)
    chosen = _chosen(table, len(images), usage, data, left_out)
    names = _by_votes(table, data, len(images)) if truth == "ferplus" else _by_label(table, data, len(images))
    scale = _scale(images, data)
    net = Expression(model)
    logits, words = [], []
    for row in with_progress(chosen.tolist(), "faces"):
        if names[row] == TIED:
            left_out.add(TIED)
        elif (word := named(names[row], model.card, left_out)) is None:
            continue
        elif not np.isfinite(images[row]).all():
            left_out.add_broken(f"row {row}: the picture has values that are no numbers")
        else:
            logits.append(net.logits(chip(images[row], scale)))
            words.append(word)
    return Answers(model.card, np.array(logits, np.float64), tuple(words), left_out)


def chips(data: Path, usage: str | None = None) -> NDArray[np.uint8]:
    """(n, SIDE, SIDE) uint8: the faces of such a file, labelled or not. Raises InputError as ``answers`` does."""
    table = _read(data)
    images = _require(table, "images", data)
    scale = _scale(images, data)
    chosen = _chosen(table, len(images), usage, data, LeftOut())
    finite = [row for row in chosen if np.isfinite(images[row]).all()]
    return np.array([chip(images[row], scale) for row in finite], np.uint8).reshape(len(finite), SIDE, SIDE)


def chip(image: NDArray[Any], scale: float = 1.0) -> NDArray[np.uint8]:
    """(SIDE, SIDE) uint8 grey from (h, w), (h, w, 1) or (h, w, 3) RGB whose values times ``scale`` are 0 to 255."""
    levels = image
    if scale != 1.0 or image.dtype != np.uint8:
        levels = np.clip(np.rint(image.astype(np.float32) * scale), 0, 255).astype(np.uint8)
    grey = levels[..., 0] if levels.ndim == 3 and levels.shape[2] == 1 else levels  # noqa: PLR2004 - channels
    if grey.ndim == 3:  # noqa: PLR2004
        grey = np.asarray(cv2.cvtColor(np.ascontiguousarray(grey), cv2.COLOR_RGB2GRAY), np.uint8)
    if grey.shape == (SIDE, SIDE):
        return np.ascontiguousarray(grey)
    way = cv2.INTER_AREA if min(grey.shape) > SIDE else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(np.ascontiguousarray(grey), (SIDE, SIDE), interpolation=way), np.uint8)


def _read(path: Path) -> dict[str, NDArray[Any]]:
    try:
        with np.load(path) as archive:
            return {name: archive[name] for name in archive.files if name in ARRAYS}
    except FileNotFoundError:
        problem = f"there is no file {path}"
        raise InputError(problem, REMEDY) from None
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, AttributeError, TypeError) as error:
        problem = f"{path} cannot be read as an .npz of plain arrays: {error}"
        raise InputError(problem, REMEDY) from error


def _require(table: Arrays, name: str, path: Path, rows: int | None = None) -> NDArray[Any]:
    if name not in table:
        problem = f"{path} has no array {name!r}; of what is read it has {', '.join(sorted(table)) or 'nothing'}"
        raise InputError(problem, REMEDY)
    array = table[name]
    if name == "images" and (array.ndim not in {3, 4} or (array.ndim == 4 and array.shape[3] not in {1, 3})):  # noqa: PLR2004
        problem = f"images in {path} have the shape {array.shape}, wanted are (n, h, w), (n, h, w, 1) or (n, h, w, 3)"
        raise InputError(problem, REMEDY)
    if rows is not None and len(array) != rows:
        problem = f"{name} in {path} has {len(array)} rows, images have {rows}"
        raise InputError(problem, REMEDY)
    return array


def _scale(images: NDArray[Any], path: Path) -> float:
    """What values are multiplied by to be grey levels of 0 to 255. Raises InputError for what is neither range."""
    if images.dtype == np.uint8 or not images.size:
        return 1.0
    if images.dtype.kind not in "fiu":
        problem = f"images in {path} are of type {images.dtype}"
        raise InputError(problem, "Use uint8, or float in 0..1 or 0..255")
    low, high = float(np.nanmin(images)), float(np.nanmax(images))
    if low < 0 or high > 255:  # noqa: PLR2004 - the largest grey level
        problem = f"images in {path} have values from {low:g} to {high:g}"
        raise InputError(problem, "Bring them to 0..1 or 0..255")
    return 255.0 if images.dtype.kind == "f" and high <= 1 else 1.0


def _chosen(table: Arrays, rows: int, usage: str | None, path: Path, left_out: LeftOut) -> NDArray[np.int64]:
    """Rows of the part that is asked for, without copies of training pictures."""
    usages = _usages(_require(table, "usage", path, rows), table) if "usage" in table else None
    kept = np.ones(rows, np.bool_)
    if usage is not None:
        if usages is None:
            problem = f"{path} has no array 'usage', so it has no part {usage!r}"
            raise InputError(problem, "Leave --usage out")
        kept = np.array([name.casefold() == usage.casefold() for name in usages], np.bool_)
        if not kept.any():
            there = ", ".join(f"{name} ({n})" for name, n in Counter(usages).most_common())
            problem = f"{path} has no rows of usage {usage!r}"
            raise InputError(problem, f"Give --usage one of: {there}")
    if "exact_dup_in_training" in table:
        copies = _require(table, "exact_dup_in_training", path, rows).astype(np.bool_)
        if usages is not None:
            copies &= np.array([name != USAGES[0] for name in usages])
        if (found := int((kept & copies).sum())) > 0:
            left_out.add(COPY, rows=found)
        kept &= ~copies
    return np.flatnonzero(kept)


def _usages(usage: NDArray[Any], table: Arrays) -> list[str]:
    """The name of each row's part."""
    if usage.dtype.kind in "US":
        return _texts(usage)
    names = _texts(table["usage_names"]) if "usage_names" in table else list(USAGES)
    return [names[number] if 0 <= number < len(names) else str(number) for number in usage.astype(np.int64).tolist()]


def _by_label(table: Arrays, path: Path, rows: int) -> list[str | None]:
    """The file's own label of each row; None for -1."""
    label = _require(table, "label", path, rows)
    label = label[:, 0] if label.shape == (rows, 1) else label
    if label.dtype.kind in "US":
        return list(_texts(label))
    names = _texts(_require(table, "label_names", path))
    if label.ndim != 1 or label.dtype.kind not in "iuf":
        problem = (
            f"label in {path} has the shape {label.shape} and type {label.dtype}, wanted are (n,) numbers or names"
        )
        raise InputError(problem, REMEDY)
    numbers = label.astype(np.int64)
    if (numbers >= len(names)).any():
        problem = f"label in {path} has the number {numbers.max()}, label_names has {len(names)} names"
        raise InputError(problem, "Give label_names a name for each number")
    return [names[number] if number >= 0 else None for number in numbers.tolist()]


def _by_votes(table: Arrays, path: Path, rows: int) -> list[str | None]:
    """The name with most votes, TIED where two share the lead, None where nobody voted."""
    votes = _require(table, "ferplus_votes", path, rows)
    names = _texts(_require(table, "ferplus_names", path))
    if votes.ndim != 2 or votes.shape[1] != len(names):  # noqa: PLR2004 - rows and columns
        problem = f"ferplus_votes in {path} has the shape {votes.shape}, ferplus_names has {len(names)} names"
        raise InputError(problem, "Give it one column per name")
    most = votes.max(axis=1, keepdims=True)
    tied, silent = (votes == most).sum(axis=1) > 1, most[:, 0] <= 0
    leaders = votes.argmax(axis=1)
    return [
        None if silent[row] else TIED if tied[row] else names[leader] for row, leader in enumerate(leaders.tolist())
    ]


def _texts(array: NDArray[Any]) -> list[str]:
    return [
        item.decode("utf-8", "replace") if isinstance(item, bytes) else str(item) for item in array.ravel().tolist()
    ]
