"""Exact copies within and across the splits of a set, found by fingerprint: 20 bytes a row, whatever the row weighs."""

from __future__ import annotations

import hashlib
import unicodedata
from array import array
from collections import Counter
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from converters.datasets.sets.row import Clip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from converters.datasets.sets.row import Content, Row

WIDTH = 16
"""Bytes of a fingerprint: two of a billion different rows are alike with a probability of 1e-21."""


def fingerprint(content: Content) -> bytes:
    """WIDTH bytes of the pixels, of the samples with their rate, or of the words without case and extra blanks."""
    digest = hashlib.blake2b(digest_size=WIDTH)
    if isinstance(content, str):
        digest.update(
            " ".join(unicodedata.normalize("NFKC", content).casefold().split()).encode("utf-8", "surrogatepass")
        )
    elif isinstance(content, Clip):
        digest.update(f"{content.rate} {content.samples.shape}".encode())
        digest.update(np.ascontiguousarray(content.samples).data)
    else:
        digest.update(f"{content.shape}".encode())
        digest.update(np.ascontiguousarray(content).data)
    return digest.digest()


@dataclass(frozen=True, slots=True)
class Copies:
    """What was found.

    Attributes:
        inside: split → rows beyond the first of each content.
        across: (split, other split) → rows of each whose content is also in the other.
        contradicting: contents that carry different labels in different rows.
    """

    inside: dict[str, int]
    across: dict[tuple[str, str], tuple[int, int]]
    contradicting: int


@dataclass(slots=True)
class Fingerprints:
    """Fingerprints of many rows, with split and labels as small numbers."""

    _digests: bytearray = field(default_factory=bytearray)
    _splits: array[int] = field(default_factory=lambda: array("H"))
    _labels: array[int] = field(default_factory=lambda: array("I"))
    _split_names: dict[str, int] = field(default_factory=dict)
    _label_names: dict[tuple[str, ...], int] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Take note of a row, and keep nothing of it."""
        self._digests += fingerprint(row.content)
        self._splits.append(self._split_names.setdefault(row.split, len(self._split_names)))
        self._labels.append(self._label_names.setdefault(tuple(sorted(row.labels)), len(self._label_names)))

    def copies(self) -> Copies:
        """All copies among the rows so far."""
        names = list(self._split_names)
        inside: Counter[str] = Counter()
        across: Counter[tuple[str, str]] = Counter()
        contradicting = 0
        for rows in self._alike():
            counts = Counter(names[self._splits[row]] for row in rows)
            contradicting += len({self._labels[row] for row in rows}) > 1
            inside.update({name: count - 1 for name, count in counts.items() if count > 1})
            for one, other in combinations(sorted(counts, key=names.index), 2):
                across[one, other] += counts[one]
                across[other, one] += counts[other]
        pairs = {(a, b): (count, across[b, a]) for (a, b), count in across.items() if names.index(a) < names.index(b)}
        return Copies(dict(inside), pairs, contradicting)

    def lonely(self) -> NDArray[np.bool_]:
        """(rows,) False where the content also stands in another split."""
        alone = np.ones(len(self._splits), np.bool_)
        for rows in self._alike():
            if len({self._splits[row] for row in rows}) > 1:
                alone[rows] = False
        return alone

    def _alike(self) -> Iterator[NDArray[np.int64]]:
        """Indices of rows with one content, for every content of at least two rows."""
        halves = np.frombuffer(bytes(self._digests), np.uint64).reshape(-1, 2)
        order = np.lexsort((halves[:, 1], halves[:, 0]))
        edges = np.flatnonzero(np.any(halves[order][1:] != halves[order][:-1], axis=1)) + 1
        starts = np.concatenate([[0], edges])
        ends = np.concatenate([edges, [len(order)]])
        for start, end in zip(starts, ends, strict=True):
            if end - start > 1:
                yield order[start:end]
