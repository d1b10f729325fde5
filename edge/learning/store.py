"""Where what was learned lies: ``learned/`` in the state directory, one file a profile, of its owner only.

Everything that is on disk of this room goes through here; the vault of the home's issue takes its place, as it does the
grants' (docs/decisions/0003). A file's name is a digest of the profile's, so that no name leads anywhere.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from pydantic import ValidationError

from edge.errors import ProfileError
from edge.learning.answers import LearnedRecord
from edge.private import PrivateFile
from edge.understanding.person.names import file_stem
from edge.understanding.person.profiles import Stamp, stamp_of

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

DIRECTORY = "learned"
DAMAGED = ".damaged"
LARGEST = 1 << 20
"""Bytes; a full profile has under 400,000."""
ANEW = "type: rapport learned forget, which removes it"


class Store:
    """Files of what was learned; each method is one whole step, and nothing is kept between them."""

    def __init__(self, state_directory: Path) -> None:
        self.directory = state_directory / DIRECTORY

    def file(self, profile: str) -> PrivateFile:
        """The file of a profile."""
        path = self.directory / f"{file_stem(profile)}.json"
        return PrivateFile(path, "file of what was learned", LARGEST, ProfileError, ANEW)

    def stamp(self, profile: str) -> Stamp | None:
        """What tells that the profile's file is another one; None when there is none."""
        return stamp_of(self.file(profile).path)

    def read(self, profile: str) -> LearnedRecord | None:
        """What was learned of ``profile``; None when nothing is kept. A damaged file is set aside and told.

        Raises:
            ProfileError: the file is not a plain file of this user that nobody else may read or write.
        """
        file = self.file(profile)
        content = file.read()
        if content is None:
            return None
        with suppress(ValidationError):
            record = LearnedRecord.model_validate_json(content)
            if record.profile == profile:
                return record
        aside = file.path.with_suffix(DAMAGED)
        try:
            file.path.replace(aside)
        except OSError as error:
            problem = f"{file} is damaged and cannot be set aside: {error.strerror}"
            raise ProfileError(problem, f"Check the disk, or {ANEW}") from error
        log.error("%s is damaged: it was set aside as %s, and learning starts anew", file, aside.name)
        return None

    def save(self, record: LearnedRecord, known: Stamp | None) -> Stamp | None:
        """Write ``record`` in one step, unless its file is another one than ``known``.

        Returns:
            the new stamp; None where somebody else changed or forgot the file, and then nothing is written.

        Raises:
            ProfileError: it cannot be written; what was there stays whole.
        """
        file = self.file(record.profile)
        with file.alone():
            if stamp_of(file.path) != known:
                return None
            file.write(record.model_dump_json() + "\n")
            return stamp_of(file.path)

    def forget(self, profile: str) -> bool:
        """Remove what was learned of a profile, and what was set aside; whether there was any. Raises ProfileError."""
        file = self.file(profile)
        there = file.path.is_symlink() or file.path.exists()
        aside = file.path.with_suffix(DAMAGED)
        there |= aside.exists()
        if there:
            with file.alone():
                file.remove()
                aside.unlink(missing_ok=True)
        return there

    def forget_all(self) -> bool:
        """Remove everything of every profile; whether there was any. Raises ProfileError."""
        found = [path for path in self.directory.glob("*") if path.is_file() or path.is_symlink()]
        found += [path for path in self.directory.glob(".*.json.*") if path not in found]
        try:
            for path in found:
                path.unlink(missing_ok=True)
        except OSError as error:
            problem = f"what was learned cannot be removed from {self.directory}: {error.strerror}"
            raise ProfileError(problem, f"Remove the directory {self.directory} by hand") from error
        return bool(found)
