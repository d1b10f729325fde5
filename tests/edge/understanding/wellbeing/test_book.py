from __future__ import annotations

import json
import os
import stat
import threading
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from edge.affect import EMOTIONS, Emotion, Sense
from edge.errors import InputError
from edge.understanding.wellbeing.book import DAYS, FILE, LARGEST, PROFILES, Book, Shelf
from edge.understanding.wellbeing.day import LONGEST_S, Sums

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2028, 2, 29)
FACE = frozenset({Sense.FACE})


def sums(seconds: float = 600.0, valence: float = 0.5) -> Sums:
    made = Sums()
    made.add(seconds, EMOTIONS.index(Emotion.HAPPY), valence, -0.1)
    return made


def filled(directory: Path, profile: str = "default", day: date = DAY, senses: frozenset[Sense] = FACE) -> Shelf:
    shelf = Shelf(directory)
    with shelf.opened() as book:
        book.page(profile, day).add(sums(), senses, 2)
    return shelf


def test_a_day_is_kept_as_sums_and_nothing_else(tmp_path: Path) -> None:
    shelf = filled(tmp_path)
    with shelf.opened() as book:
        book.page("default", DAY).add(sums(600, -0.1), FACE, 1)
    entry = Book.model_validate_json(shelf.file.path.read_text()).days("default", DAY, 90)[DAY]
    assert entry.minutes == pytest.approx(20)
    assert entry.valence == pytest.approx(0.2)
    assert entry.valence_sd == pytest.approx(0.3)
    assert entry.episodes == 3
    assert entry.shares[EMOTIONS.index(Emotion.HAPPY)] == 1
    written = json.loads(shelf.file.path.read_text())["profiles"]["default"]["2028-02-29"]
    assert set(written) == {"senses", "seen_s", "told", "valence", "arousal", "episodes", "moods"}


def test_the_file_is_private_and_nothing_else_is_left(tmp_path: Path) -> None:
    shelf = filled(tmp_path / "state")
    assert stat.S_IMODE(shelf.file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(shelf.file.path.parent.stat().st_mode) == 0o700
    assert [path.name for path in (tmp_path / "state").iterdir()] == [FILE]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "\x00" * 100,
        '{"version": 2, "profiles": {}}',
        '{"version": 1, "profiles": {"a": {"2026-02-30": {}}}}',
        '{"version": 1, "profiles": {"a": {"2026-02-03": {"seen_s": -1}}}}',
        '{"version": 1, "profiles": {"a": {"2026-02-03": {"seen_s": 1e9}}}}',
        '{"version": 1, "profiles": {"a": {"2026-02-03": {"seen_s": NaN}}}}',
        '{"version": 1, "profiles": {"a": {"2026-02-03": {"told": [1, 2]}}}}',
        '{"version": 1, "profiles": {"a": {"2026-02-03": {"moods": [6]}}}}',
        '{"version": 1, "profiles": {"a": {"2026-02-03": {"words": "hello"}}}}',
        '{"version": 1, "profiles": {"": {}}}',
        '{"version": 1}' + " " * LARGEST + "x",
    ],
)
def test_a_damaged_file_is_refused_and_left_as_it_is(content: str, tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_text(content)
    path.chmod(0o600)
    shelf = Shelf(tmp_path)
    with pytest.raises(InputError, match=r"damaged.*rapport wellbeing forget"):
        shelf.read()
    with pytest.raises(InputError, match="damaged"), shelf.opened() as book:
        book.page("default", DAY)
    assert path.read_text() == content
    assert shelf.forget()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_file_that_others_may_read_is_refused_with_the_line_to_type(mode: int, tmp_path: Path) -> None:
    shelf = filled(tmp_path)
    shelf.file.path.chmod(mode)
    with pytest.raises(InputError, match="chmod 600"):
        shelf.read()


def test_a_link_in_its_place_is_refused_and_forgetting_spares_what_it_leads_to(tmp_path: Path) -> None:
    real = filled(tmp_path / "elsewhere")
    (tmp_path / FILE).symlink_to(real.file.path)
    shelf = Shelf(tmp_path)
    with pytest.raises(InputError, match="cannot be read"):
        shelf.read()
    assert shelf.forget()
    assert real.read() is not None


def test_forgetting_leaves_no_byte(tmp_path: Path) -> None:
    shelf = filled(tmp_path, "小明 \N{ROCKET}")
    (tmp_path / f".{FILE}.x7").write_text("half-written when the power went")
    assert shelf.forget()
    assert list(tmp_path.iterdir()) == []
    assert not shelf.forget()


def test_one_profile_is_forgotten_without_the_others(tmp_path: Path) -> None:
    shelf = filled(tmp_path, "Zoë")
    filled(tmp_path, "小明")
    assert shelf.forget("Zoe\N{COMBINING DIAERESIS}"), "one spelling of a name"
    assert "Zo" not in shelf.file.path.read_text()
    assert not shelf.forget("Zoë")
    assert shelf.forget("小明")
    assert list(tmp_path.iterdir()) == [], "the last one takes the file with it"


def test_a_withdrawn_sense_takes_its_days_with_it_and_leaves_the_taps(tmp_path: Path) -> None:
    shelf = filled(tmp_path, senses=frozenset({Sense.FACE, Sense.TEXT}))
    filled(tmp_path, day=DAY + timedelta(days=1), senses=frozenset({Sense.VOICE}))
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
    assert list(tmp_path.iterdir()) == [], "without any consent not even the taps stay"


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
    assert fullest * DAYS * PROFILES < LARGEST
    assert Book.model_validate_json(book.model_dump_json()) == book


def test_two_writers_lose_nothing_of_each_other(tmp_path: Path) -> None:
    def write() -> None:
        for _ in range(20):
            with Shelf(tmp_path).opened() as book:
                book.page("default", DAY).add(sums(1), FACE, 1)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    entry = (Shelf(tmp_path).read() or Book()).days("default", DAY, 30)[DAY]
    assert entry.episodes == 80
    assert entry.minutes == pytest.approx(80 / 60)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_refused(tmp_path: Path) -> None:
    shelf = filled(tmp_path)
    os.chown(shelf.file.path, 12345, -1)
    with pytest.raises(InputError, match="12345"):
        shelf.read()
