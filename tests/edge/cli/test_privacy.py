"""``rapport privacy`` as it is typed: what is kept, all of it, and nothing of it after it was forgotten."""

from __future__ import annotations

import json
import os
import secrets
import signal
import stat
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from edge.affect import Sense
from edge.cli import main
from edge.learning.store import Store
from edge.privacy.retention import KINDS
from edge.privacy.vault import open_vault
from edge.understanding.person.profiles import Profiles
from edge.understanding.wellbeing.book import Shelf
from tests.edge.learning.support import DAY, answer
from tests.edge.understanding.person.test_profiles import learned
from tests.edge.understanding.wellbeing.test_book import FACE, sums

if TYPE_CHECKING:
    from pathlib import Path

    from edge.privacy.database import Value
    from edge.privacy.vault import Vault
    from tests.edge.cli.conftest import Rapport

MARKERS = 50


def fill(state: Path) -> None:
    with closing(open_vault(state)) as vault:
        Store(vault).save("Anna", [(0, answer()), (1, answer())], 90, None)
        Profiles(vault).save(learned(), None, (Sense.FACE, Sense.VOICE))
        Profiles(vault).use("Anna")
        with Shelf(vault).opened() as book:
            book.page("小明", DAY).add(sums(), FACE, 1)


def test_before_anything_is_kept_it_says_so_and_makes_nothing(rapport: Rapport) -> None:
    done = rapport("privacy")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "nothing is kept yet")
    assert rapport.json("privacy", "status")["vault"] is None
    assert not (rapport.home / "state").exists() or list((rapport.home / "state").iterdir()) == []


def test_each_kind_is_told_with_purpose_end_rows_and_the_oldest(rapport: Rapport) -> None:
    fill(rapport.home / "state")
    found = rapport.json("privacy")
    assert found["key"].endswith("vault.key")
    kinds = {kind["table"]: kind for kind in found["kinds"]}
    assert set(kinds) == {kind.table for kind in KINDS}
    assert all(kind["purpose"] and kind["ends"] for kind in kinds.values())
    assert (kinds["learned"]["rows"], kinds["learned"]["oldest"]) == (2, DAY.isoformat())
    assert (kinds["wellbeing_day"]["rows"], kinds["wellbeing_day"]["oldest"]) == (1, DAY.isoformat())
    told = rapport("privacy", "status").stdout
    assert "learning.days_kept" in told


def test_an_export_has_all_that_is_personal_in_a_file_for_its_owner_alone(rapport: Rapport) -> None:
    rapport("consent", "grant", "face")
    fill(rapport.home / "state")
    path = rapport.home / "mine.json"
    assert rapport("privacy", "export", path).returncode == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    found = json.loads(path.read_text())
    assert set(found["vault"]) == {kind.table for kind in KINDS if kind.personal}
    assert found["vault"]["learned"][0]["answer"]["situation"]["label"] == "sad"
    assert {row["sense"] for row in found["vault"]["usual"]} == {"face", "voice"}
    assert found["vault"]["wellbeing_day"][0]["name"] == "小明"
    assert any(one["sense"] == "face" and one["state"] == "granted" for one in found["consent"])
    assert json.loads(rapport("privacy", "export").stdout) == found, "and the same is printed without a file"
    before = path.read_bytes()
    again = rapport("privacy", "export", path)
    assert again.returncode == 1
    assert "not there yet" in again.stderr
    assert path.read_bytes() == before


@pytest.mark.parametrize("words", [["forget"], ["forget", "--json"], ["status", "file"], ["export", "--yes"]])
def test_what_does_not_fit_is_wrong_use_and_nothing_is_removed(rapport: Rapport, words: list[str]) -> None:
    fill(rapport.home / "state")
    assert rapport("privacy", *words).returncode == 2
    assert rapport.json("privacy", "export")["vault"]["learned"]


@pytest.mark.parametrize(("said", "code"), [("no", 1), ("", 1), ("forget", 0)])
def test_it_asks_before_it_forgets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], said: str, code: int
) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path / "run"))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: said)
    fill(tmp_path / "state")
    assert main(["privacy", "forget"]) == code
    assert (tmp_path / "state" / "vault.db").exists() == bool(code)
    assert ("Nothing was removed" in capsys.readouterr().out) == bool(code)


def plant(vault: Vault, markers: list[str]) -> None:
    """A row of every kind, with a marker in whatever takes text or bytes; then more rows until all are planted."""
    vault.rows("PRAGMA foreign_keys = off")
    vault.rows("PRAGMA ignore_check_constraints = on")
    left, full = list(markers), set[str]()
    with vault.transaction() as transaction:
        while left:
            for kind in KINDS:
                if kind.table in full:
                    continue
                values: list[Value] = []
                for _, name, form, *_ in transaction.rows(f"PRAGMA table_info({kind.table})"):
                    if name == "one":  # a table of one row
                        full.add(kind.table)
                    marker = left.pop() if left and form in {"TEXT", "BLOB"} else secrets.token_hex(8)
                    number = secrets.randbits(40)
                    choice: dict[str, Value] = {"TEXT": marker, "BLOB": marker.encode(), "INTEGER": number, "REAL": 9e9}
                    values.append(choice[str(form)] if name != "one" else 1)
                holes = ", ".join("?" * len(values))
                transaction.run(f"INSERT OR REPLACE INTO {kind.table} VALUES ({holes})", *values)  # noqa: S608
    vault.rows("PRAGMA foreign_keys = on")


def found_in(state: Path, markers: list[str]) -> set[str]:
    content = b"".join(str(path).encode() + path.read_bytes() for path in state.rglob("*") if path.is_file())
    return {marker for marker in markers if marker.encode() in content}


