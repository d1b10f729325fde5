"""Named arrays in ``.npz`` files, checked when they are written and when they are read."""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from edge.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    Arrays = Mapping[str, NDArray[Any]]


def replaced(path: Path, write: Callable[[Path], object]) -> None:
    """Write beside ``path``, then rename: a reader finds the old file or the new one."""
    part = path.with_name(f"part-{path.name}")
    write(part)
    part.replace(path)


def read(path: Path) -> dict[str, NDArray[Any]]:
    """All arrays of an npz file."""
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except FileNotFoundError:
        problem = f"{path} is missing"
        raise InputError(problem, "Train again") from None
    except (OSError, ValueError, EOFError, AttributeError, zipfile.BadZipFile, zlib.error) as error:
        problem = f"{path} is not a whole .npz file of plain arrays: {error}"
        raise InputError(problem, "It was cut short or is something else; train again") from error


def checked(arrays: Arrays, names: tuple[str, ...], what: str) -> dict[str, NDArray[np.float32]]:
    """The named arrays as float32, with the same number of rows in each."""
    missing = [name for name in names if name not in arrays]
    if missing:
        problem = f"{what} lacks {', '.join(missing)}; it has {', '.join(sorted(arrays)) or 'nothing'}"
        raise InputError(problem, "Give one array for each input of the recipe")
    found = {name: _floats(arrays[name], f"{name} in {what}") for name in names}
    rows = {name: len(array) for name, array in found.items()}
    if len(set(rows.values())) > 1:
        listed = ", ".join(f"{name} {count}" for name, count in rows.items())
        problem = f"the arrays in {what} have different numbers of rows: {listed}"
        raise InputError(problem, "Give the same rows of every input")
    return found


def _floats(array: NDArray[Any], what: str) -> NDArray[np.float32]:
    if array.dtype.kind not in "fiu" or array.ndim < 2 or not len(array):  # noqa: PLR2004 - rows and one more axis
        problem = f"{what} is {array.dtype} with shape {array.shape}; wanted are numbers with shape (rows, …)"
        raise InputError(problem, "Stack the inputs of one row each along the first axis")
    floats = array.astype(np.float32, copy=False)
    if not np.isfinite(floats).all():
        problem = f"{what} holds values that are not finite"
        raise InputError(problem, "Leave these rows out")
    return floats
