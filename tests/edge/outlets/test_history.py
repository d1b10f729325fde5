from __future__ import annotations

import json
import os
import stat
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from edge.affect import EMOTIONS, Affect, Cue, Emotion, Sense, State
from edge.errors import InputError, OutletError
from edge.outlets import history as module
from edge.outlets.history import KEPT_S, History, forget_history, history_path, read_history

if TYPE_CHECKING:
    from pathlib import Path

SECOND = 10**9


def state_of(emotion: Emotion | None, age_s: float = 0.0) -> State:
    affect = Affect.of(tuple(0.94 if e is (emotion or Emotion.SAD) else 0.01 for e in EMOTIONS))
    quote = Cue("words", 1.0, "", '"my secret"', 1.0, quotes=True)
    reason = None if emotion else "no feeling stands out (sad 0.31, fear 0.22)"
    at_ns = time.monotonic_ns() - round(age_s * SECOND)
    return State(at_ns, emotion, affect, reason, ((Sense.TEXT, 1.0),), (), (quote,), ((Sense.TEXT, "unsure"),))


def opened(directory: Path) -> History:
    outlet = History(directory, "hub")
    outlet.open()
    return outlet


def told(directory: Path) -> list[str]:
    return [change.state.name for change in read_history(directory, "hub")]


def test_only_changes_are_kept_with_their_time_and_what_they_rest_on(tmp_path: Path) -> None:
    outlet = opened(tmp_path)
    for emotion, age_s in ((Emotion.HAPPY, 60), (Emotion.HAPPY, 50), (None, 40), (None, 30), (Emotion.SAD, 20)):
        outlet.deliver(state_of(emotion, age_s))
    changes = read_history(tmp_path, "hub")
    assert [change.state.name for change in changes] == ["happy", "unsure", "sad"]
    now = time.clock_gettime(time.CLOCK_BOOTTIME)
    assert [round(now - change.boottime_s, -1) for change in changes] == [60, 40, 20]
    assert changes[1].state.reason == "no feeling stands out (sad 0.31, fear 0.22)"
    assert changes[2].state.shares == ((Sense.TEXT, 1.0),)
    assert changes[2].state.without == ((Sense.TEXT, "unsure"),)


def test_nothing_that_was_said_is_in_it_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    opened(tmp_path / "new").deliver(state_of(Emotion.SAD))
    path = history_path(tmp_path / "new", "hub")
    assert "secret" not in path.read_text(encoding="utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_when_a_consent_is_withdrawn_all_of_it_goes_and_what_waited_is_not_kept(tmp_path: Path) -> None:
    outlet = opened(tmp_path)
    outlet.deliver(state_of(Emotion.SAD))
    waited = state_of(Emotion.HAPPY)
    outlet.forget(Sense.TEXT)
    assert not history_path(tmp_path, "hub").exists()
    outlet.deliver(waited)
    assert told(tmp_path) == []
    outlet.deliver(replace(waited, shares=((Sense.FACE, 1.0),)))
    assert told(tmp_path) == ["happy"]
    outlet.deliver(state_of(Emotion.SAD))  # granted again, and captured since
    assert told(tmp_path) == ["happy", "sad"]


def test_it_is_bounded_in_number_and_in_age(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT_S", 30.0)
    outlet = opened(tmp_path)
    for emotion, age_s in ((Emotion.HAPPY, 60), (Emotion.SAD, 20), (Emotion.HAPPY, 10)):
        outlet.deliver(state_of(emotion, age_s))
    assert told(tmp_path) == ["sad", "happy"]


def lines(directory: Path) -> int:
    return len(history_path(directory, "hub").read_text(encoding="utf-8").splitlines())


def test_what_is_too_old_leaves_the_file_soon_after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT_S", 30.0)
    outlet = opened(tmp_path)
    outlet.deliver(state_of(Emotion.HAPPY, 60))
    outlet.deliver(state_of(Emotion.SAD, 20))
    assert lines(tmp_path) == 2
    monkeypatch.setattr(module, "SPARE_S", 0.0)
    outlet.deliver(state_of(Emotion.HAPPY, 10))
    assert lines(tmp_path) == 2


def test_a_restless_person_fills_neither_memory_nor_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHANGES", 5)
    monkeypatch.setattr(module, "SPARE", 3)
    outlet = opened(tmp_path)
    for number in range(40):
        outlet.deliver(state_of(Emotion.SAD if number % 2 else Emotion.HAPPY))
        assert len(told(tmp_path)) <= 5
        assert lines(tmp_path) <= 9
    assert told(tmp_path) == ["sad", "happy", "sad", "happy", "sad"]


def test_a_line_that_does_not_fit_leaves_the_others_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outlet = opened(tmp_path)
    outlet.deliver(state_of(Emotion.SAD))
    whole = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, content: whole(descriptor, content[:20]))
    with pytest.raises(OutletError, match="No space left"):
        outlet.deliver(state_of(Emotion.HAPPY))
    monkeypatch.setattr(os, "write", whole)
    outlet.deliver(state_of(None))
    assert told(tmp_path) == ["sad", "unsure"]


def test_a_device_that_is_started_again_goes_on_with_it(tmp_path: Path) -> None:
    opened(tmp_path).deliver(state_of(Emotion.SAD))
    opened(tmp_path).deliver(state_of(Emotion.HAPPY))
    assert told(tmp_path) == ["sad", "happy"]


def test_of_another_start_of_the_machine_and_of_long_ago_nothing_is_told(tmp_path: Path) -> None:
    opened(tmp_path).deliver(state_of(Emotion.SAD))
    path = history_path(tmp_path, "hub")
    record = json.loads(path.read_text(encoding="utf-8"))
    for other in ({"boot": "another"}, {"boottime_s": record["boottime_s"] - KEPT_S - 1}):
        path.write_text(json.dumps(record | other) + "\n", encoding="utf-8")
        assert told(tmp_path) == []


@pytest.mark.parametrize("content", ["{", "[]\n", '{"at": "x"}\n', "null\n", "\xff"])
def test_a_damaged_file_is_named_and_a_device_starts_anew(tmp_path: Path, content: str) -> None:
    path = history_path(tmp_path, "hub")
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(InputError, match=r"hub\.history\.jsonl cannot be read"):
        read_history(tmp_path, "hub")
    opened(tmp_path).deliver(state_of(Emotion.SAD))
    assert told(tmp_path) == ["sad"]


def test_an_absurd_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST", 10)
    history_path(tmp_path, "hub").write_text("x" * 11, encoding="utf-8")
    with pytest.raises(InputError, match="over 10 bytes"):
        read_history(tmp_path, "hub")


def test_it_is_removed_for_a_device_that_does_not_run(tmp_path: Path) -> None:
    opened(tmp_path).deliver(state_of(Emotion.SAD))
    forget_history(tmp_path, "hub")
    assert told(tmp_path) == []
    forget_history(tmp_path, "hub")


def test_a_directory_that_cannot_be_made_and_a_planted_link_are_outlet_errors(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(OutletError, match="cannot be made"):
        History(tmp_path / "file" / "below", "hub").open()
    victim = tmp_path / "victim"
    victim.write_text("untouched", encoding="utf-8")
    outlet = opened(tmp_path)
    outlet.deliver(state_of(Emotion.HAPPY))
    history_path(tmp_path, "hub").unlink()
    history_path(tmp_path, "hub").symlink_to(victim)
    with pytest.raises(OutletError, match="cannot be written"):
        outlet.deliver(state_of(Emotion.SAD))
    assert victim.read_text(encoding="utf-8") == "untouched"
