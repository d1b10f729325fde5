"""A file of the household's own: read with suspicion, written whole or not at all."""

from __future__ import annotations

import fcntl
import os
import stat
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.errors import RapportError


@dataclass(frozen=True, slots=True)
class PrivateFile:
    """A small file that only its owner may read and write.

    Args:
        path: where it lies; its directory is made, with mode 0700, when it is written.
        what: how it is called in a sentence.
        largest: bytes; nothing larger is taken in.
        error: what is raised.
        anew: how it is written anew, for the remedy of one that cannot be used; no full stop.
    """

    path: Path
    what: str
    largest: int
    error: type[RapportError]
    anew: str

    def read(self) -> bytes | None:
        """The content; None when there is no such file; empty when it is larger than allowed.

        Raises:
            RapportError: of the kind ``error``: it is not a plain file of this user that nobody else may read or write.
        """
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        except OSError as error:
            problem = f"{self} cannot be read: {error.strerror}"
            raise self.error(problem, f"Run the program as the file's owner, or {self.anew}") from error
        try:
            self._require_private(os.fstat(descriptor))
            content = os.read(descriptor, self.largest + 1)
        finally:
            os.close(descriptor)
        return content if len(content) <= self.largest else b""

    def write(self, text: str) -> None:
        """Replace the file in one step, with mode 0600. Raises RapportError of the kind ``error``."""
        directory = self.path.parent
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(prefix=f".{self.path.name}.", dir=directory)  # mode 0600
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                Path(temporary).replace(self.path)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise
            _sync(directory)
        except OSError as error:
            problem = f"{self} cannot be written: {error.strerror}"
            raise self.error(problem, "Run the command as the user that runs Rapport, and check the disk") from error

    def remove(self) -> None:
        """Remove it, whatever is in it, and what a power cut left half-written. Raises RapportError."""
        try:
            for scratch in self.path.parent.glob(f".{self.path.name}.*"):
                scratch.unlink(missing_ok=True)
            self.path.unlink(missing_ok=True)
            with suppress(FileNotFoundError):
                _sync(self.path.parent)
        except OSError as error:
            problem = f"{self} cannot be removed: {error.strerror}"
            raise self.error(problem, "Run the command as the user that runs Rapport") from error

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While this is held no other process that asks for it reads or writes. Leaves no file. Raises RapportError."""
        directory = self.path.parent
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            problem = f"{self} cannot be reached: {error.strerror}"
            raise self.error(problem, "Run the command as the user that runs Rapport, and check the disk") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)  # let go of with the descriptor, also by a process that is killed
            yield
        finally:
            os.close(descriptor)

    def __str__(self) -> str:
        """As it is called in a sentence."""
        return f"the {self.what} {self.path}"

    def _require_private(self, status: os.stat_result) -> None:
        path = self.path
        if not stat.S_ISREG(status.st_mode):
            problem = f"{self} is not a plain file"
            raise self.error(problem, f"Remove it, or {self.anew}")
        if status.st_uid != os.geteuid():
            problem = f"{self} belongs to user {status.st_uid}, the program runs as user {os.geteuid()}"
            raise self.error(problem, f"Type: chown {os.geteuid()} {path}, once you know who wrote it")
        mode = stat.S_IMODE(status.st_mode)
        if mode & 0o077:
            problem = f"{self} has mode {mode:04o}, so others may read or change it; 0600 is allowed"
            raise self.error(problem, f"Type: chmod 600 {path}, once you know that nobody changed it")


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)  # so that the new name survives a power cut
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
