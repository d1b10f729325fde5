"""The file of a recording while it is written: whole lines, private to this user, packed if its name says so."""

from __future__ import annotations

import gzip
import io
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from edge.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

PACKED = ".gz"


class Lines:
    """``open`` → ``add`` and ``flush`` … → ``close``; used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bytes = 0
        """Added so far, unpacked."""
        self._file: io.FileIO | None = None
        self._packer: gzip.GzipFile | None = None

    def open(self) -> None:
        """Make the file; one that is there already is left alone. Raises InputError."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            self._file = io.FileIO(os.open(self.path, flags, 0o600), "wb")
        except FileExistsError as error:
            problem = f"{self.path} is there already, and a recording never replaces anything"
            raise InputError(problem, "Give another name, or remove that file first") from error
        except OSError as error:
            problem = f"the recording {self.path} cannot be written: {error.strerror}"
            raise InputError(problem, "Give a path in a directory that exists and has space") from error
        if self.path.suffix == PACKED:
            self._packer = gzip.GzipFile(filename="", mode="wb", fileobj=self._file)

    def add(self, text: bytes) -> None:
        """Write a line. Raises OSError."""
        out = self._packer or self._file
        rest = memoryview(text)
        while out is not None and rest:
            rest = rest[out.write(rest) or 0 :]
        self.bytes += len(text)

    def flush(self) -> None:
        """What was added is in the file, and a crash of this process cannot take it any more. Raises OSError."""
        if self._packer is not None:
            self._packer.flush()

    def sync(self) -> None:
        """What was flushed is on the disk, and a power cut cannot take it any more. Raises OSError."""
        if self._file is not None:
            os.fdatasync(self._file.fileno())

    def close(self) -> None:
        """Close the file, full disk or not."""
        with suppress(OSError):
            if self._packer is not None:
                self._packer.close()
        with suppress(OSError):
            if self._file is not None:
                self._file.close()  # what packs does not close what it packs into

    def remove(self) -> None:
        """Remove the file."""
        self.path.unlink(missing_ok=True)
