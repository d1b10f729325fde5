"""The encrypted file as a database: SQLite3MultipleCiphers through apsw, loaded when it is opened.

Every page, and every page of the write-ahead log, is encrypted and authenticated (ChaCha20-Poly1305, as RFC 8439
defines it; key derivation is left out, as the key is random). A commit that was acknowledged is on the disk
(``synchronous=FULL``), what is deleted is overwritten (``secure_delete``), and nothing temporary is written elsewhere.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from edge.errors import VaultError, VaultFull
from edge.privacy.schema import migrate
from edge.privacy.vault_files import touch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from edge.privacy.key import Key

log = logging.getLogger(__name__)

BUSY_MS = 5000
"""How long one process waits for another, such as a command for the device."""
ANEW = "type: rapport privacy forget, which makes a new vault"

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


@contextmanager
def whole(connection: Any) -> Iterator[Transaction]:  # noqa: ANN401 - apsw's, loaded lazily
    """All that is done inside, or nothing. Raises apsw's errors."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield Transaction(connection)
        connection.execute("COMMIT")
    except BaseException:
        if not connection.get_autocommit():
            connection.execute("ROLLBACK")
        raise


def connect(path: Path, key: Key) -> Any:  # noqa: ANN401 - apsw's, loaded lazily
    """A connection to the vault in its present form; an empty file becomes one.

    Raises:
        VaultError: the key does not fit, the file is damaged, of a newer version or no vault, or out of reach.
    """
    import apsw

    connection = None
    try:
        touch(path)
        connection = apsw.Connection(str(path))
        _prepare(connection, key)
        with whole(connection) as transaction:
            applied = migrate(transaction)
    except (apsw.Error, OSError) as error:
        if connection is not None:
            connection.close()
        raise told(path, key, error) from error
    except VaultError:  # of a newer version
        if connection is not None:
            connection.close()
        raise
    if applied:
        log.info("the vault %s has a new form: %s", path, ", ".join(applied))
    return connection


def _prepare(connection: Any, key: Key) -> None:  # noqa: ANN401
    """Give it the key, and see whether it fits. Raises apsw's errors."""
    import apsw

    connection.set_busy_timeout(BUSY_MS)
    connection.pragma("cipher", "chacha20")
    connection.pragma("hexkey", key.raw.hex())
    connection.pragma("temp_store", "memory")
    connection.pragma("secure_delete", "on")
    connection.pragma("foreign_keys", "on")
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", "full")
    ((found,),) = connection.execute("PRAGMA quick_check(1)")
    if found != "ok":
        raise apsw.CorruptError(str(found))


def told(path: Path, key: Key, error: Exception) -> VaultError:
    """What ``error`` means for the vault ``path``."""
    import apsw

    if isinstance(error, apsw.FullError):
        problem = f"the vault {path} cannot grow: the disk is full"
        return VaultFull(problem, "Free space on it; what was stored before is there")
    if isinstance(error, apsw.NotADBError):
        problem = f"the vault {path} cannot be read with {key.source}: it is of another key, or none"
        return VaultError(problem, f"Restore the key or the vault from where you keep them, or {ANEW}")
    if isinstance(error, apsw.CorruptError):
        problem = f"the vault {path} is damaged ({error})"
        return VaultError(problem, f"Restore it from where you keep it, or {ANEW}")
    problem = f"the vault {path} cannot be used: {error}"
    return VaultError(problem, "Run the program as the vault's owner, and check the disk")
