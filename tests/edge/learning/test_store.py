from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from edge.errors import ProfileError
from edge.learning.answers import AnswerRecord, LearnedRecord
from edge.learning.store import Store
from tests.edge.learning.support import answer

if TYPE_CHECKING:
    from pathlib import Path


def record(profile: str = "Anna", count: int = 3) -> LearnedRecord:
    return LearnedRecord(profile=profile, days_kept=90, answers=tuple(AnswerRecord.of(answer()) for _ in range(count)))


@pytest.mark.parametrize("name", ["Anna", "小林", "a.b"])
def test_what_is_saved_is_read_and_is_for_its_owner_alone(tmp_path: Path, name: str) -> None:
    store = Store(tmp_path)
    assert store.read(name) is None
    assert store.save(record(name), None) == store.stamp(name)
    assert store.read(name) == record(name)
    path = store.file(name).path
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert name not in path.name


def test_a_file_that_somebody_else_changed_is_not_written_over(tmp_path: Path) -> None:
    store = Store(tmp_path)
    known = store.save(record(), None)
    assert store.save(record(count=1), known) is not None
    assert store.save(record(count=2), known) is None
    assert len(store.read("Anna").answers) == 1  # type: ignore[union-attr]
    assert store.save(record(count=2), None) is None


@pytest.mark.parametrize("content", [b"", b"{", b"\x00" * 50, b"[]", b'{"version": 2}', b"x" * (2 << 20)])
def test_a_damaged_file_is_told_set_aside_and_started_anew(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(tmp_path)
    store.save(record(), None)
    path = store.file("Anna").path
    path.write_bytes(content)
    with caplog.at_level(logging.ERROR):
        assert store.read("Anna") is None
    assert "set aside" in caplog.text
    assert path.with_suffix(".damaged").read_bytes() == content, "nothing is lost silently"
    assert store.save(record(), None) is not None


def test_a_truncated_file_is_damaged(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save(record(), None)
    path = store.file("Anna").path
    path.write_bytes(path.read_bytes()[:-40])
    assert store.read("Anna") is None


def test_a_file_that_others_may_read_is_refused_and_left(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save(record(), None)
    path = store.file("Anna").path
    path.chmod(0o644)
    with pytest.raises(ProfileError, match="chmod 600"):
        store.read("Anna")
    assert path.exists()


def test_one_profile_is_forgotten_or_all_with_what_was_set_aside(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for name in ("Anna", "Ben"):
        store.save(record(name), None)
    aside = store.file("Anna").path.with_suffix(".damaged")
    aside.write_bytes(b"old")
    assert store.forget("Anna")
    assert not store.forget("Anna")
    assert not aside.exists()
    assert store.read("Ben") is not None
    aside.write_bytes(b"old")
    assert store.forget_all()
    assert list(store.directory.iterdir()) == []
    assert not store.forget_all()
    assert not Store(tmp_path / "nowhere").forget_all()
