from __future__ import annotations

import json
import logging
import os
import stat
import threading
import time
from pathlib import Path

import pytest
from pydantic import ValidationError

from edge.affect import Sense
from edge.errors import ConsentError
from edge.safety.consent import LOOK_EVERY_NS, Consent
from edge.safety.grants import FILE, Purpose
from edge.safety.settings import ConsentSettings

NONE = ConsentSettings()
ALL = ConsentSettings(grants=tuple(Sense))


def wait_for_the_next_look() -> None:
    time.sleep(2 * LOOK_EVERY_NS / 1e9)


def states(consent: Consent, purpose: Purpose = Purpose.EMOTION) -> dict[Sense, tuple[str, str | None]]:
    return {entry.sense: (entry.state, entry.by) for entry in consent.status() if entry.purpose is purpose}


def test_nothing_is_granted_by_itself(tmp_path: Path) -> None:
    consent = Consent(NONE, tmp_path)
    assert not any(consent.granted(sense) for sense in Sense)
    assert states(consent) == dict.fromkeys(Sense, ("never", None))


def test_the_settings_grant_for_emotion_only(tmp_path: Path) -> None:
    consent = Consent(ConsentSettings(grants=(Sense.FACE,)), tmp_path)
    assert consent.granted(Sense.FACE)
    assert not consent.granted(Sense.VOICE)
    assert not consent.granted(Sense.FACE, Purpose.DROWSINESS)
    assert states(consent)[Sense.FACE] == ("granted", "settings")


def test_a_grant_lasts_and_says_when_it_was_given(tmp_path: Path) -> None:
    Consent(NONE, tmp_path / "state").grant(Sense.VOICE)
    consent = Consent(NONE, tmp_path / "state")
    assert consent.granted(Sense.VOICE)
    assert not consent.granted(Sense.FACE)
    entry = next(e for e in consent.status() if e.sense is Sense.VOICE and e.purpose is Purpose.EMOTION)
    assert entry.by == "household"
    assert entry.utc is not None
    assert entry.utc.endswith("+00:00")


def test_the_settings_may_grant_drowsiness_by_itself(tmp_path: Path) -> None:
    consent = Consent(ConsentSettings(drowsiness=True), tmp_path)
    assert consent.granted(Sense.FACE, Purpose.DROWSINESS)
    assert not any(consent.granted(sense) for sense in Sense)
    assert states(consent, Purpose.DROWSINESS) == {Sense.FACE: ("granted", "settings")}, "of no use to another sense"
    consent.withdraw(Sense.FACE, Purpose.DROWSINESS)
    assert not consent.granted(Sense.FACE, Purpose.DROWSINESS)


def test_what_is_missing_is_told_with_the_purpose(tmp_path: Path) -> None:
    with pytest.raises(ConsentError, match="--for drowsiness"):
        Consent(NONE, tmp_path).require(Sense.FACE, Purpose.DROWSINESS)


def test_purposes_are_granted_one_by_one(tmp_path: Path) -> None:
    consent = Consent(NONE, tmp_path)
    consent.grant(Sense.FACE, Purpose.DROWSINESS)
    assert consent.granted(Sense.FACE, Purpose.DROWSINESS)
    assert not consent.granted(Sense.FACE)


def test_a_withdrawal_beats_the_settings(tmp_path: Path) -> None:
    consent = Consent(ALL, tmp_path)
    assert consent.granted(Sense.FACE)
    consent.withdraw(Sense.FACE)
    assert not consent.granted(Sense.FACE)
    assert consent.granted(Sense.VOICE)
    assert not Consent(ALL, tmp_path).granted(Sense.FACE)
    consent.grant(Sense.FACE)
    assert consent.granted(Sense.FACE)


def test_a_withdrawal_by_another_process_is_seen(tmp_path: Path) -> None:
    running, command = Consent(ALL, tmp_path), Consent(NONE, tmp_path)
    assert running.granted(Sense.VOICE)
    command.withdraw(Sense.VOICE)
    wait_for_the_next_look()
    assert not running.granted(Sense.VOICE)
    command.grant(Sense.VOICE)
    wait_for_the_next_look()
    assert running.granted(Sense.VOICE)


def test_asking_often_looks_at_the_file_seldom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    consent = Consent(ALL, tmp_path)
    looks: list[Path] = []
    real = Path.lstat

    def counted(path: Path) -> os.stat_result:
        looks.append(path)
        return real(path)

    monkeypatch.setattr(Path, "lstat", counted)
    now = time.monotonic_ns()
    monkeypatch.setattr(time, "monotonic_ns", lambda: now)
    for _ in range(1000):
        assert consent.granted(Sense.FACE)
    assert len(looks) == 1
    now += LOOK_EVERY_NS
    assert consent.granted(Sense.FACE)
    assert len(looks) == 2


