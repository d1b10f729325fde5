"""Aggregates as they were received: from a file of JSON lines, or from the SQLite file that a receiver keeps."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import ValidationError

from edge.errors import InputError
from edge.outlets.aggregates.message import AggregateMessage
from edge.privacy.contribution import FEEDBACK, HUNDREDTHS, MINUTES, REPLIES
from edge.privacy.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

SQLITE = b"SQLite format 3\0"
TABLE = "CREATE TABLE IF NOT EXISTS aggregate (id TEXT PRIMARY KEY, message TEXT NOT NULL) STRICT"
LONGEST = 4096
"""Bytes of a message; one has about 700."""
FAR = 12.0
"""Standard deviations of noise beyond which a number was not made by our noise: chance does so once in 10³²."""


@dataclass(slots=True)
class Received:
    """What is counted, and how many lines were not: repeated, of no use, or impossible."""

    messages: list[AggregateMessage] = field(default_factory=list)
    repeated: int = 0
    malformed: int = 0
    implausible: int = 0


class Receiver:
    """Keeps each message once, whichever way and however often it comes. One thread uses it."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it. Raises InputError."""
        self._path = path
        try:
            self._connection = sqlite3.connect(path, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode = wal")
            self._connection.execute("PRAGMA synchronous = full")
            self._connection.execute(TABLE)
        except sqlite3.Error as error:
            raise _unusable(path, error) from error

    def take(self, payload: bytes) -> bool:
        """Keep a message; on the disk when this returns, so that it may be acknowledged. Whether it is a new one.

        Raises:
            ValueError: it is no aggregate, or has no id.
            InputError: it cannot be kept.
        """
        message = _message(payload)
        try:
            done = self._connection.execute(
                "INSERT OR IGNORE INTO aggregate VALUES (?, ?)", (message.id, message.model_dump_json(by_alias=True))
            )
        except sqlite3.Error as error:
            raise _unusable(self._path, error) from error
        return done.rowcount == 1

    def close(self) -> None:
        """Give the file back."""
        self._connection.close()


def read(path: Path) -> Received:
    """All that is in a file, each household once an hour; what is of no use is counted.

    Raises:
        InputError: there is no such file, or it cannot be read.
    """
    try:
        with path.open("rb") as file:
            is_database = file.read(len(SQLITE)) == SQLITE
    except OSError as error:
        problem = f"the file of aggregates {path} cannot be read: {error.strerror}"
        raise InputError(
            problem, "Give a file of JSON lines, or the one that `python -m fleet receive` keeps"
        ) from error
    return sift(_rows(path) if is_database else _lines(path))


def sift(payloads: Iterable[bytes]) -> Received:
    """What counts of these: an id counts once, and a household once for an hour, whatever it sent for it."""
    found = Received()
    ids: set[str] = set()
    hours: set[tuple[object, ...]] = set()
    for payload in payloads:
        try:
            message = _message(payload)
        except ValueError:
            found.malformed += 1
            continue
        hour = (message.pseudonym, message.day, message.hour)
        if message.id in ids or hour in hours:
            found.repeated += 1
        elif not _plausible(message):
            found.implausible += 1
        else:
            found.messages.append(message)
            hours.add(hour)
        ids.add(str(message.id))
    return found


def _message(payload: bytes) -> AggregateMessage:
    if len(payload) > LONGEST:
        message = f"it has {len(payload)} bytes, at most {LONGEST} are taken"
        raise ValueError(message)
    try:
        found = AggregateMessage.model_validate_json(payload)
    except (ValidationError, RecursionError) as error:
        message = "it is no aggregate"
        raise ValueError(message) from error
    if found.id is None:
        message = "it has no id"
        raise ValueError(message)
    return found


def _plausible(message: AggregateMessage) -> bool:
    """Whether clipping and enough noise can have made it: who lies cannot move a mean by as much as it likes."""
    hour, noise = message.counted(), message.variances()
    if noise.rho > Limits().rho_release:
        return False
    most = HUNDREDTHS * MINUTES
    parts = [(count, 0, MINUTES, noise.minutes) for count in hour.minutes]
    parts += [(count, 0, FEEDBACK, noise.feedback) for count in hour.feedback]
    parts += [(hour.valence, -most, most, noise.valence), (hour.replies, 0, REPLIES, noise.replies)]
    return all(low - FAR * var**0.5 <= value <= high + FAR * var**0.5 for value, low, high, var in parts)


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while line := file.readline(LONGEST + 2):
            if line.strip():
                yield line.strip()


def _rows(path: Path) -> Iterator[bytes]:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            for (message,) in connection.execute("SELECT message FROM aggregate ORDER BY id"):
                yield str(message).encode()
    except sqlite3.Error as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: Exception) -> InputError:
    problem = f"the file of aggregates {path} cannot be used: {error}"
    return InputError(problem, "Give the file that `python -m fleet receive` keeps, and check its rights")
