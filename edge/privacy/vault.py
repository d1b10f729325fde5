"""One encrypted file for all that is kept, and the one that there is now.

Somebody may have the vault forgotten while the device runs. Each use looks whether the file and its key are still the
ones that were opened; where they are not, what is there now is opened, or a new vault made where both are gone.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from edge.errors import VaultError, VaultFull
from edge.privacy.database import ANEW, Transaction, Value, connect, told, whole
from edge.privacy.key import Key, find_key, key_file, make_key
from edge.privacy.vault_files import FILE, RESERVE, hold, mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

log = logging.getLogger(__name__)

LEAST_BYTES = 512
"""Of SQLite's smallest page."""

CLOSE_S = 1.0
AGAIN_S = 10.0
"""One that could not be opened anew is tried again this often, although its files have not changed."""

Outcome = TypeVar("Outcome")


class Vault:
    """Safe to share between threads: one of them is in a transaction at a time.

    Attributes:
        path: of the file.
        renewals: how often it was found to be another vault than before. Whoever holds in memory what came from it
            drops that when this number changes.
    """

    def __init__(self, path: Path, key: Key) -> None:
        """Open the file, and bring it to the present form. An empty one becomes a vault.

        Args:
            path: of the vault; its directory is there.
            key: what it is encrypted with.

        Raises:
            VaultError: the key does not fit, the file is damaged, of a newer version or no vault, or out of reach.
        """
        self.path = path
        self.renewals = 0
        self._key = key
        self._lock = threading.RLock()
        self._closed = False
        self._problem: VaultError | None = None
        self._tried_s = 0.0
        self._connection: Any = connect(self.path, self._key)
        self._mark = mark(path)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """All that is done inside is on the disk when the block ends, or nothing is where it raises.

        Raises:
            VaultFull: the disk is full.
            VaultError: any other reason; the vault may be used again.
        """
        import apsw

        with self._lock:
            connection = self._present()
            try:
                with whole(connection) as transaction:
                    yield transaction
            except apsw.Error as error:
                raise told(self.path, self._key, error) from error

    def erase(self, work: Callable[[Transaction], Outcome]) -> Outcome:
        """``work`` in a transaction, for which there is room also where the disk is full. Raises VaultError."""
        reserve = self.path.with_name(RESERVE)
        try:
            with self.transaction() as transaction:
                done = work(transaction)
        except VaultFull:  # to erase takes room before it gives any
            reserve.unlink(missing_ok=True)
            with self.transaction() as transaction:
                done = work(transaction)
        with suppress(OSError):
            hold(reserve)
        return done

    def rows(self, statement: str, *values: Value) -> list[tuple[Value, ...]]:
        """All rows of a query by itself. Raises VaultError."""
        import apsw

        with self._lock:
            connection = self._present()
            try:
                return list(connection.execute(statement, values))
            except apsw.Error as error:
                raise told(self.path, self._key, error) from error

    def version(self) -> tuple[int, int]:
        """What changes when another process changed the vault, or it is another vault. Raises VaultError."""
        ((version,),) = self.rows("PRAGMA data_version")
        return self.renewals, int(version or 0)

    @property
    def key_source(self) -> str:
        """Where the key comes from, as a phrase for people."""
        return self._key.source

    def close(self) -> None:
        """Give the file back; may be called twice. Left as it is, which is safe, while a slow disk is waited for."""
        if not self._lock.acquire(timeout=CLOSE_S):
            return
        try:
            self._closed = True
            if self._connection is not None:
                self._connection.close()
                self._connection = None
        finally:
            self._lock.release()

    def _present(self) -> Any:  # noqa: ANN401 - as above
        """The connection to the vault that is there now; the lock is held. Raises VaultError."""
        if self._closed:
            problem = "the vault is closed"
            raise VaultError(problem, "Start the program again")
        connection = self._connection
        if connection is not None and not connection.get_autocommit():
            return connection  # inside of a transaction
        now = mark(self.path)
        stuck = self._problem is not None and time.monotonic() - self._tried_s >= AGAIN_S
        if now != self._mark or stuck:
            self._renew()
        if self._problem is not None:
            raise self._problem
        return self._connection

    def _renew(self) -> None:
        """Go on with what is there now; of the vault before nothing is written any more."""
        if self._connection is not None:
            log.warning("the vault %s is not the one that was opened: it was forgotten or replaced", self.path)
            self._connection.close()  # SQLite leaves files alone that are not its own any more
            self._connection = None
            self.renewals += 1
        self._tried_s = time.monotonic()
        try:
            with alone(self.path.parent):
                self._key = _ready(self.path.parent)
                self._connection = connect(self.path, self._key)
                self._mark, self._problem = mark(self.path), None
        except VaultError as error:
            self._mark, self._problem = mark(self.path), error


def open_vault(state_directory: Path) -> Vault:
    """The device's vault; made, with a key, where there is none. Raises VaultError."""
    try:
        state_directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        problem = f"the directory {state_directory} of the vault cannot be made: {error.strerror}"
        raise VaultError(problem, "Run the program as its owner, and check the disk") from error
    with alone(state_directory):
        vault = Vault(state_directory / FILE, _ready(state_directory))
        with suppress(OSError):
            hold(state_directory / RESERVE)
        return vault


def alone(state_directory: Path) -> AbstractContextManager[None]:
    """While this is held nobody else opens, makes or forgets the vault. Raises VaultError."""
    return key_file(state_directory).alone()


def _ready(state_directory: Path) -> Key:
    """The key, once there is a vault that is whole to be opened with it. Raises VaultError."""
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
    return key


def _make(path: Path, key: Key) -> None:
    """A new vault, that has its name only when it is whole: one that is cut short is never taken for a new one."""
    fresh = path.with_name(f".{path.name}.new")
    for left in path.parent.glob(f"{fresh.name}*"):  # of one that was not finished
        left.unlink()
    Vault(fresh, key).close()
    fresh.rename(path)
    log.info("a new vault was made: %s, its key is in %s", path, key.source)
