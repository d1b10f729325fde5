from __future__ import annotations

import secrets
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from edge.errors import VaultError
from edge.privacy import schema
from edge.privacy.key import CREDENTIAL, Key, find_key
from edge.privacy.retention import KINDS, Kind, expire
from edge.privacy.vault import Vault, open_vault
from edge.privacy.vault_files import FILE

if TYPE_CHECKING:
    from pathlib import Path

MARKER = "the cat sat on the marker 7f3a"


def put(vault: Vault, name: str, value: int = 1) -> None:
    with vault.transaction() as transaction:
        transaction.run("INSERT INTO counter VALUES (?, ?)", name, value)


def names(vault: Vault) -> list[str]:
    return [str(name) for (name,) in vault.rows("SELECT name FROM counter ORDER BY name")]


def test_what_was_stored_is_there_after_a_restart(tmp_path: Path) -> None:
    first = open_vault(tmp_path)
    put(first, "猫")
    first.close()
    second = open_vault(tmp_path)
    assert names(second) == ["猫"]


def test_nothing_of_it_can_be_read_on_the_disk(tmp_path: Path) -> None:
    vault = open_vault(tmp_path)
    put(vault, MARKER)
    for _ in range(2):  # with the write-ahead log, and without
        content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert MARKER.encode() not in content
        assert b"SQLite format 3" not in content
        assert b"counter" not in content
        vault.close()


def test_only_its_owner_may_read_the_files(tmp_path: Path) -> None:
    state = tmp_path / "state"
    vault = open_vault(state)
    put(vault, "a")
    assert {path.stat().st_mode & 0o777 for path in state.iterdir()} == {0o600}
    assert state.stat().st_mode & 0o777 == 0o700


def test_another_key_is_refused_by_name(tmp_path: Path) -> None:
    open_vault(tmp_path).close()
    (tmp_path / "vault.key").write_text(secrets.token_hex(32))
    with pytest.raises(VaultError, match=r"vault\.db cannot be read with the file .*vault\.key.*privacy forget"):
        open_vault(tmp_path)


def test_a_vault_without_its_key_is_not_made_anew(tmp_path: Path) -> None:
    open_vault(tmp_path).close()
    (tmp_path / "vault.key").unlink()
    with pytest.raises(VaultError, match=r"key of the vault .* is gone"):
        open_vault(tmp_path)
    assert (tmp_path / FILE).exists()


@pytest.mark.parametrize("content", [b"", b"zz" * 32, b"00" * 31, b"00" * 33, "钥匙".encode(), b"\0" * 64])
def test_a_key_file_that_is_none_is_told(tmp_path: Path, content: bytes) -> None:
    open_vault(tmp_path).close()
    (tmp_path / "vault.key").write_bytes(content)
    with pytest.raises(VaultError, match="holds no key"):
        open_vault(tmp_path)


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    open_vault(tmp_path).close()
    (tmp_path / "vault.key").chmod(0o644)
    with pytest.raises(VaultError, match="0600 is allowed"):
        open_vault(tmp_path)


def test_with_a_credential_of_systemd_the_file_is_only_half_of_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = tmp_path / "credentials"
    given.mkdir()
    (given / CREDENTIAL).write_text("ab" * 32)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(given))
    state = tmp_path / "state"
    vault = open_vault(state)
    put(vault, "a")
    vault.close()
    key = find_key(state)
    assert key is not None
    assert key.sealed
    assert repr(key) == f"Key('the systemd credential rapport-vault-key and the file {state / 'vault.key'}')"
    assert names(open_vault(state)) == ["a"]
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    with pytest.raises(VaultError, match="of another key, or none"):
        open_vault(state)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(given))
    (given / CREDENTIAL).write_text("ac" * 32)
    with pytest.raises(VaultError, match="of another key, or none"):
        open_vault(state)


@pytest.mark.parametrize("at", [0, 16, 100, 4096, 5000, -1, -2000])
def test_a_changed_byte_anywhere_is_noticed_when_it_is_opened(tmp_path: Path, at: int) -> None:
    vault = open_vault(tmp_path)
    for number in range(200):
        put(vault, f"{number} {MARKER}")
    vault.close()
    content = bytearray((tmp_path / FILE).read_bytes())
    content[at] ^= 1
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(VaultError, match="Restore"):
        open_vault(tmp_path)


@pytest.mark.parametrize("kept", [0, 1, 511, 4096, 6000])
def test_a_cut_file_is_noticed_when_it_is_opened(tmp_path: Path, kept: int) -> None:
    vault = open_vault(tmp_path)
    for number in range(200):
        put(vault, f"{number} {MARKER}")
    vault.close()
    (tmp_path / FILE).write_bytes((tmp_path / FILE).read_bytes()[:kept])
    with pytest.raises(VaultError):
        open_vault(tmp_path)


