"""The diary, with clocks turned by hand: which day it is, what consent allows, what a stop or a clock can lose."""

from __future__ import annotations

import logging
import threading
import time
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from edge.affect import Emotion, Episode, Sense
from edge.errors import OutletError
from edge.outlets.calendar import SETTLED_S, Calendar
from edge.outlets.diary import PURGE_AFTER_S, WAITING, Diary
from edge.outlets.outlet import Withdrawal
from edge.privacy.forget import forget
from edge.privacy.vault import Vault, open_vault
from edge.safety.grants import Purpose
from edge.understanding.wellbeing.book import Book, Shelf
from edge.understanding.wellbeing.settings import WellbeingSettings
from tests.edge.understanding.wellbeing.support import Hands, span

if TYPE_CHECKING:
    from pathlib import Path

    from edge.understanding.wellbeing.day import Day

HOUR = 3600.0
FAR = date(2100, 1, 1)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return open_vault(tmp_path)


class Bench:
    """A diary, its clocks and its consent. Spans are delivered by hand: no thread, no waiting."""

    def __init__(self, vault: Vault, hands: Hands, zone: str = "UTC", **settings: object) -> None:
        self.vault, self.hands, self.zone = vault, hands, zone
        self.settings = WellbeingSettings.model_validate(settings)
        self.keep: dict[Sense, bool | None] = dict.fromkeys(Sense, True)
        self.diary = self.start()

    def start(self) -> Diary:
        calendar = Calendar(self.zone, self.hands.clocks())
        self.diary = Diary(self.settings, self.vault, lambda: self.keep, calendar)
        self.diary.open()
        return self.diary

    def see(self, seconds: float, valence: float = 0.2, *senses: Sense) -> None:
        for _ in range(round(seconds / 30)):
            self.hands.run(30)
            self.diary.deliver(span(self.hands, 30.0, valence, *senses))

    def days(self, profile: str = "default") -> dict[date, Day]:
        book = Shelf(self.vault).read() or Book()
        return {day: page.day() for day, page in sorted(book.profiles.get(profile, {}).items())}

    def minutes(self, profile: str = "default") -> dict[date, float]:
        return {day: round(entry.minutes, 3) for day, entry in self.days(profile).items()}


def test_a_simulated_quarter_with_missing_days(vault: Vault) -> None:
    bench = Bench(vault, Hands.at(2026, 1, 1, 12), days_kept=60, write_every_s=1800)
    for number in range(90):
        if number % 7 != 3:
            bench.see(2 * HOUR, valence=number / 100)
            bench.hands.run(22 * HOUR)
        else:
            bench.hands.run(24 * HOUR)
    bench.diary.close()
    found = bench.days()
    newest = date(2026, 1, 1) + timedelta(days=89)
    assert max(found) == newest
    assert min(found) > newest - timedelta(days=61), "the lifetime is kept"
    assert date(2026, 1, 1) + timedelta(days=87) not in found, "87 % 7 is 3: nobody was there"
    assert {round(entry.minutes, 3) for entry in found.values()} == {120.0}
    assert found[newest].valence == pytest.approx(0.89, abs=1e-3)


@pytest.mark.parametrize(
    ("zone", "start", "hours"),
    [
        ("Europe/Berlin", (2026, 3, 29), 23),
        ("Europe/Berlin", (2026, 10, 25), 25),
        ("America/New_York", (2026, 3, 8), 23),
        ("Asia/Shanghai", (2026, 3, 29), 24),
        ("Australia/Lord_Howe", (2026, 4, 5), 24.5),
    ],
)
def test_a_day_of_changed_time_is_one_day_of_its_own_length(
    zone: str, start: tuple[int, int, int], hours: float, vault: Vault
) -> None:
    day = date(*start)
    bench = Bench(vault, Hands.at(*start, zone=zone), zone, write_every_s=1800)
    bench.hands.run(-2 * HOUR)
    bench.see((hours + 4) * HOUR)  # two hours before it, all of it, two hours after it
    bench.diary.close()
    assert bench.minutes() == {
        day - timedelta(days=1): 120.0,
        day: hours * 60,
        day + timedelta(days=1): 120.0,
    }


def test_the_leap_day_is_a_day(vault: Vault) -> None:
    bench = Bench(vault, Hands.at(2028, 2, 28, 23), write_every_s=1800)
    bench.see(26 * HOUR)
    bench.diary.close()
    assert bench.minutes() == {date(2028, 2, 28): 60.0, date(2028, 2, 29): 1440.0, date(2028, 3, 1): 60.0}


def test_midnight_is_the_households(vault: Vault) -> None:
    bench = Bench(vault, Hands.at(2026, 5, 1, 15, 30), "Asia/Shanghai")
    bench.see(HOUR)
    bench.diary.close()
    assert bench.minutes() == {date(2026, 5, 1): 30.0, date(2026, 5, 2): 30.0}


