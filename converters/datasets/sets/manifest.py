"""A voice manifest: a CSV with path, emotion and speaker, paths relative to it, and ``dataset`` where it holds several.

The layout is this project's own; ``evaluate voice`` reads the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from converters.datasets.sets.files import members
from converters.datasets.sets.row import Broken, Row, Use, emotions
from converters.datasets.sets.sounds import clip
from converters.datasets.sets.tables import table
from edge.affect import Sense

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "manifest.csv"
OTHER = ("emodb", "emogator", "nemo")
"""Sets that are read from a manifest under their own name and licence."""


class Manifest:
    """Recordings listed in a manifest under no set's name that is known here."""

    name = "manifest"
    sense = Sense.VOICE
    licence = "unknown: of whoever recorded them"
    use = Use.EVALUATE
    source = "docs/datasets.md"

    def found(self, path: Path) -> bool:
        """By a row that belongs to none of the sets known by name."""
        return any(not isinstance(item, Broken) and item[1].get("dataset") not in OTHER for item in _items(path))

    def read(self, path: Path) -> Iterator[Row | Broken]:
        """Rows in the order of the file; a manifest without its columns is one Broken."""
        for item in _items(path):
            if isinstance(item, Broken):
                yield item
            elif item[1].get("dataset") not in OTHER:
                yield _row(path, *item)


def holds(path: Path, dataset: str) -> bool:
    """Whether a manifest in ``path`` has a row of ``dataset``."""
    return any(not isinstance(item, Broken) and item[1].get("dataset") == dataset for item in _items(path))


def rows(path: Path, dataset: str) -> Iterator[Row | Broken]:
    """The rows of ``dataset``, and what is broken in the manifest."""
    for item in _items(path):
        if isinstance(item, Broken):
            yield item
        elif item[1].get("dataset") == dataset:
            yield _row(path, *item)


def _items(path: Path) -> Iterator[tuple[str, dict[str, str]] | Broken]:
    for file in members(path, NAME):
        yield from table(file, ("path", "emotion", "speaker"))


def _row(path: Path, where: str, fields: dict[str, str]) -> Row | Broken:
    folder = path if path.is_dir() else path.parent
    sound = clip(folder / fields["path"])
    if isinstance(sound, Broken):
        return Broken(where, f"{fields['path']}: {sound.reason}")
    labels = (fields["emotion"],) if fields["emotion"] else ()
    return Row(
        where=where,
        content=sound,
        labels=labels,
        emotions=emotions(labels),
        split=fields.get("split", ""),
        speaker=fields["speaker"],
        id=fields["path"],
    )
