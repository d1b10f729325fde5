"""The data sets that are known, where they lie below a folder, and which of them may train a model that is shipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from converters.datasets.sets.brighter import Brighter
from converters.datasets.sets.cped import Cped
from converters.datasets.sets.cremad import CremaD
from converters.datasets.sets.crisis import OpenAiModeration, SosHl1k, XsTest
from converters.datasets.sets.dailydialog import DailyDialog, XDailyDialog
from converters.datasets.sets.emobank import EmoBank
from converters.datasets.sets.emodb import EmoDb
from converters.datasets.sets.emogator import EmoGator
from converters.datasets.sets.fer2013 import Fer2013
from converters.datasets.sets.ferplus import FerPlus
from converters.datasets.sets.files import listing
from converters.datasets.sets.goemotions import GoEmotions
from converters.datasets.sets.lexicons import Empath, Vader
from converters.datasets.sets.manifest import Manifest
from converters.datasets.sets.nemo import Nemo
from converters.datasets.sets.ravdess import Ravdess
from converters.datasets.sets.row import Use
from converters.datasets.sets.savee import Savee
from converters.datasets.sets.smilechat import SmileChat
from converters.datasets.sets.smp2020 import Smp2020
from converters.datasets.sets.support import CounselChat, EsConv
from converters.datasets.sets.tess import Tess
from converters.datasets.sets.xed import Xed
from edge.affect import Sense
from edge.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from converters.datasets.sets.row import DataSet

SETS: tuple[DataSet, ...] = (
    Fer2013(),
    FerPlus(),
    EmoDb(),
    EmoGator(),
    Nemo(),
    Ravdess(),
    CremaD(),
    Tess(),
    Savee(),
    Manifest(),
    GoEmotions(),
    Xed(),
    EmoBank(),
    Cped(),
    SmileChat(),
    Brighter(),
    Smp2020(),
    DailyDialog(),
    XDailyDialog(),
    EsConv(),
    CounselChat(),
    OpenAiModeration(),
    XsTest(),
    SosHl1k(),
    Vader(),
    Empath(),
)
NAMES = tuple(known.name for known in SETS)
_WITH_SUBFOLDERS = {"dailydialog", "fer2013", *(known.name for known in SETS if known.sense is Sense.VOICE)}
"""Sets that take in the files of subfolders (of a speaker, a split, a class), so that these hold no second find."""
MARKS = ("eval_only", "noncommercial")
"""Ends of folder names that forbid training, whatever lies in them."""


def named(name: str) -> DataSet:
    """The set called ``name``; InputError if none is."""
    for known in SETS:
        if known.name == name:
            return known
    problem = f"no data set is called {name!r}"
    raise InputError(problem, f"Use one of {', '.join(NAMES)}")


def trainable(name: str, path: Path | None = None) -> None:
    """Refuse to train on a set that may only measure: every loader for training calls this before it reads.

    Args:
        name: of the set.
        path: where it lies; a folder marked eval_only or noncommercial is refused whatever the set.

    Raises:
        InputError: the licence does not allow a shipped model to learn from the set, or the set is not known.
    """
    known = named(name)
    remedy = "Measure with it, and train on a set that `python -m converters datasets` marks as one that may train"
    if known.use is not Use.TRAIN:
        problem = f"the set {name} may only measure a model, not train one (licence: {known.licence}; {known.source})"
        raise InputError(problem, remedy)
    marked = [part for part in (path.resolve().parts if path else ()) if part.endswith(MARKS)]
    if marked:
        problem = f"the folder {marked[-1]} in {path} is marked as one that may only measure a model, not train one"
        raise InputError(problem, remedy)


def find(path: Path, wanted: tuple[str, ...] = ()) -> Iterator[tuple[DataSet, Path]]:
    """(set, where) for every known layout at or below ``path``.

    Args:
        path: a folder, or one file of a set.
        wanted: names of sets, all if empty.

    Raises:
        InputError: there is no such path, or a name is unknown.
    """
    sets = tuple(named(name) for name in wanted) or SETS
    if not path.exists():
        problem = f"there is no {path}"
        raise InputError(problem, "Give a folder or a file that holds a data set")
    yield from _below(path, sets, set())


def _below(path: Path, sets: tuple[DataSet, ...], seen: set[tuple[int, int]]) -> Iterator[tuple[DataSet, Path]]:
    about = path.stat()
    if (about.st_dev, about.st_ino) in seen:
        return  # a link to a folder that was walked: a loop, or the same twice
    seen.add((about.st_dev, about.st_ino))
    found = [known for known in sets if known.found(path)]
    yield from ((known, path) for known in found)
    rest = tuple(known for known in sets if known not in found or known.name not in _WITH_SUBFOLDERS)
    if path.is_dir() and rest:
        for folder in listing(path).folders:
            yield from _below(folder, rest, seen)