def test_what_raises_leaves_nothing_and_the_vault_goes_on(tmp_path: Path) -> None:
    vault = open_vault(tmp_path)

    def fail(value: int) -> None:
        with vault.transaction() as transaction:
            transaction.run("INSERT INTO counter VALUES ('a', 1)")
            transaction.run("INSERT INTO counter VALUES ('b', ?)", 1 // value)

    with pytest.raises(ZeroDivisionError):
        fail(0)
    with pytest.raises(VaultError, match="CHECK constraint"):
        fail(-1)
    assert names(vault) == []
    put(vault, "b")
    assert names(vault) == ["b"]


def test_threads_take_turns(tmp_path: Path) -> None:
    vault = open_vault(tmp_path)
    put(vault, "a", 0)

    def add() -> None:
        for _ in range(50):
            with vault.transaction() as transaction:
                ((value,),) = transaction.rows("SELECT value FROM counter")
                transaction.run("UPDATE counter SET value = ?", int(value or 0) + 1)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert vault.rows("SELECT value FROM counter") == [(200,)]


def test_two_processes_may_use_it(tmp_path: Path) -> None:
    vault = open_vault(tmp_path)
    put(vault, "a")
    code = (
        "import sys; from pathlib import Path; from edge.privacy.vault import open_vault\n"
        "vault = open_vault(Path(sys.argv[1]))\n"
        "with vault.transaction() as transaction:\n    transaction.run(\"INSERT INTO counter VALUES ('b', 1)\")"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, timeout=50)
    assert names(vault) == ["a", "b"]


def test_a_full_disk_is_told_as_that_and_what_was_stored_stays(tmp_path: Path) -> None:
    code = (
        "import resource, signal, sys; from pathlib import Path; from edge.errors import VaultFull\n"
        "from edge.privacy.vault import open_vault\n"
        "vault = open_vault(Path(sys.argv[1]))\n"
        "with vault.transaction() as transaction: transaction.run(\"INSERT INTO counter VALUES ('a', 1)\")\n"
        "vault.rows('PRAGMA max_page_count = 4')\n"
        "try:\n"
        "    with vault.transaction() as transaction:\n"
        "        for n in range(5000): transaction.run('INSERT INTO counter VALUES (?, 1)', f'{n} {n}')\n"
        "except VaultFull as error: print(error)\n"
        "print(vault.rows('SELECT name FROM counter'))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], check=True, timeout=50, capture_output=True, text=True
    )
    assert "the disk is full" in ran.stdout
    assert ran.stdout.endswith("[('a',)]\n")


def test_what_was_acknowledged_before_a_kill_is_there_and_nothing_half(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from edge.privacy.vault import open_vault\n"
        "vault = open_vault(Path(sys.argv[1]))\n"
        "n = vault.rows('SELECT count(*) FROM counter')[0][0] // 2\n"
        "while True:\n"
        "    with vault.transaction() as transaction:\n"
        "        transaction.run('INSERT INTO counter VALUES (?, 1)', f'{n} one')\n"
        "        transaction.run('INSERT INTO counter VALUES (?, 1)', f'{n} two')\n"
        "    n += 1\n"
        "    print(n, flush=True)\n"
    )
    for _ in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            for _ in range(1 + secrets.randbelow(30)):
                told = process.stdout.readline()
            process.send_signal(signal.SIGKILL)
            left = process.stdout.read().split()
        acknowledged = int((left or [told])[-1])
        vault = open_vault(tmp_path)
        ((count,),) = vault.rows("SELECT count(*) FROM counter")
        vault.close()
        assert isinstance(count, int)
        assert count % 2 == 0
        assert count // 2 in (acknowledged, acknowledged + 1)


def test_a_vault_of_a_newer_version_is_left_as_it_is(tmp_path: Path) -> None:
    vault = open_vault(tmp_path)
    with vault.transaction() as transaction:
        transaction.run("INSERT INTO migration VALUES ('9999-future', 0)")
    vault.close()
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(VaultError, match="newer version: it has 9999-future"):
        open_vault(tmp_path)
    assert (tmp_path / FILE).read_bytes() == before


def test_a_migration_that_fails_leaves_the_vault_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_vault(tmp_path).close()
    broken = schema.Migration("9998-broken", "CREATE TABLE half (a) STRICT; CREATE TABLE;")
    known = schema.migrations()
    monkeypatch.setattr(schema, "migrations", lambda: (*known, broken))
    with pytest.raises(VaultError):
        open_vault(tmp_path)
    monkeypatch.undo()
    vault = open_vault(tmp_path)
    assert ("half",) not in vault.rows("SELECT name FROM sqlite_schema")


def test_every_table_has_a_purpose_and_an_end(tmp_path: Path) -> None:
    vault = open_vault(tmp_path)
    tables = {str(name) for (name,) in vault.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    tables -= {name for name in tables if name.startswith("sqlite_")}
    assert tables == {kind.table for kind in KINDS}
    assert all(kind.purpose and kind.ends for kind in KINDS)
    for kind in KINDS:
        columns = {str(row[1]) for row in vault.rows(f"PRAGMA table_info({kind.table})")}
        assert kind.expires is None or kind.expires in columns


def test_rows_go_when_their_time_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = open_vault(tmp_path)
    with vault.transaction() as transaction:
        transaction.script("CREATE TABLE note (expires_utc REAL); INSERT INTO note VALUES (10), (20), (30)")
    monkeypatch.setattr("edge.privacy.retention.KINDS", (Kind("note", "a test", "at once", "expires_utc"),))
    assert expire(vault, 20.0) == {"note": 2}
    assert vault.rows("SELECT expires_utc FROM note") == [(30.0,)]


def test_a_closed_vault_says_so(tmp_path: Path) -> None:
    vault = open_vault(tmp_path)
    vault.close()
    vault.close()
    with pytest.raises(VaultError, match="is closed"):
        vault.rows("SELECT 1")
    with pytest.raises(VaultError, match="is closed"), vault.transaction():
        pass


@pytest.mark.parametrize("kind", ["directory", "link"])
def test_what_is_no_plain_file_is_refused(tmp_path: Path, kind: str) -> None:
    if kind == "directory":
        (tmp_path / FILE).mkdir()
    else:
        (tmp_path / "elsewhere").touch()
        (tmp_path / FILE).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(VaultError, match="cannot be used"):
        Vault(tmp_path / FILE, Key(bytes(32), "a test", sealed=False))


def test_importing_the_room_loads_no_database() -> None:
    code = "import sys, edge.privacy.vault, edge.privacy.retention; print('apsw' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=50)
    assert ran.stdout == "False\n"
