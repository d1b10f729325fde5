"""A disk that is full: what is written is written whole or not at all, said once, and goes on when there is room."""

from __future__ import annotations

import logging
import os
import subprocess
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import pytest

from edge.affect import Affect, Emotion, Reading, Sense
from edge.errors import ConsentError
from edge.learning.feedback import Feedback, Source, Verdict
from edge.learning.store import Store
from edge.outlets.calendar import Calendar
from edge.outlets.diary import Diary
from edge.outlets.last_state import LastState, read_last
from edge.privacy.clerk import Clerk
from edge.privacy.vault import open_vault
from edge.safety.consent import Consent
from edge.safety.settings import ConsentSettings
from edge.understanding.settings import UnderstandingSettings
from edge.understanding.understanding import Understanding
from edge.understanding.wellbeing.book import Book, Shelf
from edge.understanding.wellbeing.settings import WellbeingSettings
from tests.edge.learning.support import SECOND, answered, learner
from tests.edge.understanding.wellbeing.support import Hands, span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from edge.affect import State
    from edge.outlets.outlet import Outlet


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MiB; needs the right to mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no file system may be mounted here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def fill(disk: Path) -> Path:
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    assert os.statvfs(disk).f_bavail == 0
    return filler


def state(emotion: Emotion) -> State:
    affect = Affect.of(tuple(0.94 if e is emotion else 0.01 for e in Emotion))
    reading = Reading(Sense.FACE, time.monotonic_ns(), affect, 1.0)
    return Understanding(UnderstandingSettings()).update(reading)


def test_the_last_state_is_the_one_before_until_there_is_room(
    disk: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.outlets.last_state.EVERY_S", 0.0)
    caplog.set_level(logging.ERROR)
    outlet = LastState(disk, "hub")
    outlet.attach()
    outlet.offer(state(Emotion.SAD))
    wait((disk / "hub.json").exists)
    filler = fill(disk)
    while outlet.failures < 5:
        failed = outlet.failures
        outlet.offer(state(Emotion.HAPPY))
        wait(partial(_more, outlet, failed))
    assert read_last(disk, "hub")["state"]["label"] == "sad", "what was there is whole"
    assert len(caplog.records) == 1, "said once: a full disk must not fill the log as well"
    assert "No space left" in caplog.text
    filler.unlink()
    outlet.offer(state(Emotion.HAPPY))
    outlet.stop()
    assert read_last(disk, "hub")["state"]["label"] == "happy"


def test_a_withdrawal_that_cannot_be_written_says_so_and_the_file_stays_whole(disk: Path) -> None:
    consent = Consent(ConsentSettings(), disk)
    consent.grant(Sense.FACE)
    before = consent.path.read_bytes()
    filler = fill(disk)
    with pytest.raises(ConsentError, match="No space left"):
        consent.withdraw(Sense.FACE)
    assert consent.path.read_bytes() == before
    assert sorted(path.name for path in disk.iterdir()) == ["consent.json", "filler"], "nothing half-written is left"
    filler.unlink()
    consent.withdraw(Sense.FACE)
    assert not consent.granted(Sense.FACE)


def test_days_wait_in_memory_until_there_is_room(disk: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    hands, vault = Hands.at(2026, 5, 10, 9), open_vault(disk)

    def minutes() -> float:
        book = Shelf(vault).read() or Book()
        return sum(page.seen_s for page in book.profiles.get("default", {}).values()) / 60

    diary = Diary(WellbeingSettings(), vault, lambda: dict.fromkeys(Sense, True), Calendar("UTC", hands.clocks()))
    diary.attach()

    def see(count: int) -> None:
        for _ in range(count):
            hands.run(30)
            diary.offer(span(hands))
            wait(lambda: not diary._items)

    see(40)
    wait(lambda: minutes() > 0)
    before, filler = minutes(), fill(disk)
    see(40)
    wait(partial(_more, diary, 1))
    assert minutes() == before, "what was there is whole"
    assert len(caplog.records) == 1, "said once"
    assert "the disk is full" in caplog.text
    filler.unlink()
    diary.stop()
    assert minutes() == 40, "nothing is lost"
    vault.close()


def test_what_was_learned_waits_in_memory_until_there_is_room(disk: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    clerk = Clerk(open_vault(disk))
    assert clerk.vault is not None
    store, made = Store(clerk.vault), learner(clerk, save_minutes=0.1)
    clerk.start()

    def turn(second: int) -> None:
        for _ in range(2):
            made.turn(second * SECOND, "Anna", may=True)
            wait(lambda: clerk.idle)

    def kept() -> int:
        return len(store.read("Anna") or ())

    turn(0)
    answered(made, 0)
    made.give(Feedback(Verdict.HELPED, Source.TAPPED), 0)
    turn(1)
    assert kept() == 1
    filler = fill(disk)
    for second in range(2, 40):
        answered(made, second * SECOND)
        assert made.give(Feedback(Verdict.NOT_NOW, Source.TAPPED), second * SECOND).taken
        turn(second)
    assert kept() == 1, "what was there is whole"
    assert made._bandit.posterior.count == 39, "and what is learned acts"
    assert len(caplog.records) == 1, "said once"
    assert "the disk is full" in caplog.text
    filler.unlink()
    turn(60)
    assert clerk.trouble is None
    assert kept() == 39, "nothing is lost"
    made.stop()
    clerk.stop(5)
    clerk.vault.close()


def _more(outlet: Outlet, failed: int) -> bool:
    return outlet.failures > failed


def wait(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)
