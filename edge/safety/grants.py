"""The file in which a household's grants and withdrawals are kept: read with suspicion, written whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edge.affect import Sense
from edge.errors import ConsentError

FILE = "consent.json"
LARGEST = 64 * 1024
"""Bytes; a consent file has a few hundred."""


class Purpose(StrEnum):
    """What a sense may be used for. A grant for one purpose says nothing about another."""

    EMOTION = "emotion"
    DROWSINESS = "drowsiness"
    RECORDING = "recording"
    """What was said, pictures and sound may be written to files, for development: `rapport record --words --raw`."""

    @property
    def opens(self) -> bool:
        """Whether a grant for it is enough to open a sensor. The others only say what else may be done meanwhile."""
        return self in {Purpose.EMOTION, Purpose.DROWSINESS}

    @property
    def senses(self) -> frozenset[Sense]:
        """The senses that can serve it: whether a driver is awake is seen in the face alone."""
        return frozenset({Sense.FACE}) if self is Purpose.DROWSINESS else frozenset(Sense)


class Decision(BaseModel):
    """What was decided for one sense and purpose, and when (UTC, ISO 8601)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    granted: bool
    utc: datetime


class Grants(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = 1
    decisions: dict[Purpose, dict[Sense, Decision]] = Field(default_factory=dict)

    def find(self, sense: Sense, purpose: Purpose) -> Decision | None:
        """The decision for ``sense`` and ``purpose``, if there was one."""
        return self.decisions.get(purpose, {}).get(sense)

    def with_decision(self, sense: Sense, purpose: Purpose, *, granted: bool) -> Grants:
        """A copy in which that decision is made now."""
        decision = Decision(granted=granted, utc=datetime.now(tz=UTC).replace(microsecond=0))
        of_purpose = {**self.decisions.get(purpose, {}), sense: decision}
        return Grants(decisions={**self.decisions, purpose: of_purpose})


def read(path: Path) -> Grants | None:
    """What the file says; None when there is none.

    Raises:
        ConsentError: it is not a plain file of this user that nobody else may read or write, or its content is damaged.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        problem = f"the consent file {path} cannot be read: {error.strerror}"
        raise ConsentError(
            problem, "Run the program as the file's owner, or withdraw a sense, which writes it anew"
        ) from error
    try:
        _require_private(path, os.fstat(descriptor))
        content = os.read(descriptor, LARGEST + 1)
    finally:
        os.close(descriptor)
    try:
        return Grants.model_validate_json(content if len(content) <= LARGEST else b"")
    except ValidationError as error:
        problem = f"the consent file {path} is damaged, so nothing counts as granted"
        raise ConsentError(
            problem, "Withdraw a sense, which writes the file anew with all withdrawn, then grant again"
        ) from error


def write(path: Path, grants: Grants) -> None:
    """Replace the file in one step, readable and writable by its owner only. Raises ConsentError."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=f".{FILE}.", dir=path.parent)  # mode 0600
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(grants.model_dump_json(indent=1) + "\n")
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _sync_directory(path.parent)
    except OSError as error:
        problem = f"the consent file {path} cannot be written: {error.strerror}"
        raise ConsentError(problem, "Run the command as the user that runs Rapport, and check the disk") from error


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)  # so that the new name survives a power cut
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _require_private(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        problem = f"the consent file {path} is not a plain file"
        raise ConsentError(problem, "Remove it and grant again")
    if status.st_uid != os.geteuid():
        problem = f"the consent file {path} belongs to user {status.st_uid}, the program runs as user {os.geteuid()}"
        raise ConsentError(problem, f"Type: chown {os.geteuid()} {path}, once you know who wrote it")
    mode = stat.S_IMODE(status.st_mode)
    if mode & 0o077:
        problem = f"the consent file {path} has mode {mode:04o}, so others may read or change it; 0600 is allowed"
        raise ConsentError(problem, f"Type: chmod 600 {path}, once you know that nobody changed it")
