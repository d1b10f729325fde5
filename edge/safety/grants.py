"""The file in which a household's grants and withdrawals are kept: read with suspicion, written whole or not at all."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edge.affect import Sense
from edge.errors import ConsentError
from edge.private import PrivateFile

if TYPE_CHECKING:
    from pathlib import Path

FILE = "consent.json"
LARGEST = 64 * 1024
"""Bytes; a consent file has a few hundred."""


class Purpose(StrEnum):
    """What a sense may be used for. A grant for one purpose says nothing about another."""

    EMOTION = "emotion"
    DROWSINESS = "drowsiness"
    WELLBEING = "wellbeing"
    RECORDING = "recording"
    """What was said, pictures and sound may be written to files, for development: `rapport record --words --raw`."""
    PERSONAL = "personal"
    """To learn what is usual for the person, and to keep it."""
    AGGREGATES = "aggregates"
    """Counts of one hour in so many, clipped and with noise, may leave the device."""

    @property
    def senses(self) -> frozenset[Sense]:
        """The senses that can serve it: a driver is watched by the face alone, and of words nothing is usual."""
        if self is Purpose.PERSONAL:
            return frozenset({Sense.FACE, Sense.VOICE})
        return frozenset({Sense.FACE}) if self is Purpose.DROWSINESS else frozenset(Sense)

    @property
    def opens(self) -> bool:
        """Whether a grant opens the sensor; the others only say what may be done with what an open one gives."""
        return self in {Purpose.EMOTION, Purpose.DROWSINESS}


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
    content = _file(path).read()
    if content is None:
        return None
    try:
        return Grants.model_validate_json(content)
    except ValidationError as error:
        problem = f"the consent file {path} is damaged, so nothing counts as granted"
        raise ConsentError(
            problem, "Withdraw a sense, which writes the file anew with all withdrawn, then grant again"
        ) from error


def write(path: Path, grants: Grants) -> None:
    """Replace the file in one step, readable and writable by its owner only. Raises ConsentError."""
    _file(path).write(grants.model_dump_json(indent=1) + "\n")


def _file(path: Path) -> PrivateFile:
    return PrivateFile(path, "consent file", LARGEST, ConsentError, "withdraw a sense, which writes it anew")