def test_the_file_is_private_and_versioned_and_written_whole(tmp_path: Path) -> None:
    consent = Consent(NONE, tmp_path)
    consent.grant(Sense.FACE)
    assert stat.S_IMODE(consent.path.stat().st_mode) == 0o600
    content = json.loads(consent.path.read_text())
    assert content["version"] == 1
    assert content["decisions"]["emotion"]["face"]["granted"] is True
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        "\x00" * 100,
        '{"version": 2, "decisions": {}}',
        '{"version": 1, "decisions": {"emotion": {"face": {"granted": "perhaps", "utc": "2026-01-01T00:00:00Z"}}}}',
        '{"version": 1, "decisions": {"emotion": {"smell": {"granted": true, "utc": "2026-01-01T00:00:00Z"}}}}',
        '{"version": 1, "decisions": {"emotion": {"face": {"granted": true}}}}',
        '{"version": 1, "decisions": {}, "more": 1}',
        '{"version": 1}' + " " * 70_000 + "x",
    ],
)
def test_a_damaged_file_grants_nothing_and_says_so(
    content: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / FILE
    path.write_text(content)
    path.chmod(0o600)
    consent = Consent(ALL, tmp_path)
    with caplog.at_level(logging.ERROR):
        assert not any(consent.granted(sense) for sense in Sense)
    assert "damaged" in caplog.text
    assert isinstance(consent.problem, ConsentError)
    assert states(consent) == dict.fromkeys(Sense, ("never", None))
    with pytest.raises(ConsentError, match="damaged"):
        consent.grant(Sense.FACE)
    with pytest.raises(ConsentError, match="damaged"):
        consent.require(Sense.FACE)


def test_a_withdrawal_mends_a_damaged_file_with_everything_withdrawn(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_text("{")
    path.chmod(0o600)
    consent = Consent(ALL, tmp_path)
    consent.withdraw(Sense.FACE)
    assert consent.problem is None
    assert states(consent) == dict.fromkeys(Sense, ("withdrawn", "household"))
    assert states(consent, Purpose.DROWSINESS) == {Sense.FACE: ("withdrawn", "household")}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o666, 0o660])
def test_a_file_that_others_may_read_or_write_is_refused_with_the_line_to_type(mode: int, tmp_path: Path) -> None:
    writer = Consent(NONE, tmp_path)
    writer.grant(Sense.FACE)
    writer.path.chmod(mode)
    consent = Consent(ALL, tmp_path)
    assert not consent.granted(Sense.FACE)
    assert consent.problem is not None
    assert "chmod 600" in str(consent.problem)
    writer.path.chmod(0o600)
    wait_for_the_next_look()
    assert consent.granted(Sense.FACE)


def test_a_file_whose_mode_is_loosened_while_running_is_refused(tmp_path: Path) -> None:
    consent = Consent(NONE, tmp_path)
    consent.grant(Sense.FACE)
    assert consent.granted(Sense.FACE)
    consent.path.chmod(0o644)
    wait_for_the_next_look()
    assert not consent.granted(Sense.FACE)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_refused(tmp_path: Path) -> None:
    consent = Consent(NONE, tmp_path)
    consent.grant(Sense.FACE)
    os.chown(consent.path, 12345, -1)
    wait_for_the_next_look()
    assert not consent.granted(Sense.FACE)
    assert "12345" in str(consent.problem)


def test_a_link_or_a_directory_in_its_place_is_refused(tmp_path: Path) -> None:
    real = Consent(NONE, tmp_path / "elsewhere")
    real.grant(Sense.FACE)
    linked, blocked = tmp_path / "linked", tmp_path / "blocked"
    linked.mkdir()
    (linked / FILE).symlink_to(real.path)
    (blocked / FILE).mkdir(parents=True)
    os.mkfifo(tmp_path / FILE)
    for directory in (linked, blocked, tmp_path):
        assert not Consent(ALL, directory).granted(Sense.FACE)


def test_a_directory_that_cannot_be_written_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConsentError, match=r"consent file .* cannot be"):
        Consent(NONE, tmp_path / "file" / "state").grant(Sense.FACE)


def test_a_missing_grant_names_the_line_to_type(tmp_path: Path) -> None:
    consent = Consent(NONE, tmp_path)
    with pytest.raises(ConsentError, match="rapport consent grant voice"):
        consent.require(Sense.VOICE)
    consent.grant(Sense.VOICE)
    consent.require(Sense.VOICE)


def test_readers_on_other_threads_never_see_a_half_written_file(tmp_path: Path) -> None:
    writer = Consent(NONE, tmp_path)
    writer.grant(Sense.FACE)
    done = threading.Event()
    problems: list[ConsentError] = []

    def read() -> None:
        while not done.is_set():
            reader = Consent(NONE, tmp_path)
            if not reader.granted(Sense.FACE) and reader.problem is not None:
                problems.append(reader.problem)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        writer.withdraw(Sense.VOICE)
        writer.grant(Sense.VOICE)
    done.set()
    for thread in threads:
        thread.join()
    assert problems == []


def test_a_sense_that_does_not_exist_cannot_be_granted_by_settings() -> None:
    with pytest.raises(ValidationError, match="grants"):
        ConsentSettings.model_validate({"grants": ["smell"]})


def test_other_settings_take_grants_away_and_give_none(tmp_path: Path) -> None:
    consent = Consent(ConsentSettings(grants=(Sense.FACE, Sense.TEXT)), tmp_path)
    consent.adopt(ConsentSettings(grants=(Sense.TEXT, Sense.VOICE)))
    assert [sense for sense in Sense if consent.granted(sense)] == [Sense.TEXT]
    consent.adopt(ConsentSettings(grants=tuple(Sense)))
    assert [sense for sense in Sense if consent.granted(sense)] == [Sense.TEXT]
    consent.grant(Sense.FACE)
    consent.adopt(ConsentSettings())
    assert [sense for sense in Sense if consent.granted(sense)] == [Sense.FACE], "the household's own is not the file's"
