from __future__ import annotations

import json
import stat
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from edge.affect import Affect, Cue, Emotion, Language, Reading, Reply, Sense, State
from edge.errors import InputError, OutletError
from edge.outlets.last_state import LIFETIME_S, LastState, path_of, read_last
from edge.understanding.settings import UnderstandingSettings
from edge.understanding.understanding import Understanding

if TYPE_CHECKING:
    from pathlib import Path


def state_of(emotion: Emotion) -> State:
    affect = Affect.of(tuple(0.94 if e is emotion else 0.01 for e in Emotion))
    quote = Cue("words", 1.0, "", "“my secret”", 1.0, quotes=True)
    reading = Reading(Sense.TEXT, time.monotonic_ns(), affect, 1.0, cues=(quote,), words="my secret")
    return Understanding(UnderstandingSettings()).update(reading)


def written(directory: Path, *states: State) -> Path:
    outlet = LastState(directory, "hub")
    outlet.open()
    for state in states:
        outlet.deliver(state)
    outlet.close()
    return path_of(directory, "hub")


def test_the_newest_state_is_kept_and_told(tmp_path: Path) -> None:
    written(tmp_path, state_of(Emotion.SAD), state_of(Emotion.HAPPY))
    record = read_last(tmp_path, "hub")
    assert record["state"]["label"] == "happy"
    assert record["explanation"][0].startswith("Probably happy")
    assert read_last(tmp_path, None) == record


def test_a_reply_never_takes_the_place_of_a_state(tmp_path: Path) -> None:
    outlet = LastState(tmp_path, "hub")
    outlet.attach()
    outlet.offer(state_of(Emotion.HAPPY))
    outlet.offer(Reply("Good.", Language.EN, "affirm", 0))
    outlet.stop()
    assert read_last(tmp_path, "hub")["state"]["label"] == "happy"


def test_nothing_that_was_said_is_in_the_file_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = written(tmp_path / "new", state_of(Emotion.SAD))
    assert "secret" not in path.read_text(encoding="utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_an_old_state_is_refused_and_removed(tmp_path: Path) -> None:
    path = written(tmp_path, state_of(Emotion.SAD))
    record = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**record, "boottime_s": record["boottime_s"] - LIFETIME_S - 1}), encoding="utf-8")
    with pytest.raises(InputError, match="has been removed"):
        read_last(tmp_path, "hub")
    assert not path.exists()


def test_a_state_from_before_the_machine_was_started_is_refused_and_removed(tmp_path: Path) -> None:
    path = written(tmp_path, state_of(Emotion.SAD))
    record = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**record, "boot": "another"}), encoding="utf-8")
    with pytest.raises(InputError, match="before the machine was started"):
        read_last(tmp_path, "hub")
    assert not path.exists()


@pytest.mark.parametrize("jump_s", [-86_400.0, 86_400.0])
def test_a_wall_clock_that_jumps_makes_no_state_older_or_newer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jump_s: float
) -> None:
    written(tmp_path, state_of(Emotion.SAD))
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + jump_s)
    assert read_last(tmp_path, "hub")["state"]["label"] == "sad"


def test_the_time_of_a_state_is_when_it_was_captured(tmp_path: Path) -> None:
    old = replace(state_of(Emotion.SAD), captured_ns=time.monotonic_ns() - 100 * 10**9)
    path = written(tmp_path, old)
    assert time.time() - json.loads(path.read_text(encoding="utf-8"))["at"] == pytest.approx(100, abs=50)


def test_without_a_state_the_remedy_is_told(tmp_path: Path) -> None:
    for device in ("hub", None):
        with pytest.raises(InputError, match="rapport run"):
            read_last(tmp_path, device)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"at": "x"}', "null"])
def test_a_damaged_file_is_named(tmp_path: Path, content: str) -> None:
    path_of(tmp_path, "hub").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"hub\.json cannot be read"):
        read_last(tmp_path, "hub")


def test_a_directory_that_cannot_be_made_is_an_outlet_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(OutletError, match="cannot be made"):
        LastState(tmp_path / "file" / "below", "hub").open()


def test_a_link_planted_in_its_place_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("untouched", encoding="utf-8")
    path_of(tmp_path, "hub").with_suffix(".tmp").symlink_to(victim)
    outlet = LastState(tmp_path, "hub")
    outlet.open()
    with pytest.raises(OutletError):
        outlet.deliver(state_of(Emotion.SAD))
    assert victim.read_text(encoding="utf-8") == "untouched"
