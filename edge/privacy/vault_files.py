"""The files that a vault is made of: whether they are still the same, and the room that is held for erasing."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from edge.privacy.key import key_file

if TYPE_CHECKING:
    from pathlib import Path

FILE = "vault.db"
RESERVE = "vault.reserve"
RESERVE_BYTES = 1 << 20
"""Held so that what is withdrawn can be erased when the disk is full: what is erased is written over first, in the
write-ahead log. All profiles of a household are half of it."""

Mark = tuple[int, ...]
"""What tells that a file is another one: compared for being the same, never for being later."""


def mark(path: Path) -> tuple[Mark | None, Mark | None]:
    """Of the vault and of its key; None for what is not there.

    The vault's inode is held by its connection and so is nobody else's meanwhile; a key's may be given anew.
    """
    vault, key = _status(path), _status(key_file(path.parent).path)
    return (
        None if vault is None else (vault.st_dev, vault.st_ino),
        None if key is None else (key.st_dev, key.st_ino, key.st_size, key.st_mtime_ns),
    )


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except OSError:
        return None


def hold(reserve: Path) -> None:
    """See to it that the reserve is there and takes its room. Raises OSError."""
    descriptor = os.open(reserve, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        os.posix_fallocate(descriptor, 0, RESERVE_BYTES)
    except OSError:
        reserve.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)


def touch(path: Path) -> None:
    """See to it that a plain file of this user is there, of mode 0600. Raises OSError.

    One that is there is not opened: to close it again would take away the locks that SQLite holds on it (POSIX).
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        if not stat.S_ISREG(path.lstat().st_mode):
            message = "it is not a plain file"
            raise OSError(message) from None