def test_of_fifty_markers_in_every_kind_of_row_none_is_found_afterwards(rapport: Rapport) -> None:
    state, markers = rapport.home / "state", [secrets.token_hex(12) for _ in range(MARKERS)]
    with closing(open_vault(state)) as vault:
        plant(vault, markers)
        texts = " ".join(str(row) for kind in KINDS for row in vault.rows(f"SELECT * FROM {kind.table}"))  # noqa: S608
        assert all(marker in texts for marker in markers), "they were planted"
        old = [secrets.token_hex(12) for _ in range(4)]
        for name, marker in zip(
            ("learned/a.json", "learned/a.damaged", "profiles/.new.x7", "wellbeing.json"), old, strict=True
        ):
            (state / name).parent.mkdir(exist_ok=True)
            (state / name).write_text(marker)
        assert found_in(state, old) == set(old)
        key = (state / "vault.key").read_text().strip()
        done = rapport("privacy", "forget", "--yes")  # while it is open here, with its write-ahead log
    assert done.returncode == 0, done.stderr
    assert found_in(state, [*markers, *old, key]) == set()
    assert [path.name for path in state.rglob("*")] == []
    for name in ("vault.key", "vault.db", "vault.db-wal", "learned", "wellbeing.json"):
        assert f"removed    {name}" in done.stdout
    again = rapport.json("privacy", "forget", "--yes")
    assert again["removed"] == []
    assert "vault.key" in again["absent"]


def test_the_key_is_written_over_before_it_is_removed(rapport: Rapport) -> None:
    state = rapport.home / "state"
    fill(state)
    key = (state / "vault.key").read_bytes()
    os.link(state / "vault.key", rapport.home / "still")  # the blocks of the file
    assert rapport("privacy", "forget", "--yes").returncode == 0
    assert key.strip() not in (rapport.home / "still").read_bytes()


@pytest.mark.parametrize("harm", ["key gone", "vault cut", "vault of another key"])
def test_what_cannot_be_opened_can_be_forgotten(rapport: Rapport, harm: str) -> None:
    state = rapport.home / "state"
    fill(state)
    if harm == "key gone":
        (state / "vault.key").unlink()
    elif harm == "vault cut":
        (state / "vault.db").write_bytes(b"")
    else:
        (state / "vault.key").write_text("ab" * 32)
    for words in (["privacy"], ["learned", "--profile", "Anna"], ["wellbeing"]):
        done = rapport(*words)
        assert done.returncode == 1
        assert "rapport privacy forget" in done.stderr
    assert rapport("privacy", "forget", "--yes").returncode == 0
    assert rapport("privacy").returncode == 0


def test_a_broker_that_cannot_be_reached_is_told_and_remembered(rapport: Rapport) -> None:
    fill(rapport.home / "state")
    there = {"RAPPORT_MQTT__HOST": "127.0.0.1", "RAPPORT_MQTT__PORT": "1"}
    done = rapport("privacy", "forget", "--yes", **there)
    assert done.returncode == 1
    assert "127.0.0.1:1" in done.stderr
    assert [path.name for path in (rapport.home / "state").iterdir()] == ["broker.uncleared"]
    assert rapport.json("privacy")["broker_uncleared"]


def test_a_device_that_runs_goes_on_with_a_new_vault(rapport: Rapport) -> None:
    state, words = rapport.home / "state", rapport.home / "words.txt"
    words.write_text("hello\n")
    fill(state)
    rapport("consent", "grant", "voice", "--for", "personal")
    environment = rapport.environment | {
        "RAPPORT_WORDS__SOURCE": "stdin",
        "RAPPORT_CONSENT__GRANTS": '["text"]',
        "RAPPORT_CONSOLE__ENABLED": "false",
    }
    running = subprocess.Popen(
        rapport.command("run"),
        env=environment,
        cwd=rapport.home,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        deadline = time.monotonic() + 30
        before = (state / "vault.key").read_text()
        while "history" not in str(sorted((rapport.home / "run").glob("*"))):  # it turns
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert rapport("privacy", "forget", "--yes").returncode == 0
        while not (state / "vault.db").exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert (state / "vault.key").read_text() != before
        assert "Anna" not in rapport("privacy", "export").stdout
    finally:
        running.send_signal(signal.SIGTERM)
        _, told = running.communicate(timeout=20)
    assert running.returncode == 0, told
    assert "the device begins anew" in told


@pytest.mark.parametrize("harm", ["key gone", "vault cut"])
def test_a_device_whose_vault_cannot_be_opened_senses_on_and_says_so(rapport: Rapport, harm: str) -> None:
    state, words = rapport.home / "state", rapport.home / "words.txt"
    words.write_text("I am so happy today\n")
    fill(state)
    (state / "vault.key").unlink() if harm == "key gone" else (state / "vault.db").write_bytes(b"x" * 5000)
    before = (state / "vault.db").read_bytes()
    done = rapport("run", RAPPORT_WORDS__SOURCE=str(words), RAPPORT_CONSENT__GRANTS='["text"]')
    assert done.returncode == 0, done.stderr
    assert "nothing is kept: the vault" in done.stderr or "nothing is kept: the key" in done.stderr
    assert '"text": 1' in done.stderr + done.stdout or "text" in done.stdout
    assert (state / "vault.db").read_bytes() == before, "it is left as it was, and no new one is made"
    (check,) = [check for check in rapport.json("doctor") if check["name"] == "vault"]
    assert not check["ok"]
    assert "rapport privacy forget" in check["remedy"]