@pytest.mark.parametrize("days", [1, -1])
def test_a_clock_that_jumps_by_a_day_and_back_loses_and_doubles_nothing(days: int, vault: Vault) -> None:
    bench = Bench(vault, Hands.at(2026, 5, 10, 9))
    bench.see(HOUR)
    bench.hands.set(days * 86_400)
    bench.see(SETTLED_S - 30)
    bench.hands.set(-days * 86_400)
    bench.see(HOUR)
    bench.diary.close()
    assert bench.minutes() == {date(2026, 5, 10): 120 + (SETTLED_S - 30) / 60}


@pytest.mark.parametrize("days", [1, -1])
def test_while_a_clock_is_wrong_for_long_every_minute_is_counted_once(days: int, vault: Vault) -> None:
    bench = Bench(vault, Hands.at(2026, 5, 10, 9), days_kept=14)
    for age in range(13):  # with today they are fourteen
        with Shelf(vault).opened() as book:
            book.page("default", date(2026, 5, 9) - timedelta(days=age)).moods = [3]
    bench.see(HOUR)
    bench.hands.set(days * 86_400)
    bench.see(PURGE_AFTER_S - 60)
    bench.hands.set(-days * 86_400)
    bench.see(HOUR / 2)
    bench.diary.close()
    assert sum(bench.minutes().values()) == pytest.approx(90 + (PURGE_AFTER_S - 60) / 60)
    assert sum(bool(entry.moods) for entry in bench.days().values()) == 13, "no day was lost"


def test_a_board_that_starts_in_the_past_is_set_right_before_anything_is_written(vault: Vault) -> None:
    hands = Hands.at(2026, 5, 10, 9)
    hands.set(-200 * 86_400)
    bench = Bench(vault, hands)
    bench.see(90)
    hands.set(200 * 86_400)  # the network is up, and NTP steps the clock
    bench.see(HOUR)
    bench.diary.close()
    assert bench.minutes() == {date(2026, 5, 10): 61.5}


def test_small_steps_of_ntp_change_nothing(vault: Vault) -> None:
    bench = Bench(vault, Hands.at(2026, 5, 10, 23, 30))
    for step in (0.4, -0.3, 0.2, -0.6):
        bench.see(900)
        bench.hands.set(step)
    bench.diary.close()
    assert bench.minutes() == {date(2026, 5, 10): 30.0, date(2026, 5, 11): 30.0}


def test_what_was_seen_before_the_device_slept_belongs_to_its_own_day(vault: Vault) -> None:
    bench = Bench(vault, Hands.at(2026, 5, 10, 22))
    bench.see(HOUR)
    bench.hands.sleep(9 * HOUR)
    bench.see(HOUR)
    bench.diary.close()
    assert bench.minutes() == {date(2026, 5, 10): 60.0, date(2026, 5, 11): 60.0}


def test_killed_at_any_moment_it_loses_no_more_than_what_was_not_yet_written(vault: Vault) -> None:
    bench = Bench(vault, Hands.at(2026, 5, 10, 9), write_every_s=300)
    bench.see(HOUR)
    bench.start()  # the process before was killed: it was not closed
    bench.see(HOUR)
    bench.diary.close()
    assert 120 - 5.5 <= sum(bench.minutes().values()) < 120


def test_without_consent_nothing_is_written(vault: Vault) -> None:
    bench = Bench(vault, Hands.at(2026, 5, 10, 9))
    for may in (False, None):
        bench.keep = dict.fromkeys(Sense, may)
        bench.see(HOUR)
        bench.diary.deliver(Episode(Emotion.HAPPY, 0, 1, 0.9, bench.hands.monotonic))
        bench.diary.close()
        assert Shelf(vault).read() is None


def test_a_sense_without_consent_takes_the_moments_that_it_was_part_of(vault: Vault) -> None:
    bench = Bench(vault, Hands.at(2026, 5, 10, 9))
    bench.keep[Sense.TEXT] = False
    bench.see(600, 0.2, Sense.FACE)
    bench.see(600, 0.2, Sense.FACE, Sense.TEXT)
    bench.diary.close()
    assert bench.minutes() == {date(2026, 5, 10): 10.0}


def test_a_withdrawal_deletes_on_disk_and_in_memory(vault: Vault) -> None:
    bench = Bench(vault, Hands.at(2026, 5, 10, 9))
    bench.see(HOUR)
    assert Shelf(vault).read() is not None
    bench.keep[Sense.FACE] = False
    bench.diary.deliver(Withdrawal(Sense.FACE, Purpose.WELLBEING))
    bench.diary.close()
    assert Shelf(vault).read() is None


def test_a_withdrawal_while_the_device_was_off_is_made_good_at_the_start(vault: Vault) -> None:
    bench = Bench(vault, Hands.at(2026, 5, 10, 9))
    bench.see(HOUR)
    bench.diary.close()
    bench.keep[Sense.FACE] = False
    bench.start()
    assert Shelf(vault).read() is None


