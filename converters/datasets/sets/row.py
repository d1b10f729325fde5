"""What every set gives: rows, or what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeAlias

from converters.datasets import labels as words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from edge.affect import Sense


class Use(StrEnum):
    """What the licence of a set lets a model of ours do with it."""

    TRAIN = "may train"
    EVALUATE = "evaluate only"


@dataclass(frozen=True, slots=True)
class Clip:
    """A decoded recording: ``samples`` (n,) or (n, channels) int16 at ``rate`` Hz; ``path`` None within a table."""

    path: Path | None
    samples: NDArray[np.int16]
    rate: int


Content: TypeAlias = "NDArray[np.uint8] | Clip | str"
"""A grey chip (48, 48), a recording, or words."""


@dataclass(frozen=True, slots=True)
class Row:
    """One example.

    Attributes:
        where: ``file:line`` (or the file, or ``file:item``), for messages.
        content: the example itself; it is let go of with the row.
        labels: in the set's own words (codes and numbers spelled out); none if it has none.
        emotions: for each of ``labels`` our word, or "" where it is none of our seven.
        split: the set's own name of its part; "" if the set has none.
        speaker: unique within the set; "" if unknown.
        id: the set's own; "" if it has none, or gives the same to several rows on purpose.
        votes: ten FER+ counts in the order of ``ferplus.NAMES``.
        affect: valence and arousal in [-1, 1].
    """

    where: str
    content: Content
    labels: tuple[str, ...] = ()
    emotions: tuple[str, ...] = ()
    split: str = ""
    speaker: str = ""
    id: str = ""
    votes: tuple[int, ...] | None = None
    affect: tuple[float, float] | None = None

    @property
    def ours(self) -> tuple[str, ...]:
        """The different words of ours among ``emotions``."""
        return tuple(dict.fromkeys(name for name in self.emotions if name))


@dataclass(frozen=True, slots=True)
class Broken:
    """A row, or a file, that cannot be used: ``where`` as in Row, and why, as a clause without a full stop."""

    where: str
    reason: str


class DataSet(Protocol):
    """A public set."""

    name: str
    sense: Sense
    licence: str
    """As published."""
    use: Use
    source: str
    """Where its layout and licence are described."""

    def found(self, path: Path) -> bool:
        """Whether ``path``, a folder or a file, holds the set in one of its layouts."""
        ...

    def read(self, path: Path) -> Iterator[Row | Broken]:
        """Every row under ``path`` in a fixed order, one at a time."""
        ...


def emotions(
    labels: Iterable[str], table: Mapping[str, str] | None = None, codes: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Our word for each of ``labels``, or "": by the set's own ``table`` if there is one, else by synonym or code."""
    if table is not None:
        return tuple(table.get(label, "") for label in labels)
    return tuple(words.ours(label, codes=codes) or "" for label in labels)
