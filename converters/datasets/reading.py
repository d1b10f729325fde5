"""Every row of a set, with what the set itself does not look after: a progress bar, and ids given twice."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from converters.datasets.sets.row import Broken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from converters.datasets.sets.row import DataSet, Row

BAR_AFTER_S = 2.0
"""Seconds before the bar shows."""


def items(known: DataSet, path: Path) -> Iterator[Row | Broken]:
    """Rows of ``known`` under ``path``, good and broken."""
    return unique(shown(known.read(path), known.name))


def unique(found: Iterable[Row | Broken]) -> Iterator[Row | Broken]:
    """``found``, a row whose id was seen before turned into a broken one."""
    seen: set[int] = set()
    for item in found:
        if isinstance(item, Broken) or not item.id:
            yield item
            continue
        mark = int.from_bytes(blake2b(item.id.encode("utf-8", "surrogatepass"), digest_size=8).digest())
        yield Broken(item.where, f"the id {item.id!r} was given to an earlier row") if mark in seen else item
        seen.add(mark)


def shown(found: Iterable[Row | Broken], name: str) -> Iterable[Row | Broken]:
    """``found`` with a progress bar on a terminal, once they take a while."""
    from tqdm import tqdm

    bar: Iterable[Row | Broken] = tqdm(found, desc=name, unit=" rows", delay=BAR_AFTER_S, leave=False, disable=None)
    return bar
