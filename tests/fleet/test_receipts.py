from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from edge.privacy.outbox import LONGEST_LIFETIME_S
from fleet.receipts import FORGET_EVERY_S, KEEP_S, Receipts

if TYPE_CHECKING:
    from pathlib import Path


def test_an_id_counts_once_also_after_a_restart(tmp_path: Path) -> None:
    for first in (True, False):
        with closing(sqlite3.connect(tmp_path / "book.db")) as database, database:
            receipts = Receipts(database)
            assert receipts.first("a", 10.0) is first
            assert receipts.first("a", 11.0) is False


def test_what_was_not_committed_was_not_counted(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "book.db")) as database:
        receipts = Receipts(database)
        assert receipts.first("a", 10.0)
        database.rollback()
        with database:
            assert receipts.first("a", 10.0), "it comes again, and now it counts"


def test_ids_are_forgotten_when_no_device_can_send_them_again() -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        receipts = Receipts(database)
        assert receipts.first("a", 0.0)
        assert not receipts.first("a", KEEP_S - 1)
        assert receipts.first("b", KEEP_S + FORGET_EVERY_S)
        assert receipts.first("a", KEEP_S + FORGET_EVERY_S)
        assert KEEP_S > LONGEST_LIFETIME_S