@pytest.mark.parametrize("seconds", [30, 3600])
def test_what_was_forgotten_does_not_come_back_from_memory(seconds: float, vault: Vault) -> None:
    bench = Bench(vault, Hands.at(2026, 5, 10, 9))
    bench.see(seconds)
    assert Shelf(vault).forget()
    bench.diary.close()
    assert Shelf(vault).read() is None
    bench.see(HOUR)
    bench.diary.close()
    assert sum(bench.minutes().values()) == 60, "and a new beginning is one"


def test_a_forgotten_profile_does_not_come_back_either(vault: Vault) -> None:
    with Shelf(vault).opened() as book:
        book.page("other", FAR).moods = [3]
    bench = Bench(vault, Hands.at(2026, 5, 10, 9))
    bench.see(90)
    assert Shelf(vault).forget("default")
    bench.diary.close()
    assert list((Shelf(vault).read() or Book()).profiles) == ["other"]


def test_days_go_to_the_profile_that_is_chosen_whatever_its_script(vault: Vault) -> None:
    bench = Bench(vault, Hands.at(2026, 5, 10, 9), profile="小明")
    bench.see(600)
    bench.diary.adopt(WellbeingSettings(profile="Zoe\N{COMBINING DIAERESIS} \N{ROCKET}"))
    bench.see(1200)
    bench.diary.close()
    assert bench.minutes("小明") == {date(2026, 5, 10): 10.0}
    assert bench.minutes("Zoë \N{ROCKET}") == {date(2026, 5, 10): 20.0}


def test_episodes_are_counted_when_they_end_and_only_those_of_consented_time(vault: Vault) -> None:
    bench = Bench(vault, Hands.at(2026, 5, 10, 9))
    bench.keep[Sense.TEXT] = False

    def episode(emotion: Emotion = Emotion.SAD, *, over: bool = True) -> None:
        ns = bench.hands.monotonic
        bench.diary.deliver(Episode(emotion, ns - 10, ns - 5, 0.9, ns if over else None))

    bench.see(60)
    episode()
    episode(over=False)
    episode(Emotion.NEUTRAL)
    bench.see(60, 0.2, Sense.FACE, Sense.TEXT)
    episode()  # while words without consent were in use
    bench.see(60)
    bench.diary.close()
    assert [entry.episodes for entry in bench.days().values()] == [1]


def test_a_row_that_is_not_understood_is_told_kept_and_taken_up_again_once_it_is_mended(
    vault: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    bench = Bench(vault, Hands.at(2026, 5, 10, 9))
    bench.see(HOUR)
    ((good,),) = vault.rows("SELECT page FROM wellbeing_day")
    spoil(vault, "{")
    with pytest.raises(OutletError, match=r"cannot be read.*forget"):
        bench.see(HOUR / 2)
    with caplog.at_level(logging.ERROR):
        bench.diary.close()
    assert "cannot be read" in caplog.text
    assert vault.rows("SELECT page FROM wellbeing_day") == [("{",)]
    spoil(vault, str(good))
    bench.see(HOUR / 2)
    bench.diary.close()
    assert sum(bench.minutes().values()) > 90


def spoil(vault: Vault, page: str) -> None:
    with vault.transaction() as transaction:
        transaction.run("UPDATE wellbeing_day SET page = ?", page)


def test_memory_is_bounded_while_nothing_can_be_written(vault: Vault) -> None:
    bench = Bench(vault, Hands.at(2026, 5, 10, 9))
    vault.close()
    for _ in range(WAITING + 10):
        with pytest.raises(OutletError, match="closed"):
            bench.see(30)
    assert len(bench.diary._spans) == WAITING
    assert bench.diary.dropped == 10


def test_when_all_is_forgotten_nothing_comes_back_from_memory(vault: Vault) -> None:
    bench = Bench(vault, Hands.at(2026, 5, 10, 9))
    bench.see(HOUR)
    forget(vault.path.parent)
    bench.diary.deliver(Withdrawal(Sense.FACE, Purpose.WELLBEING))  # as the runtime says
    bench.see(600)
    bench.diary.close()
    assert bench.minutes() == {date(2026, 5, 10): 10.0}


def test_on_its_own_thread_a_stop_writes_what_is_left(vault: Vault) -> None:
    hands = Hands.at(2026, 5, 10, 9)
    diary = Diary(WellbeingSettings(), vault, lambda: dict.fromkeys(Sense, True), Calendar("UTC", hands.clocks()))
    diary.attach()
    hands.run(30)
    diary.offer(span(hands))
    deadline = time.monotonic() + 20
    while diary._items or not diary._spans:
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)
    diary.stop()
    book = Shelf(vault).read()
    assert book is not None
    assert book.days("default", date(2026, 5, 10), 30)[date(2026, 5, 10)].minutes == 0.5
