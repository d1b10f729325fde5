from __future__ import annotations

import logging
import threading
import time
from functools import partial
from typing import TYPE_CHECKING

import pytest

from edge.errors import VaultError, VaultFull
from edge.loop.lifetimes import Lifetimes
from edge.outlets.diary import PURGE_AFTER_S
from edge.privacy.clerk import Clerk
from edge.privacy.retention import Kind
from edge.privacy.vault import Vault, open_vault
from tests.edge.learning.support import Wall

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return open_vault(tmp_path)


@pytest.fixture
def clerk(vault: Vault) -> Iterator[Clerk]:
    made = Clerk(vault)
    made.start()
    yield made
    made.stop(5)


def _wait(event: threading.Event) -> None:
    assert event.wait(20)


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.005)


def test_jobs_are_done_in_order_and_a_newer_one_takes_the_place_of_the_last(clerk: Clerk) -> None:
    done: list[int] = []
    held = threading.Event()
    clerk.put(("hold",), partial(_wait, held))
    until(lambda: len(clerk._jobs) == 0)
    for number, key in enumerate(("a", "a", "b", "a")):
        clerk.put((key,), lambda number=number: done.append(number))  # type: ignore[misc]
    held.set()
    until(lambda: clerk.idle)
    assert done == [1, 2, 3], "the first was of the same key as the one after it"


def test_what_waits_may_be_dropped_by_the_start_of_its_key(clerk: Clerk) -> None:
    done: list[str] = []
    held = threading.Event()
    clerk.put(("hold",), partial(_wait, held))
    until(lambda: len(clerk._jobs) == 0)
    clerk.put(("room", "write", "Anna"), lambda: done.append("write"))
    clerk.put(("room", "read"), lambda: done.append("read"))
    clerk.drop("room", "write")
    held.set()
    until(lambda: clerk.idle)
    assert done == ["read"]


def test_what_another_connection_changes_is_noticed_and_what_this_one_does_is_not(
    clerk: Clerk, vault: Vault, tmp_path: Path
) -> None:
    until(lambda: clerk._version == (0, vault.version()[1]))
    before = clerk.changes
    add(vault, "ours")
    time.sleep(0.15)
    assert clerk.changes == before
    add(open_vault(tmp_path), "theirs")
    until(lambda: clerk.changes > before)


def add(vault: Vault, name: str) -> None:
    with vault.transaction() as transaction:
        transaction.run("INSERT INTO counter VALUES (?, 1)", name)


def test_a_trouble_is_said_once_and_is_over_when_the_like_succeeds(
    clerk: Clerk, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        problem = "the disk is full"
        raise VaultFull(problem, "Free space")

    with caplog.at_level(logging.ERROR):
        for name in ("Anna", "Ben", "Anna"):
            clerk.put(("room", "write", name), fail)
            until(lambda: clerk.idle)
    assert [record.message for record in caplog.records] == ["the disk is full. Free space."]
    assert clerk.trouble == "the disk is full. Free space."
    clerk.put(("room", "read"), lambda: None)
    until(lambda: clerk.idle)
    assert clerk.trouble is not None
    clerk.put(("room", "write", "Anna"), lambda: None)
    until(lambda: clerk.idle)
    assert clerk.trouble is None


def test_it_outlives_a_fault_in_what_it_is_given(clerk: Clerk, caplog: pytest.LogCaptureFixture) -> None:
    done = threading.Event()
    with caplog.at_level(logging.ERROR):
        clerk.put(("room",), lambda: int("no number"))  # type: ignore[arg-type]
        clerk.put(("next",), done.set)
        assert done.wait(20)
    assert "room could not be done" in caplog.text


def test_a_stop_does_what_waits(vault: Vault) -> None:
    clerk = Clerk(vault)
    for number in range(20):
        clerk.put((str(number),), lambda number=number: add(vault, str(number)))  # type: ignore[misc]
    clerk.start()
    clerk.stop(20)
    assert vault.rows("SELECT count(*) FROM counter") == [(20,)]


def test_without_a_vault_no_work_is_taken_but_chores_are_done() -> None:
    clerk, done = Clerk(None), threading.Event()
    clerk.put(("room",), lambda: pytest.fail("there is no vault"))
    clerk.every(60, ("chore",), done.set)
    clerk.start()
    assert done.wait(20)
    assert clerk.idle
    clerk.stop(5)
    assert clerk.trouble is None


def test_rows_expire_once_an_hour_by_a_clock_that_can_be_believed(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    with vault.transaction() as transaction:
        transaction.script("CREATE TABLE note (expires_utc REAL) STRICT")
    monkeypatch.setattr("edge.privacy.retention.KINDS", (Kind("note", "a test", "in time", "expires_utc"),))
    wall = Wall()
    lifetimes = Lifetimes(vault, wall.calendar())

    def note(ends_s: float) -> None:
        with vault.transaction() as transaction:
            transaction.run("INSERT INTO note VALUES (?)", ends_s)

    def left() -> int:
        lifetimes.look()
        return len(vault.rows("SELECT 1 FROM note"))

    note(wall.wall_s + 10 * 86_400)
    assert left() == 1
    wall.wall_s += 20 * 86_400  # somebody sets the clock
    wall.ran_s += 60
    assert left() == 1, "a clock that was just set deletes nothing"
    wall.run(PURGE_AFTER_S + 60)
    assert left() == 0
    note(wall.wall_s - 1)
    wall.run(600)
    assert left() == 1
    wall.run(3600)
    assert left() == 0


def test_a_vault_that_cannot_be_used_is_told_until_it_can(vault: Vault, clerk: Clerk, tmp_path: Path) -> None:
    key = (tmp_path / "vault.key").read_text()
    (tmp_path / "vault.key").unlink()
    until(lambda: "is gone" in (clerk.trouble or ""))
    with pytest.raises(VaultError):
        vault.version()
    (tmp_path / "vault.key").write_text(key)
    (tmp_path / "vault.key").chmod(0o600)
    until(lambda: clerk.trouble is None)
