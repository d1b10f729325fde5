"""What was learned before there was a vault: files in ``learned/``, taken into it once and then removed."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from pydantic import ValidationError

from edge.errors import ProfileError
from edge.learning.answers import LearnedRecord
from edge.learning.store import Store
from edge.private import PrivateFile
from edge.understanding.person.names import file_stem

if TYPE_CHECKING:
    from pathlib import Path

    from edge.privacy.vault import Vault

log = logging.getLogger(__name__)

DIRECTORY = "learned"
LARGEST = 1 << 20
"""Bytes; a full profile had under 400,000."""


def take_in(vault: Vault, state_directory: Path) -> None:
    """Move each old file into the vault; one that cannot be used is told and left. Raises VaultError.

    A file goes only when its rows are on the disk. What is in the vault already is newer, and stays.
    """
    directory = state_directory / DIRECTORY
    if not directory.is_dir():
        return
    store = Store(vault)
    for path in sorted(directory.glob("*.json")):
        file = PrivateFile(path, "file of what was learned", LARGEST, ProfileError, "remove it")
        try:
            record = _record(file)
        except ProfileError as error:
            log.error("%s It is not taken into the vault.", error)  # noqa: TRY400 - the sentence says it all
            continue
        if record is not None:
            answers = enumerate(one.answer() for one in record.answers)
            store.save(record.profile, answers, record.days_kept, None)
        file.remove()
    with suppress(OSError):  # where something is left
        directory.rmdir()


def _record(file: PrivateFile) -> LearnedRecord | None:
    """What the file holds; None where it is gone. Raises ProfileError."""
    content = file.read()
    if content is None:
        return None
    with suppress(ValidationError):
        record = LearnedRecord.model_validate_json(content)
        if file.path.stem == file_stem(record.profile):
            return record
    problem = f"{file} is damaged"
    raise ProfileError(problem, "Type: rapport privacy forget, or remove it")
