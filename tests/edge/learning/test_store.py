from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from edge.errors import ProfileError
from edge.learning import old_files
from edge.learning.answers import Answer, AnswerRecord, LearnedRecord
from edge.learning.store import Store
from edge.privacy.retention import expire
from edge.privacy.vault import Vault, open_vault
from edge.understanding.person.names import file_stem
from tests.edge.learning.support import DAY, answer, situation

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return open_vault(tmp_path)


def answers(count: int = 3, valence: float = -0.5) -> list[tuple[int, Answer]]:
    return list(enumerate(answer(valence=valence) for _ in range(count)))


@pytest.mark.parametrize("name", ["Anna", "小林", "a.b", "'; DROP TABLE learned; --"])
def test_what_is_saved_is_read(vault: Vault, name: str) -> None:
    store = Store(vault)
    assert store.read(name) is None
    assert store.save(name, answers(), 90, None) == store.revision(name)
    assert store.read(name) == tuple(one for _, one in answers())
    assert store.save(name, answers()[1:], 90, store.revision(name)) is not None
    assert len(store.read(name) or ()) == 2


def test_what_somebody_else_changed_is_not_written_over(vault: Vault) -> None:
    store = Store(vault)
    known = store.save("Anna", answers(), 90, None)
    assert store.save("Anna", answers(1), 90, known) is not None
    assert store.save("Anna", answers(2), 90, known) is None
    assert store.save("Anna", answers(2), 90, None) is None
    assert len(store.read("Anna") or ()) == 1
    store.forget("Anna")
    assert store.save("Anna", answers(2), 90, known) is None
    assert store.read("Anna") is None


def test_only_what_changed_is_written(vault: Vault) -> None:
    store = Store(vault)
    known = store.save("Anna", answers(500), 90, None)
    ((before,),) = vault.rows("SELECT total_changes()")
    changed = answers(500)
    changed[7] = (7, answer(situation=situation(talk=None)))
    store.save("Anna", changed, 90, known)
    ((after,),) = vault.rows("SELECT total_changes()")
    assert int(str(after)) - int(str(before)) == 2, "the row, and the revision"


def test_an_answer_goes_when_its_days_are_over_and_no_hour_earlier(vault: Vault) -> None:
    store = Store(vault)
    store.save("Anna", answers(), 10, None)
    noon = 43_200
    last = (DAY + timedelta(days=11) - type(DAY)(1970, 1, 1)).days * 86_400 + noon
    assert expire(vault, last - 1) == {}
    assert expire(vault, last) == {"learned": 3}
    assert store.read("Anna") == ()


def test_a_row_that_is_not_understood_is_told(vault: Vault) -> None:
    store = Store(vault)
    store.save("Anna", answers(), 90, None)
    with vault.transaction() as transaction:
        transaction.run("UPDATE learned SET answer = '{}' WHERE number = 1")
    with pytest.raises(ProfileError, match=r"'Anna' cannot be read.*learned forget"):
        store.read("Anna")


def test_one_profile_is_forgotten_or_all(vault: Vault) -> None:
    store = Store(vault)
    for name in ("Anna", "Ben", "Cem"):
        store.save(name, answers(), 90, None)
    assert store.forget("Anna")
    assert not store.forget("Anna")
    assert store.read("Ben") is not None
    assert store.forget_all()
    assert not store.forget_all()
    assert vault.rows("SELECT count(*) FROM learned") == [(0,)]


def old(directory: Path, profile: str, count: int = 3) -> Path:
    records = tuple(AnswerRecord.of(answer()) for _ in range(count))
    path = directory / "learned" / f"{file_stem(profile)}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(LearnedRecord(profile=profile, days_kept=90, answers=records).model_dump_json())
    path.chmod(0o600)
    return path


def test_files_of_older_versions_are_taken_in_once_and_removed(vault: Vault, tmp_path: Path) -> None:
    old(tmp_path, "Anna")
    old(tmp_path, "小林", 1)
    old_files.take_in(vault, tmp_path)
    store = Store(vault)
    assert [len(store.read(name) or ()) for name in ("Anna", "小林")] == [3, 1]
    assert not (tmp_path / "learned").exists()
    old(tmp_path, "Anna", 1)  # as if the power had gone before it was removed
    old_files.take_in(vault, tmp_path)
    assert len(store.read("Anna") or ()) == 3, "what is in the vault is newer"
    assert not (tmp_path / "learned").exists()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version": 2}', b"x" * (2 << 20), None])
def test_an_old_file_that_cannot_be_used_is_told_and_left(
    vault: Vault, tmp_path: Path, content: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    old(tmp_path, "Ben")
    path = old(tmp_path, "Anna")
    if content is None:
        path.chmod(0o644)  # others may have changed it
    else:
        path.write_bytes(content)
    with caplog.at_level(logging.ERROR):
        old_files.take_in(vault, tmp_path)
    assert "not taken into the vault" in caplog.text
    assert path.exists()
    assert Store(vault).read("Anna") is None
    assert Store(vault).read("Ben") is not None


def test_a_file_under_another_name_is_not_taken_for_it(vault: Vault, tmp_path: Path) -> None:
    path = old(tmp_path, "Anna")
    record = json.loads(path.read_text()) | {"profile": "Ben"}
    path.write_text(json.dumps(record))
    old_files.take_in(vault, tmp_path)
    assert path.exists()
