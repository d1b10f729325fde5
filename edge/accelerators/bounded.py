"""Reading a file of a models folder: a regular file, never more than its kind may have."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from edge.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

RESTORE = "Restore it from the release"


def read_bounded(path: Path, most: int, remedy: str = RESTORE) -> bytes:
    """The content of ``path``. Links are followed: what a file holds is compared, not where it lies.

    Args:
        path: a file.
        most: bytes that it may have.
        remedy: what to do about a file that is no file, or too large.

    Raises:
        FileNotFoundError: there is none; the caller knows the remedy.
        ModelError: it is no regular file (a pipe would wait for ever), too large, or cannot be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:  # noqa: PTH123 - pathlib cannot open a descriptor
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                problem = f"{path} is not a regular file"
                raise ModelError(problem, remedy)
            if found.st_size > most:
                problem = f"{path} has {found.st_size} bytes, at most {most} are allowed"
                raise ModelError(problem, remedy)
            content = file.read(most + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        problem = f"{path} cannot be read: {error.strerror or error}"
        raise ModelError(problem, "Let this user read it") from error
    if len(content) > most:
        problem = f"{path} grew beyond {most} bytes while it was read"
        raise ModelError(problem, remedy)
    return content
