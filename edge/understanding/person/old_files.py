"""Profiles of before there was a vault: files in ``profiles/``, taken into it once and then removed."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edge.errors import InputError, ProfileError
from edge.private import PrivateFile
from edge.understanding.person.baseline import ProfileRecord
from edge.understanding.person.names import file_stem
from edge.understanding.person.profiles import Profiles

if TYPE_CHECKING:
    from pathlib import Path

    from edge.privacy.vault import Vault

log = logging.getLogger(__name__)

DIRECTORY = "profiles"
SELECTED = "selected.json"
LARGEST = 128 * 1024
"""Bytes; a full profile had under 30,000."""
SCRATCH = (".lock", ".new.*")


class Selection(BaseModel):
    """Which profile was selected on the device; "" for nobody's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = 1
    name: str = Field(max_length=32)


def take_in(vault: Vault, state_directory: Path) -> None:
    """Move each old file into the vault; one that cannot be used is told and left. Raises VaultError.

    A file goes only when its rows are on the disk. What is in the vault already is newer, and stays.
    """
    directory = state_directory / DIRECTORY
    if not directory.is_dir():
        return
    profiles = Profiles(vault)
    for path in sorted(directory.glob("*.json"), key=lambda path: path.name == SELECTED):  # what is selected last
        file = PrivateFile(path, "profile's file", LARGEST, ProfileError, "remove it")
        try:
            if path.name == SELECTED:
                _select(profiles, file)
            elif (record := _record(file)) is not None:
                profiles.save(record, None, record.senses)
            file.remove()
        except ProfileError as error:
            log.error("%s It is not taken into the vault.", error)  # noqa: TRY400 - the sentence says it all
    with suppress(OSError):  # where something is left
        for pattern in SCRATCH:
            for path in directory.glob(pattern):
                path.unlink()
        directory.rmdir()


def _select(profiles: Profiles, file: PrivateFile) -> None:
    """Raises ProfileError."""
    content = file.read()
    if content is None or profiles.selected() is not None:
        return
    try:
        profiles.use(Selection.model_validate_json(content).name)
    except (ValidationError, InputError) as error:
        problem = f"{file} is damaged, so nobody's profile is used"
        raise ProfileError(problem, "Type: rapport profile use NAME, and remove it") from error


def _record(file: PrivateFile) -> ProfileRecord | None:
    """What the file holds; None where it is gone. Raises ProfileError."""
    content = file.read()
    if content is None:
        return None
    with suppress(ValidationError):
        record = ProfileRecord.model_validate_json(content)
        if file.path.stem == file_stem(record.name):
            return record
    problem = f"{file} is damaged"
    raise ProfileError(problem, "Type: rapport privacy forget, or remove it")
