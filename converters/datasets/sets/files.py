"""Finding files below a folder, for many sets that each ask for other names."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator
    from pathlib import Path


class Listing(NamedTuple):
    """What lies in a folder, sorted; links are followed, and what is neither file nor folder is left out."""

    files: tuple[Path, ...]
    folders: tuple[Path, ...]


def listing(path: Path) -> Listing:
    """The folder ``path``; kept while it does not change, for every set asks for the same."""
    return _listing(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _listing(path: Path, _: int) -> Listing:
    files, folders = [], []
    with os.scandir(path) as entries:
        for entry in entries:
            inner = path / entry.name
            linked = entry.is_symlink()  # a link in a circle is nothing to Path, and an error to the entry
            if inner.is_dir() if linked else entry.is_dir():
                folders.append(inner)
            elif inner.is_file() if linked else entry.is_file():
                files.append(inner)
    return Listing(tuple(sorted(files)), tuple(sorted(folders)))


def members(path: Path, *patterns: str) -> list[Path]:
    """Files whose name fits one of the shell ``patterns``: ``path`` itself, or those directly in it, sorted."""
    files = (path,) if path.is_file() else listing(path).files if path.is_dir() else ()
    return [file for file in files if any(fnmatchcase(file.name, pattern) for pattern in patterns)]


def beneath(path: Path, pattern: re.Pattern[str]) -> Iterator[tuple[Path, re.Match[str]]]:
    """Files in ``path`` and its direct subfolders, sorted, whose "name" or "subfolder/name" fits ``pattern`` whole."""
    if path.is_file():
        groups: list[tuple[Path, ...]] = [(path,)]
    else:
        groups = [listing(path).files, *(listing(folder).files for folder in listing(path).folders)]
    for files in groups:
        for file in files:
            match = pattern.fullmatch(file.name) or pattern.fullmatch(f"{file.parent.name}/{file.name}")
            if match:
                yield file, match
