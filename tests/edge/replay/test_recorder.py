from __future__ import annotations

import gzip
import json
import stat
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from edge.affect import Alertness, Sense, Stage
from edge.errors import InputError
from edge.loop.lane import LaneStatus
from edge.loop.states import Half, Machine
from edge.replay import recorder as module
from edge.understanding.settings import UnderstandingSettings
from edge.understanding.understanding import Understanding
from tests.edge.replay.support import SAID, reading, recorded, recorder, said

if TYPE_CHECKING:
    from pathlib import Path


def records(path: Path) -> list[dict[str, Any]]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(text) for text in content.splitlines()]


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_what_went_in_and_what_came_out_is_in_the_file_and_only_its_owner_reads_it(tmp_path: Path, name: str) -> None:
    path = recorded(tmp_path / name)
    found = records(path)
    kinds = [record["kind"] for record in found]
    assert kinds == ["head", "consent", *["step"] * 4, "settings", *["step"] * 48, "end"]
    assert found[-1] == {"kind": "end", "steps": 52, "why": "stopped"}
    assert found[6]["understanding"]["min_confidence"] == 0.5
    assert found[-2]["forgot"] == "text"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_words_are_kept_only_where_that_was_asked_for(tmp_path: Path) -> None:
    assert SAID.encode() not in recorded(tmp_path / "without").read_bytes()
    assert SAID.encode() in recorded(tmp_path / "with", words=True).read_bytes()


def test_a_recording_replaces_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("mine")
    with pytest.raises(InputError, match="is there already"):
        recorder(path).start()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="is there already"):
        recorder(link).start()
    assert path.read_text() == "mine"
    with pytest.raises(InputError, match="cannot be written"):
        recorder(tmp_path / "no" / "where").start()


def test_at_its_limit_it_ends_by_itself_and_says_so(tmp_path: Path) -> None:
    told: list[str] = []
    ended = threading.Event()
    made = recorder(tmp_path / "a", limit_bytes=4000, tell=told.append, on_end=ended.set)
    made.start()
    understanding = Understanding(UnderstandingSettings())
    for tenth in range(50):
        given = reading(at_s=tenth / 10)
        made.saw(understanding.update(given), given, None, ())
    assert ended.wait(5)
    made.stop()
    assert "limit of 4000 bytes" in told[-1]
    assert (tmp_path / "a").stat().st_size <= 4000
    last = records(tmp_path / "a")[-1]
    assert last["kind"] == "end"
    assert "limit" in last["why"]


def test_a_disk_that_does_not_keep_up_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAITING", 3)
    made = recorder(tmp_path / "a")
    understanding = Understanding(UnderstandingSettings())
    for tenth in range(5):  # nobody writes yet
        given = reading(at_s=tenth / 10)
        made.saw(understanding.update(given), given, None, ())
    made.start()
    made.stop()
    assert made.ended == "the disk did not keep up"
    assert [record["kind"] for record in records(tmp_path / "a")] == ["head", "step", "step", "step", "end"]


def test_when_words_may_no_longer_be_kept_the_file_goes(tmp_path: Path) -> None:
    path, ended, may = tmp_path / "a", threading.Event(), threading.Event()
    may.set()
    made = recorder(path, words=True, may_keep_words=may.is_set, on_end=ended.set)
    made.start()
    given = said()
    made.saw(Understanding(UnderstandingSettings()).update(given), given, None, ())
    deadline = time.monotonic() + 5
    while made.steps == 0 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert SAID.encode() in path.read_bytes()
    may.clear()
    assert ended.wait(5)
    made.stop()
    assert not path.exists()
    assert "withdrawn" in (made.ended or "")


def test_people_are_reminded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REMIND_S", 0.05)
    told: list[str] = []
    reminded = threading.Event()

    def tell(text: str) -> None:
        told.append(text)
        reminded.set()

    made = recorder(tmp_path / "a", tell=tell)
    made.start()
    assert reminded.wait(5)
    made.stop()
    assert told[0].startswith("RECORDING: 0 steps")


def test_what_cannot_be_written_ends_it_and_leaves_whole_lines(tmp_path: Path) -> None:
    made = recorder(tmp_path / "a")
    made.start()
    given = reading()
    state = Understanding(UnderstandingSettings()).update(given)
    made.saw(state, given, None, ())
    made.saw(state, given, None, (Alertness(0, Stage.ALERT, "", perclos=float("nan")),))
    made.stop()
    assert "could not be written" in (made.ended or "")
    assert [record["kind"] for record in records(tmp_path / "a")] == ["head", "step"]


def test_a_lane_is_told_when_its_state_changes_and_not_each_second(tmp_path: Path) -> None:
    machine = Machine("face")
    made = recorder(tmp_path / "a")
    made.start()

    def look() -> None:
        made.looked([LaneStatus(Sense.FACE, "0", machine.standing, 0, 0)])

    look()
    look()
    machine.failed(Half.READER, "the cable")
    look()
    look()
    made.stop()
    lanes = [record for record in records(tmp_path / "a") if record["kind"] == "lane"]
    assert [(lane["state"], lane["reason"]) for lane in lanes] == [
        ("starting", "the source is being opened"),
        ("backing off", "the cable"),
    ]
