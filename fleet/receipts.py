"""Which messages were counted: each id once, remembered in SQLite for longer than any device sends one again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.privacy.outbox import LONGEST_LIFETIME_S

if TYPE_CHECKING:
    import sqlite3

KEEP_S = 2 * LONGEST_LIFETIME_S
"""A device gives a message up after LONGEST_LIFETIME_S, and a broker may hold one back for a while after that."""
FORGET_EVERY_S = 3600.0


class Receipts:
    """Ids that were counted. ``first`` belongs into the transaction that counts: both are there, or neither."""

    def __init__(self, database: sqlite3.Connection, keep_s: float = KEEP_S) -> None:
        """Make the table ``receipt`` where there is none, and commit.

        Args:
            database: whoever opened it also closes it; its transactions are the caller's.
            keep_s: how long an id is remembered.
        """
        self._database = database
        self._keep_s = keep_s
        self._forgot_utc_s = float("-inf")
        with database:
            database.execute("CREATE TABLE IF NOT EXISTS receipt (id TEXT PRIMARY KEY, at_utc REAL NOT NULL) STRICT")
            database.execute("CREATE INDEX IF NOT EXISTS receipt_age ON receipt (at_utc)")

    def first(self, ident: str, now_utc_s: float) -> bool:
        """Whether ``ident`` is heard for the first time; it then counts as heard. Opens a transaction, ends none."""
        if abs(now_utc_s - self._forgot_utc_s) >= FORGET_EVERY_S:
            self._forgot_utc_s = now_utc_s
            self._database.execute("DELETE FROM receipt WHERE at_utc < ?", (now_utc_s - self._keep_s,))
        cursor = self._database.execute("INSERT INTO receipt VALUES (?, ?) ON CONFLICT DO NOTHING", (ident, now_utc_s))
        return cursor.rowcount == 1
