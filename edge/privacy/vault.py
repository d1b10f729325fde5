"""One encrypted SQLite file for all that is kept: SQLite3MultipleCiphers through apsw, loaded when it is opened.

Every page, and every page of the write-ahead log, is encrypted and authenticated (ChaCha20-Poly1305, as RFC 8439
defines it; key derivation is left out, as the key is random). A commit that was acknowledged is on the disk
(``synchronous=FULL``), what is deleted is overwritten (``secure_delete``), and nothing temporary is written elsewhere.
"""

from __future__ import annotations

import logging
import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from edge.errors import VaultError, VaultFull
from edge.privacy.key import Key, find_key, make_key
from edge.privacy.schema import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

log = logging.getLogger(__name__)

FILE = "vault.db"
BUSY_MS = 5000
"""How long one process waits for another, such as a command for the device."""
ANEW = "type: rapport privacy forget, which makes a new vault"

LEAST_BYTES = 512
"""Of SQLite's smallest page."""

Value = str | int | float | bytes | None


class Transaction:
    """What may be done between begin and commit. Raises VaultError, after which nothing of it was done."""

    def __init__(self, connection: Any) -> None:  # noqa: ANN401 - apsw's, loaded lazily
        self._connection = connection

    def rows(self, statement: str, *values: Value) -> list[tuple[Value, ...]]:
        """All rows of a query."""
        return list(self._connection.execute(statement, values))

    def run(self, statement: str, *values: Value) -> int:
        """Run one statement; how many rows it changed."""
        self._connection.execute(statement, values)
        return int(self._connection.changes())

    def script(self, statements: str) -> None:
        """Run several statements, without values."""
        self._connection.execute(statements)


class Vault:
    """Safe to share between threads: one of them is in a transaction at a time."""

    def __init__(self, path: Path, key: Key) -> None:
        """Open the file, and bring it to the present form. An empty one becomes a vault.

        Args:
            path: of the vault; its directory is there.
            key: what it is encrypted with.

        Raises:
            VaultError: the key does not fit, the file is damaged, of a newer version or no vault, or out of reach.
        """
        self.path = path
        self._key = key
        self._lock = threading.RLock()
        self._connection: Any = self._open()
        try:
            with self.transaction() as transaction:
                applied = migrate(transaction)
        except BaseException:
            self.close()
            raise
        if applied:
            log.info("the vault %s has a new form: %s", path, ", ".join(applied))

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """All that is done inside is on the disk when the block ends, or nothing is where it raises.

        Raises:
            VaultFull: the disk is full.
            VaultError: any other reason; the vault may be used again.
        """
        import apsw

        with self._lock:
            if self._connection is None:
                problem = "the vault is closed"
                raise VaultError(problem, "Start the program again")
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield Transaction(self._connection)
                except BaseException:
                    self._roll_back()
                    raise
                try:
                    self._connection.execute("COMMIT")
                except BaseException:
                    self._roll_back()
                    raise
            except apsw.Error as error:
                raise self._told(error) from error

    def rows(self, statement: str, *values: Value) -> list[tuple[Value, ...]]:
        """All rows of a query by itself. Raises VaultError."""
        import apsw

        with self._lock:
            if self._connection is None:
                problem = "the vault is closed"
                raise VaultError(problem, "Start the program again")
            try:
                return list(self._connection.execute(statement, values))
            except apsw.Error as error:
                raise self._told(error) from error

    def close(self) -> None:
        """Give the file back; may be called twice."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _open(self) -> Any:  # noqa: ANN401 - as above
        import apsw

        connection = None
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            os.close(descriptor)
            connection = apsw.Connection(str(self.path))
            connection.set_busy_timeout(BUSY_MS)
            connection.pragma("cipher", "chacha20")
            connection.pragma("hexkey", self._key.raw.hex())
            connection.pragma("temp_store", "memory")
            connection.pragma("secure_delete", "on")
            connection.pragma("foreign_keys", "on")
            connection.pragma("journal_mode", "wal")
            connection.pragma("synchronous", "full")
            ((found,),) = connection.execute("PRAGMA quick_check(1)")
            if found != "ok":
                raise apsw.CorruptError(str(found))
        except (apsw.Error, OSError) as error:
            if connection is not None:
                connection.close()
            raise self._told(error) from error
        return connection

    def _roll_back(self) -> None:
        if not self._connection.get_autocommit():
            self._connection.execute("ROLLBACK")

    def _told(self, error: Exception) -> VaultError:
        import apsw

        if isinstance(error, apsw.FullError):
            problem = f"the vault {self.path} cannot grow: the disk is full"
            return VaultFull(problem, "Free space on it; what was stored before is there")
        if isinstance(error, apsw.NotADBError):
            problem = f"the vault {self.path} cannot be read with {self._key.source}: it is of another key, or none"
            return VaultError(problem, f"Restore the key or the vault from where you keep them, or {ANEW}")
        if isinstance(error, apsw.CorruptError):
            problem = f"the vault {self.path} is damaged ({error})"
            return VaultError(problem, f"Restore it from where you keep it, or {ANEW}")
        problem = f"the vault {self.path} cannot be used: {error}"
        return VaultError(problem, "Run the program as the vault's owner, and check the disk")


def open_vault(state_directory: Path) -> Vault:
    """The device's vault; made, with a key, where there is none. Raises VaultError."""
    try:
        state_directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        problem = f"the directory {state_directory} of the vault cannot be made: {error.strerror}"
        raise VaultError(problem, "Run the program as its owner, and check the disk") from error
    path = state_directory / FILE
    key, there = find_key(state_directory), path.is_symlink() or path.exists()
    if key is None and there:
        problem = f"the key of the vault {path} is gone"
        raise VaultError(problem, f"Restore it from where you keep it, or {ANEW}")
    key = key or make_key(state_directory)
    if not there:
        _make(path, key)
    elif path.stat().st_size < LEAST_BYTES:
        problem = f"the vault {path} is damaged: it has {path.stat().st_size} bytes"
        raise VaultError(problem, f"Restore it from where you keep it, or {ANEW}")
    return Vault(path, key)


def _make(path: Path, key: Key) -> None:
    """A new vault, that has its name only when it is whole: one that is cut short is never taken for a new one."""
    fresh = path.with_name(f".{path.name}.new")
    for left in path.parent.glob(f"{fresh.name}*"):  # of one that was not finished
        left.unlink()
    Vault(fresh, key).close()
    fresh.rename(path)
    log.info("a new vault was made: %s, its key is in %s", path, key.source)
