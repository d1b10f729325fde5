from __future__ import annotations

import json
import logging
import threading
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from edge.affect import EMOTIONS, Emotion, Sense
from edge.errors import InputError
from edge.privacy.retention import expire
from edge.privacy.vault import Vault, open_vault
from edge.understanding.wellbeing import old_file
from edge.understanding.wellbeing.book import DAYS, PROFILES, Book, Shelf
from edge.understanding.wellbeing.day import LONGEST_S, Sums

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2028, 2, 29)
FACE = frozenset({Sense.FACE})


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return open_vault(tmp_path)


def sums(seconds: float = 600.0, valence: float = 0.5) -> Sums:
    made = Sums()
    made.add(seconds, EMOTIONS.index(Emotion.HAPPY), valence, -0.1)
    return made


def filled(vault: Vault, profile: str = "default", day: date = DAY, senses: frozenset[Sense] = FACE) -> Shelf:
    shelf = Shelf(vault)
    with shelf.opened() as book:
        book.page(profile, day).add(sums(), senses, 2)
    return shelf


def test_a_day_is_kept_as_sums_and_nothing_else(vault: Vault) -> None:
    shelf = filled(vault)
    with shelf.opened() as book:
        book.page("default", DAY).add(sums(600, -0.1), FACE, 1)
    entry = (shelf.read() or Book()).days("default", DAY, 90)[DAY]
    assert entry.minutes == pytest.approx(20)
    assert entry.valence == pytest.approx(0.2)
    assert entry.valence_sd == pytest.approx(0.3)
    assert entry.episodes == 3
    assert entry.shares[EMOTIONS.index(Emotion.HAPPY)] == 1
    ((written,),) = vault.rows("SELECT page FROM wellbeing_day")
    assert set(json.loads(str(written))) == {"senses", "seen_s", "told", "valence", "arousal", "episodes"}


@pytest.mark.parametrize(
    "page",
    [
        "",
        "{",
        "[]",
        '{"seen_s": -1}',
        '{"seen_s": 1e9}',
        '{"seen_s": NaN}',
        '{"told": [1, 2]}',
        '{"moods": [6]}',
        '{"words": "hello"}',
    ],
)
def test_a_row_that_is_not_understood_is_refused_and_left_as_it_is(page: str, vault: Vault) -> None:
    shelf = filled(vault)
    with vault.transaction() as transaction:
        transaction.run("UPDATE wellbeing_day SET page = ?", page)
    with pytest.raises(InputError, match=r"cannot be read.*rapport wellbeing forget"):
        shelf.read()
    with pytest.raises(InputError, match="cannot be read"), shelf.opened() as book:
        book.page("default", DAY)
    assert vault.rows("SELECT page FROM wellbeing_day") == [(page,)]
    assert shelf.forget()
    assert shelf.read() is None


def test_only_days_that_changed_are_written(vault: Vault) -> None:
    shelf = filled(vault)
    for number in range(1, 300):
        filled(vault, day=DAY + timedelta(days=number))
    ((before,),) = vault.rows("SELECT total_changes()")
    with shelf.opened() as book:
        book.page("default", DAY).add(sums(), FACE, 1)
    ((after,),) = vault.rows("SELECT total_changes()")
    assert int(str(after)) - int(str(before)) <= 2


def test_a_day_goes_when_its_time_is_over_by_the_setting_of_the_last_write(vault: Vault) -> None:
    shelf = filled(vault)
    noon_after = datetime(2028, 3, 1, 12, tzinfo=UTC).timestamp()
    with shelf.opened(30) as book:
        book.pages("default")
    assert expire(vault, noon_after + 30 * 86_400 - 1) == {}
    with shelf.opened(40) as book:
        book.pages("default")
    assert expire(vault, noon_after + 30 * 86_400) == {}
    shelf.reconcile({Sense.VOICE: False})
    assert expire(vault, noon_after + 40 * 86_400) == {"wellbeing_day": 1}


def old(directory: Path, book: Book) -> Path:
    path = directory / old_file.FILE
    path.write_text(book.model_dump_json())
    path.chmod(0o600)
    return path


def test_the_file_of_older_versions_is_taken_in_once_and_removed(vault: Vault, tmp_path: Path) -> None:
    book = Book()
    book.page("小明", DAY).add(sums(), FACE, 2)
    book.page("小明", DAY + timedelta(days=1)).moods = [3]
    path = old(tmp_path, book)
    old_file.take_in(vault, tmp_path)
    assert Shelf(vault).read() == book
    assert not path.exists()
    book.page("小明", DAY).add(sums(), FACE, 2)
    old(tmp_path, book)  # as if the power had gone before it was removed
    old_file.take_in(vault, tmp_path)
    found = Shelf(vault).read() or Book()
    assert found.page("小明", DAY).episodes == 2, "what is in the vault is newer"
    assert not path.exists()


