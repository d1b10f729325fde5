"""Arrays of an .npz file row by row, so that a set larger than the memory can be read."""

from __future__ import annotations

import math
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from converters.datasets.sets.row import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

LARGEST_ROW = 1 << 24
"""Bytes of one row of an array; a chip has 2,304."""
FAULTS = (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError)
"""What a damaged archive raises."""


@dataclass(frozen=True, slots=True)
class Array:
    """One member's header: the array's shape and type."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def row_bytes(self) -> int:
        """Bytes of one row."""
        return self.dtype.itemsize * math.prod(self.shape[1:])


def headers(path: Path) -> dict[str, Array]:
    """Shape and type of every array of ``path``, none of them read.

    Raises:
        OSError, ValueError, …: one of FAULTS, when it is no such file.
    """
    found = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(".npy"):
                with archive.open(name) as member:
                    found[name.removesuffix(".npy")] = _header(member)
    return found


def whole(path: Path, name: str) -> list[str]:
    """The short text array ``name``, such as names of classes; one of FAULTS when there is none."""
    with zipfile.ZipFile(path) as archive:
        if archive.getinfo(f"{name}.npy").file_size > LARGEST_ROW:
            message = f"{name} is larger than {LARGEST_ROW} bytes"
            raise ValueError(message)
    with np.load(path, allow_pickle=False) as loaded:
        return [str(value) for value in loaded[name].ravel()]


def rows(path: Path, names: tuple[str, ...]) -> Iterator[tuple[int, dict[str, NDArray[Any]]] | Broken]:
    """(index, name → that row) of arrays of equal length, read side by side; Broken where the file is torn."""
    index = 0
    try:
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.open(f"{name}.npy") for name in names}
            arrays = {name: _header(member) for name, member in members.items()}
            fault = _unequal(arrays)
            if fault:
                yield Broken(str(path), fault)
                return
            for index in range(arrays[names[0]].shape[0]):
                yield index, {name: _row(members[name], array) for name, array in arrays.items()}
    except FAULTS as error:
        yield Broken(f"{path}:row {index}", f"the archive cannot be read on: {error}")


def _unequal(arrays: dict[str, Array]) -> str | None:
    if any(not array.shape or array.row_bytes > LARGEST_ROW for array in arrays.values()):
        return f"an array has no rows, or rows of more than {LARGEST_ROW} bytes"
    lengths = {name: array.shape[0] for name, array in arrays.items()}
    return None if len(set(lengths.values())) == 1 else f"its arrays have unequal lengths: {lengths}"


def _header(member: IO[bytes]) -> Array:
    version = np.lib.format.read_magic(member)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, column_major, dtype = read(member)
    if dtype.hasobject or (column_major and len(shape) > 1):
        message = "objects and column-major arrays are not read"
        raise ValueError(message)
    return Array(shape, dtype)


def _row(member: IO[bytes], array: Array) -> NDArray[Any]:
    raw = member.read(array.row_bytes)
    if len(raw) < array.row_bytes:
        message = "the array ends early"
        raise EOFError(message)
    return np.frombuffer(raw, array.dtype).reshape(array.shape[1:])
