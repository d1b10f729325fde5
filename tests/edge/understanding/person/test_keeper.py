"""The profile in step with the vault and with consent; clerk and vault are real ones, on a real directory."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

import pytest

from edge.affect import Sense
from edge.privacy.clerk import Clerk
from edge.privacy.forget import forget
from edge.privacy.vault import open_vault
from edge.understanding.person.keeper import Keeper
from edge.understanding.person.profiles import Profiles
from edge.understanding.person.settings import PersonSettings
from tests.edge.test_disk_full import disk, fill
from tests.edge.understanding.person.readings import SECOND, reading, teach

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["disk"]
MINUTE = 60 * SECOND


class Device:
    """A keeper, the clock that drives it, and what the household allows."""

    def __init__(self, directory: Path, **settings: object) -> None:
        self.allowed: dict[Sense, bool | None] = {Sense.FACE: True, Sense.VOICE: True}
        self.vault = open_vault(directory)
        self.clerk = Clerk(self.vault)
        self.profiles = Profiles(open_vault(directory))
        """As another process has them."""
        self.keeper = Keeper(PersonSettings.model_validate({"minutes": 1, **settings}), self.allowed.get, self.clerk)
        self.now_ns = 0
        self.clerk.start()

    def turn(self, after_ns: int = 100_000_000) -> None:
        """Some turns of the loop; what they ask of the clerk is done when this returns."""
        self.now_ns += after_ns
        self.clerk.notice()
        for _ in range(3):
            self.keeper.turn(self.now_ns)
            self.settle()
            self.now_ns += 100_000_000

    def settle(self) -> None:
        until(lambda: self.clerk.idle)

    def stop(self) -> None:
        self.keeper.stop()
        self.clerk.stop(5)
        self.vault.close()

    def knows(self, sense: Sense = Sense.VOICE) -> float:
        baseline = self.keeper.person.baseline
        usual = None if baseline is None else baseline.find(sense)
        return 0.0 if usual is None else usual.seconds

    def kept(self, name: str = "Anna") -> dict[Sense, float]:
        record = self.profiles.read(name)
        return {} if record is None else {sense: one.seconds for sense, one in record.senses.items()}


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.002)


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Device]:
    made = Device(tmp_path, profile="Anna")
    made.turn()
    yield made
    made.stop()


def test_a_reading_is_told_by_what_came_before_it(device: Device) -> None:
    for step in range(200):
        device.keeper.taken(reading(Sense.VOICE, step / 2, pitch=200.0))
    assert device.knows() == 99.5
    assert device.keeper.taken(reading(Sense.VOICE, 100, pitch=300.0)).cues[0].usual is not None


def test_it_is_saved_seldom_and_at_stop(device: Device) -> None:
    teach(device.keeper.person, 100, pitch=200.0)
    device.turn()
    assert device.kept() == {}
    device.turn(5 * MINUTE)
    assert device.kept() == {Sense.VOICE: 100}
    teach(device.keeper.person, 50, start_s=100.5, pitch=200.0)
    device.turn(4 * MINUTE)
    assert device.kept() == {Sense.VOICE: 100}
    device.stop()
    assert device.kept() == {Sense.VOICE: 150.5}


def test_after_a_restart_it_goes_on_where_it_was(device: Device, tmp_path: Path) -> None:
    teach(device.keeper.person, 100, pitch=200.0)
    device.stop()
    again = Device(tmp_path, profile="Anna")
    again.turn()
    assert again.knows() == 100
    again.stop()


def test_a_withdrawal_is_obeyed_in_one_turn_and_on_the_disk_in_every_profile(device: Device) -> None:
    device.profiles.new("小明")
    teach(device.keeper.person, 100, pitch=200.0)
    teach(device.keeper.person, 100, Sense.FACE, smile=1.0)
    device.turn(5 * MINUTE)
    assert set(device.kept()) == {Sense.FACE, Sense.VOICE}
    teach(device.keeper.person, 50, start_s=100.5, pitch=200.0)
    device.allowed[Sense.FACE] = False
    device.keeper.turn(device.now_ns + 1)  # no time has passed, and no disk was waited for
    assert device.knows(Sense.FACE) == 0
    device.settle()
    assert device.kept() == {Sense.VOICE: 150.5}
    device.turn()
    assert device.knows() == 150.5, "of the other sense nothing is lost"
    teach(device.keeper.person, 100, Sense.FACE, start_s=300, smile=1.0)
    device.turn(5 * MINUTE)
    assert set(device.kept()) == {Sense.VOICE}


def test_a_save_that_waited_does_not_bring_back_what_was_withdrawn(device: Device) -> None:
    teach(device.keeper.person, 100, pitch=200.0)
    held = threading.Event()
    device.clerk.put(("test",), lambda: until(held.is_set))  # the clerk has to wait
    device.keeper.turn(device.now_ns + 5 * MINUTE)
    device.keeper._save()
    assert any("write" in job.key for job in device.clerk._jobs)
    device.allowed[Sense.VOICE] = False
    device.keeper.turn(device.now_ns + 6 * MINUTE)
    assert not any("write" in job.key and "voice" in job.key for job in device.clerk._jobs)
    held.set()
    device.settle()
    assert device.kept() == {}


def test_what_is_not_to_be_used_now_is_kept_and_used_again_later(device: Device) -> None:
    teach(device.keeper.person, 100, pitch=200.0)
    device.allowed[Sense.VOICE] = None
    device.turn()
    assert device.knows() == 0
    teach(device.keeper.person, 100, start_s=200, pitch=400.0)
    teach(device.keeper.person, 100, Sense.FACE, smile=1.0)
    device.turn(5 * MINUTE)
    assert device.kept() == {Sense.VOICE: 100, Sense.FACE: 100}
    device.allowed[Sense.VOICE] = True
    device.turn()
    assert device.knows() == 100
    assert device.knows(Sense.FACE) == 100


def test_a_start_without_a_grant_erases_what_was_left(device: Device, tmp_path: Path) -> None:
    teach(device.keeper.person, 100, pitch=200.0)
    device.stop()
    again = Device(tmp_path, profile="Anna")
    again.allowed[Sense.VOICE] = False
    again.turn()
    assert again.kept() == {}
    again.stop()


def test_nothing_is_written_without_any_grant(tmp_path: Path) -> None:
    device = Device(tmp_path, profile="Anna")
    device.allowed.update({Sense.FACE: False, Sense.VOICE: False})
    device.turn()
    teach(device.keeper.person, 100, pitch=200.0)
    device.turn(5 * MINUTE)
    device.stop()
    assert device.profiles.names() == []


def test_a_selection_on_the_device_is_seen_and_beats_the_settings(device: Device) -> None:
    teach(device.keeper.person, 100, pitch=200.0)
    device.profiles.new("小明")
    device.profiles.use("小明")
    device.turn()
    assert device.keeper.person.baseline is not None
    assert device.keeper.person.baseline.name == "小明"
    assert device.knows() == 0
    device.turn()
    assert device.kept() == {Sense.VOICE: 100}, "of the one before nothing was lost"
    teach(device.keeper.person, 70, pitch=300.0)
    device.profiles.use("Anna")
    device.turn()
    assert device.knows() == 100
    assert device.kept("小明") == {Sense.VOICE: 70}
    device.profiles.use("")
    device.turn()
    assert device.keeper.person.baseline is None


def test_a_profile_that_is_forgotten_by_another_process_is_gone_and_is_not_written_again(device: Device) -> None:
    teach(device.keeper.person, 100, pitch=200.0)
    device.turn(5 * MINUTE)
    device.profiles.forget("Anna", "Anna")
    device.turn()
    assert device.knows() == 0
    device.profiles.new("Bert")
    device.profiles.use("Bert")
    device.turn()
    teach(device.keeper.person, 100, pitch=200.0)
    device.profiles.forget("Bert")
    device.turn(5 * MINUTE)
    assert device.keeper.person.baseline is None, "nobody in the place of the one forgotten"
    device.stop()
    assert device.profiles.names() == []


def test_what_another_process_erased_is_not_brought_back(device: Device) -> None:
    teach(device.keeper.person, 100, pitch=200.0)
    device.turn(5 * MINUTE)
    device.profiles.erase({Sense.VOICE})
    device.turn()
    assert device.knows() == 0
    device.turn(5 * MINUTE)
    assert device.kept() == {}


def test_other_settings_select_another_profile_while_it_runs(device: Device) -> None:
    device.keeper.adopt(PersonSettings(profile="Bert", minutes=1))
    device.turn()
    assert device.keeper.person.baseline is not None
    assert device.keeper.person.baseline.name == "Bert"


def test_without_a_vault_the_settings_say_who_is_there_and_it_is_learned_for_this_run(
    caplog: pytest.LogCaptureFixture,
) -> None:
    allowed: dict[Sense, bool | None] = {Sense.FACE: True, Sense.VOICE: True}
    keeper = Keeper(PersonSettings(profile="Anna", minutes=1), allowed.get, Clerk(None))
    keeper.turn(0)
    teach(keeper.person, 100, pitch=200.0)
    keeper.turn(5 * MINUTE)
    assert keeper.selected == "Anna"
    assert keeper.person.baseline is not None
    assert keeper.person.baseline.find(Sense.VOICE) is not None
    allowed.update({Sense.FACE: False, Sense.VOICE: False})
    keeper.turn(6 * MINUTE)
    assert keeper.person.baseline is None
    assert [record for record in caplog.records if record.levelno > logging.INFO] == []


def test_other_settings_cost_nothing_of_what_was_learned_since_the_last_save(device: Device) -> None:
    teach(device.keeper.person, 100, pitch=200.0)
    device.keeper.adopt(PersonSettings(profile="Anna", minutes=2))
    device.turn()
    assert device.knows() == 100


def test_when_all_is_forgotten_nothing_comes_back_from_memory(device: Device, tmp_path: Path) -> None:
    teach(device.keeper.person, 100, pitch=200.0)
    device.turn(5 * MINUTE)
    teach(device.keeper.person, 100, start_s=100.5, pitch=200.0)
    forget(tmp_path)
    device.keeper._save()  # as a save does that is due just now
    device.settle()
    until(lambda: device.vault.renewals == 1)
    device.turn(5 * MINUTE)
    assert device.knows() == 0
    device.turn(5 * MINUTE)
    assert device.kept() == {}
    assert device.profiles.names() == ["Anna"], "the settings want it, and it begins anew"


def test_a_full_disk_is_said_once_keeps_what_was_there_and_what_was_learned(
    disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    device = Device(disk, profile="Anna")
    device.turn()
    teach(device.keeper.person, 100, pitch=200.0)
    device.turn(5 * MINUTE)
    filler = fill(disk)
    teach(device.keeper.person, 100, start_s=100.5, pitch=200.0)
    with caplog.at_level(logging.ERROR):
        device.turn(5 * MINUTE)
        device.turn(5 * MINUTE)
    assert len([record for record in caplog.records if record.levelno >= logging.ERROR]) == 1
    assert "the disk is full" in caplog.text
    assert "the disk is full" in (device.clerk.trouble or "")
    assert device.kept() == {Sense.VOICE: 100}
    assert device.knows() == 200.5
    filler.unlink()
    device.turn(5 * MINUTE)
    assert device.clerk.trouble is None
    assert device.kept() == {Sense.VOICE: 200.5}
    device.stop()
    device.profiles._vault.close()


def test_on_a_full_disk_what_is_withdrawn_is_erased_all_the_same(disk: Path) -> None:
    device = Device(disk, profile="Anna")
    device.turn()
    teach(device.keeper.person, 100, pitch=200.0)
    teach(device.keeper.person, 100, Sense.FACE, smile=1.0)
    device.turn(5 * MINUTE)
    fill(disk)
    device.allowed[Sense.VOICE] = False
    device.turn()
    assert Sense.VOICE not in device.kept()
    device.stop()
    device.profiles._vault.close()