@pytest.mark.parametrize("content", [b"", b"{", b'{"version": 2, "profiles": {}}', b"x" * (3 << 20), None])
def test_an_old_file_that_cannot_be_used_is_told_and_left(
    content: bytes | None, vault: Vault, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = old(tmp_path, Book())
    if content is None:
        path.chmod(0o640)  # others may read it
    else:
        path.write_bytes(content)
    with caplog.at_level(logging.ERROR):
        old_file.take_in(vault, tmp_path)
    assert "not taken into the vault" in caplog.text
    assert path.exists()
    assert Shelf(vault).read() is None


def test_one_profile_is_forgotten_without_the_others(vault: Vault) -> None:
    shelf = filled(vault, "Zoë")
    filled(vault, "小明")
    assert shelf.forget("Zoe\N{COMBINING DIAERESIS}"), "one spelling of a name"
    assert list((shelf.read() or Book()).profiles) == ["小明"]
    assert not shelf.forget("Zoë")
    assert shelf.forget("小明")
    assert shelf.read() is None, "the last one takes the file with it"


def test_a_withdrawn_sense_takes_its_days_with_it_and_leaves_the_taps(vault: Vault) -> None:
    shelf = filled(vault, senses=frozenset({Sense.FACE, Sense.TEXT}))
    filled(vault, day=DAY + timedelta(days=1), senses=frozenset({Sense.VOICE}))
    with shelf.opened() as book:
        book.page("default", DAY).moods = [4]
    everything = dict.fromkeys(Sense, True)
    assert not shelf.reconcile(everything | {Sense.FACE: None}), "nobody can tell: nothing is deleted"
    assert shelf.reconcile(everything | {Sense.TEXT: False})
    days = (shelf.read() or Book()).days("default", DAY + timedelta(days=1), 90)
    assert days[DAY].minutes == 0
    assert days[DAY].moods == (4,)
    assert days[DAY + timedelta(days=1)].minutes == 10
    assert shelf.reconcile(dict.fromkeys(Sense, False))
    assert shelf.read() is None, "without any consent not even the taps stay"


def test_what_is_older_than_its_lifetime_is_not_told_and_is_deleted() -> None:
    book = Book()
    for age in range(40):
        book.page("default", DAY - timedelta(days=age)).add(sums(), FACE, 0)
    assert sorted(book.days("default", DAY, 30)) == [DAY - timedelta(days=age) for age in range(29, -1, -1)]
    assert len(book.pages("default")) == 40
    book.expire(DAY, 30)
    assert len(book.pages("default")) == 30


def test_a_day_that_is_still_to_come_is_not_told() -> None:
    book = Book()
    book.page("default", DAY + timedelta(days=1)).add(sums(), FACE, 0)
    assert book.days("default", DAY, 30) == {}


def test_the_file_has_bounds() -> None:
    book = Book()
    for number in range(DAYS + 5):
        book.page("default", DAY + timedelta(days=number)).add(sums(), FACE, 0)
    assert min(book.pages("default")) == DAY + timedelta(days=5)
    assert len(book.pages("default")) == DAYS
    for number in range(PROFILES - 1):
        book.pages(f"p{number}")
    with pytest.raises(InputError, match="at most 8"):
        book.pages("one too many")
    book.page("p1", DAY).add(sums(200_000), FACE, 0)
    assert book.page("p1", DAY).seen_s == LONGEST_S
    book.page("p1", DAY).add(sums(1), FACE, 200_000)
    del book.profiles["p1"]
    book.page("\N{DEVANAGARI LETTER QA}" * 64, DAY).add(sums(1), FACE, 200_000)
    fullest = max(len(json.dumps(page.model_dump(mode="json"))) for page in book.pages("default").values())
    assert fullest * DAYS * PROFILES < 2 << 20
    assert Book.model_validate_json(book.model_dump_json()) == book


def test_two_writers_lose_nothing_of_each_other(vault: Vault) -> None:
    def write() -> None:
        for _ in range(20):
            with Shelf(vault).opened() as book:
                book.page("default", DAY).add(sums(1), FACE, 1)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    entry = (Shelf(vault).read() or Book()).days("default", DAY, 30)[DAY]
    assert entry.episodes == 80
    assert entry.minutes == pytest.approx(80 / 60)
