"""Reads a recording with suspicion: line by line, bounded, and with an error that names the line and what is wrong."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, cast

from pydantic import ValidationError

from edge.affect import Alertness, Episode, Reading, Sense, State
from edge.errors import InputError, ModelError
from edge.replay.codec import built, parsed
from edge.replay.form import FORMAT, LARGEST, LONGEST_LINE, VERSION, Head
from edge.understanding.pooled import pool_of
from edge.understanding.settings import UnderstandingSettings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from edge.understanding.fusion import Pool

REMEDY = "Give a file that `rapport record` of this version wrote"
EVENTS: dict[str, type[Episode | Alertness]] = {"Episode": Episode, "Alertness": Alertness}
GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Step:
    """What went into understanding and what came out of it; ``number`` is the line in the file, from 1."""

    number: int
    state: State
    reading: Reading | None = None
    forgot: Sense | None = None
    events: tuple[Episode | Alertness, ...] = ()
    published: bool = True
    watched: bool = False


@dataclass(frozen=True, slots=True)
class Unwatched:
    """What was learned of the driver by this sense was forgotten."""

    number: int
    sense: Sense


@dataclass(frozen=True, slots=True)
class Adopted:
    """Understanding went on with other settings."""

    number: int
    settings: UnderstandingSettings


@dataclass(frozen=True, slots=True)
class Happened:
    """Something about the device: a change of consent or of a lane. Understanding does not depend on it."""

    number: int
    kind: Literal["consent", "lane"]
    record: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ended:
    """The last line, or what stands for it: ``cut`` when the file ends without one."""

    number: int
    why: str
    cut: bool


Entry = Step | Unwatched | Adopted | Happened | Ended


class Recording:
    """An opened recording: ``head``, then ``entries`` once.

    Raises:
        InputError: the file cannot be read, is none of ours, of a newer version, too large, or damaged in the middle.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines = _lines(path)
        first = next(self._lines, None)
        if first is None:
            raise _unusable(path, 1, "it is empty")
        self.head = _head(path, first[1])
        self.settings = _settings(path, 1, self.head.understanding)
        self.pool = _pool(path, self.head)
        """What combined the senses; None: an older recording does not say."""

    def entries(self) -> Iterator[Entry]:
        """What happened, in order; the last is always an Ended."""
        number = 1
        for number, text in self._lines:
            if text is None or not text.endswith(b"\n"):
                yield Ended(number, f"it is cut in line {number}: the device stopped while it wrote", cut=True)
                return
            entry = self._entry(number, text)
            yield entry
            if isinstance(entry, Ended):
                if next(self._lines, None) is not None:
                    raise _unusable(self.path, number + 1, "something follows the last line")
                return
        yield Ended(number, f"it has no last line after line {number}: it is still written, or was cut", cut=True)

    def _entry(self, number: int, text: bytes) -> Entry:
        try:
            record = parsed(text)
            kind = record.pop("kind", None)
            if kind == "step":
                return _step(number, record)
            if kind == "settings":
                return Adopted(number, _settings(self.path, number, record["understanding"]))
            if kind == "unwatched":
                return Unwatched(number, Sense(record["sense"]))
            if kind in {"consent", "lane"}:
                return Happened(number, kind, record)
            if kind == "end":
                return Ended(number, str(record.get("why", "")), cut=False)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise _unusable(self.path, number, str(error) or type(error).__name__) from error
        raise _unusable(self.path, number, f"the kind {kind!r} is not known")


def _lines(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """Numbered lines with their line feed; None for a packed line that is cut. Raises InputError."""
    number = total = 0
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == GZIP
            raw.seek(0)
            file = cast("BinaryIO", gzip.GzipFile(fileobj=raw, mode="rb") if packed else raw)
            while True:
                number += 1
                try:
                    text = file.readline(LONGEST_LINE + 1)
                except (EOFError, zlib.error, gzip.BadGzipFile):
                    yield number, None
                    return
                if not text:
                    return
                total += len(text)
                if len(text) > LONGEST_LINE:
                    raise _unusable(path, number, f"the line is longer than {LONGEST_LINE} bytes")
                if total > LARGEST:
                    raise _unusable(path, number, f"it is larger than {LARGEST} bytes")
                yield number, text
    except OSError as error:
        problem = f"the recording {path} cannot be read: {error.strerror or error}"
        raise InputError(problem, REMEDY) from error


def _head(path: Path, text: bytes | None) -> Head:
    try:
        record = parsed(text or b"")
    except (ValueError, RecursionError):
        record = {}
    if record.pop("kind", None) != "head" or record.get("format") != FORMAT:
        raise _unusable(path, 1, "this is no recording of Rapport")
    version = record.get("version")
    if isinstance(version, int) and version > VERSION:
        problem = f"the recording {path} is of version {version}; this Rapport knows up to {VERSION}"
        raise InputError(problem, "Replay it with the Rapport that recorded it, or a newer one")
    try:
        return Head.model_validate(record)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _unusable(path, 1, f"{where}: {first['msg']}") from error


def _settings(path: Path, number: int, record: object) -> UnderstandingSettings:
    try:
        return UnderstandingSettings.model_validate(record)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(("understanding", *(str(part) for part in first["loc"])))
        raise _unusable(path, number, f"{where}: {first['msg']}") from error


def _pool(path: Path, head: Head) -> Pool | None:
    try:
        return None if head.pool is None else pool_of(head.pool, "recorded")
    except ModelError as error:
        raise _unusable(path, 1, error.problem) from error


def _step(number: int, record: dict[str, Any]) -> Step:
    state = built(State, record.pop("state"))
    reading = built(Reading, record.pop("reading")) if "reading" in record else None
    forgot = Sense(record.pop("forgot")) if "forgot" in record else None
    events = tuple(built(EVENTS[kind], event) for kind, event in record.pop("events", ()))
    published, watched = record.pop("published", True), record.pop("watched", False)
    if not isinstance(published, bool) or not isinstance(watched, bool):
        message = "published and watched are true or false"
        raise ValueError(message)  # noqa: TRY004 - the content is wrong
    if record:
        message = f"a step has no {next(iter(record))!r}"
        raise ValueError(message)
    return Step(number, state, reading, forgot, events, published, watched)


def _unusable(path: Path, number: int, why: str) -> InputError:
    return InputError(f"the recording {path} cannot be used: line {number}: {why}", REMEDY)
