"""Forgetting everything: the key is destroyed first, so that whatever else is left of the vault cannot be read.

A flash memory may hold on to blocks that were written over. Of the vault they are of no use without the key; what older
versions kept in files was not encrypted, and the blocks of a removed file may live until they are used again.
"""

from __future__ import annotations

import os
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.errors import VaultError
from edge.privacy import key
from edge.privacy.vault import alone
from edge.privacy.vault_files import FILE, RESERVE

if TYPE_CHECKING:
    from pathlib import Path

OF_THE_VAULT = (
    FILE,
    f"{FILE}-wal",
    f"{FILE}-shm",
    f"{FILE}-journal",
    f".{FILE}.new*",
    RESERVE,
)
OF_OLDER_VERSIONS = ("learned", "profiles", "wellbeing.json", ".wellbeing.json.*")
HALF_WRITTEN = (f".{key.FILE}.*",)


@dataclass(frozen=True, slots=True)
class Proof:
    """What was removed, and what was looked for and not found; names in the state directory."""

    removed: tuple[str, ...]
    absent: tuple[str, ...]


def forget(state_directory: Path) -> Proof:
    """Remove the key, then the vault, then what older versions kept. Raises VaultError; what is gone by then is gone.

    A device that runs sees it, drops what it holds in memory, and makes a new vault once this is through.
    """
    removed: list[str] = []
    absent: list[str] = []
    if not state_directory.is_dir():
        return Proof((), (key.FILE, *OF_THE_VAULT, *OF_OLDER_VERSIONS))
    with alone(state_directory):
        path = state_directory / key.FILE
        try:
            (removed if _destroy(path) else absent).append(key.FILE)
            for pattern in (*HALF_WRITTEN, *OF_THE_VAULT, *OF_OLDER_VERSIONS):
                found = sorted(state_directory.glob(pattern))
                for path in found:
                    _remove(path)
                    removed.append(path.name)
                if not found:
                    absent.append(pattern)
            _sync(state_directory)
        except OSError as error:
            problem = f"{error.filename or path} cannot be removed: {error.strerror}"
            raise VaultError(problem, "Remove it by hand as its owner, and type: rapport privacy forget") from error
    return Proof(tuple(removed), tuple(absent))


def _destroy(path: Path) -> bool:
    """Write over the key with noise, wait until that is on the disk, and remove it; whether there was any."""
    if not path.is_symlink() and not path.exists():
        return False
    if path.is_file() and not path.is_symlink():
        with suppress(PermissionError):  # of a file that may not be written, but removed
            descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                size = max(os.fstat(descriptor).st_size, 2 * key.BYTES)
                os.pwrite(descriptor, secrets.token_bytes(size), 0)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
    _remove(path)
    return True


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
