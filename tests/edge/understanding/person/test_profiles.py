from __future__ import annotations

import json
import logging
import os
import stat
import threading
from typing import TYPE_CHECKING

import pytest

from edge.affect import Sense
from edge.errors import InputError, ProfileError
from edge.understanding.person.baseline import Baseline, ProfileRecord
from edge.understanding.person.histogram import BINS
from edge.understanding.person.names import file_stem
from edge.understanding.person.profiles import LARGEST, MOST, Profiles, stamp_of
from tests.edge.understanding.person.readings import reading

if TYPE_CHECKING:
    from pathlib import Path

BOTH = frozenset({Sense.FACE, Sense.VOICE})


def learned(name: str = "Anna", senses: frozenset[Sense] = BOTH) -> ProfileRecord:
    baseline = Baseline(name, 36_000)
    for sense in sorted(senses):
        for _ in range(50):
            baseline.learn(reading(sense, 0, smile=1.0, pitch=200.0), 0.5, emotions=True)
    return baseline.record()


def everything_under(directory: Path) -> bytes:
    return b"".join(str(p).encode() + p.read_bytes() for p in directory.rglob("*") if p.is_file())


@pytest.fixture
def profiles(tmp_path: Path) -> Profiles:
    return Profiles(tmp_path / "state")


def test_what_is_saved_is_read_again_private_and_whole(profiles: Profiles) -> None:
    record = learned()
    stamp = profiles.save(record, None, BOTH)
    assert stamp == stamp_of(profiles.path("Anna"))
    assert profiles.read("Anna") == record
    assert stat.S_IMODE(profiles.path("Anna").stat().st_mode) == 0o600
    assert stat.S_IMODE(profiles.directory.stat().st_mode) == 0o700
    assert sorted(path.name for path in profiles.directory.iterdir()) == [".lock", f"{file_stem('Anna')}.json"]


def test_a_full_profile_is_far_smaller_than_what_is_read_at_most() -> None:
    full = learned().model_dump_json().replace("0.0", "123456.789")
    assert len(full) < LARGEST / 2


def test_months_do_not_make_a_file_larger_than_that() -> None:
    baseline = Baseline("Anna", 36_000)
    for step in range(20_000):
        pitch, smile = 60.0 + step % 500, -15 + 40 * (step % 997) / 997
        baseline.learn(reading(Sense.VOICE, 0, pitch=pitch), 400.0)
        baseline.learn(reading(Sense.FACE, 0, smile=smile), 400.0)
    assert len(baseline.record().model_dump_json()) < LARGEST / 2


@pytest.mark.parametrize("name", ["../x", "..", "/etc/passwd", "a/b", ""])
def test_no_name_leads_out_of_the_directory(name: str, profiles: Profiles, tmp_path: Path) -> None:
    for action in (profiles.new, profiles.forget, profiles.require):
        with pytest.raises(InputError, match="no name of a profile"):
            action(name)
    if name:
        with pytest.raises(InputError, match="no name of a profile"):
            profiles.use(name)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert profiles.path(name).parent == profiles.directory


def test_profiles_are_begun_selected_listed_and_forgotten(profiles: Profiles) -> None:
    assert (profiles.names(), profiles.selected()) == ([], None)
    profiles.new("小明")
    profiles.new("Anna")
    profiles.use("小明")
    assert (profiles.names(), profiles.selected()) == (["Anna", "小明"], "小明")
    profiles.forget("Anna")
    assert (profiles.names(), profiles.selected()) == (["小明"], "小明")
    profiles.forget("小明")
    assert (profiles.names(), profiles.selected()) == ([], ""), "nobody is learned in the place of the one forgotten"
    with pytest.raises(InputError, match=r"no profile 'Anna'.*none"):
        profiles.use("Anna")
    with pytest.raises(InputError, match="no profile"):
        profiles.forget("Anna")


def test_a_profile_is_begun_once_and_there_are_not_too_many(profiles: Profiles) -> None:
    profiles.new("0")
    with pytest.raises(InputError, match="already"):
        profiles.new("0")
    profiles.use("0")
    for number in range(1, MOST):
        profiles.new(str(number))
    with pytest.raises(InputError, match=f"{MOST} profiles"):
        profiles.new("one more")


def test_forgetting_leaves_no_byte_of_it_on_the_disk(profiles: Profiles) -> None:
    profiles.new("Annabella")
    profiles.use("Annabella")
    profiles.save(learned("Annabella"), stamp_of(profiles.path("Annabella")), BOTH)
    path = profiles.path("Annabella")
    path.with_suffix(".damaged").write_text("Annabella, once damaged")
    (profiles.directory / ".new.abc").write_text("Annabella, half-written when the power went")
    assert b"Annabella" in everything_under(profiles.directory)
    profiles.forget("Annabella")
    left = everything_under(profiles.directory)
    assert b"Annabella" not in left
    assert file_stem("Annabella").encode() not in left
    assert b"12.5" not in left
    assert sorted(p.name for p in profiles.directory.iterdir()) == [".lock", "selected.json"]


def test_a_save_that_comes_after_the_forgetting_writes_nothing(profiles: Profiles) -> None:
    stamp = profiles.save(learned(), None, BOTH)
    profiles.forget("Anna")
    assert profiles.save(learned(), stamp, BOTH) is None
    assert not profiles.path("Anna").exists()


def test_a_sense_is_erased_from_every_profile_and_the_rest_stays(profiles: Profiles) -> None:
    for name in ("Anna", "小明"):
        profiles.save(learned(name), None, BOTH)
    profiles.path("Anna").with_suffix(".damaged").write_text("who knows")
    strange = profiles.directory / f"{'0' * 32}.json"
    strange.write_text("{")
    profiles.erase({Sense.FACE})
    for name in ("Anna", "小明"):
        record = profiles.read(name)
        assert record is not None
        assert set(record.senses) == {Sense.VOICE}
    assert b"smile" not in everything_under(profiles.directory)
    assert not strange.exists(), "nobody knows what is in it"
    assert not profiles.path("Anna").with_suffix(".damaged").exists()


def test_erasing_makes_no_directory(profiles: Profiles) -> None:
    profiles.erase(BOTH)
    assert not profiles.directory.exists()


def test_a_save_speaks_for_its_senses_only(profiles: Profiles) -> None:
    stamp = profiles.save(learned(), None, BOTH)
    newer = learned(senses=frozenset({Sense.VOICE}))
    stamp = profiles.save(newer, stamp, {Sense.VOICE})
    record = profiles.read("Anna")
    assert record is not None
    assert set(record.senses) == BOTH
    profiles.save(ProfileRecord(name="Anna"), stamp, {Sense.FACE})
    record = profiles.read("Anna")
    assert record is not None
    assert set(record.senses) == {Sense.VOICE}


WHOLE = learned().model_dump_json()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "null",
        "[]",
        "\x00" * 500,
        '{"version": 2, "name": "Anna", "senses": {}}',
        '{"version": 1, "name": "Bert", "senses": {}}',
        '{"version": 1, "name": "Anna", "senses": {}, "more": 1}',
        '{"version": 1, "name": "Anna", "senses": {"smell": {"seconds": 1, "cues": {}, "emotions": {}}}}',
        '{"version": 1, "name": "Anna", "senses": {"face": {"seconds": -1, "cues": {}, "emotions": {}}}}',
        '{"version": 1, "name": "Anna", "senses": {"face": {"seconds": NaN, "cues": {}, "emotions": {}}}}',
        '{"version": 1, "name": "Anna", "senses": {"face": {"seconds": 1e300, "cues": {}, "emotions": {}}}}',
        '{"version": 1, "name": "Anna", "senses": {"face": {"seconds": 1, "cues": {"smile": [1, 2]}, "emotions": {}}}}',
        json.dumps(
            {"version": 1, "name": "Anna", "senses": {"face": {"seconds": 1, "cues": {"smile": [1e999] * BINS}}}}
        ),
        json.dumps({"version": 1, "name": "Anna", "senses": {"face": {"seconds": 1, "emotions": {"sad": [1] * BINS}}}}),
        WHOLE[: len(WHOLE) // 2],
        WHOLE + " " * LARGEST,
    ],
)
def test_a_damaged_file_is_told_set_aside_and_started_anew(
    content: str, profiles: Profiles, caplog: pytest.LogCaptureFixture
) -> None:
    profiles.new("Anna")
    profiles.path("Anna").write_text(content)
    with caplog.at_level(logging.ERROR):
        assert profiles.read("Anna") is None
    assert "'Anna' is damaged" in caplog.text
    assert profiles.path("Anna").with_suffix(".damaged").read_text() == content
    assert profiles.save(learned(), None, BOTH) is not None
    assert profiles.read("Anna") == learned()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_file_that_others_may_read_is_refused_with_the_line_to_type(mode: int, profiles: Profiles) -> None:
    profiles.save(learned(), None, BOTH)
    profiles.path("Anna").chmod(mode)
    with pytest.raises(ProfileError, match="chmod 600"):
        profiles.read("Anna")


def test_a_link_a_pipe_or_a_directory_in_its_place_is_refused_and_can_be_forgotten(
    profiles: Profiles, tmp_path: Path
) -> None:
    profiles.new("Anna")
    path = profiles.path("Anna")
    target = tmp_path / "target"
    target.write_text(learned().model_dump_json())
    target.chmod(0o600)
    path.unlink()
    path.symlink_to(target)
    with pytest.raises(ProfileError):
        profiles.read("Anna")
    profiles.forget("Anna")
    assert target.exists(), "only the link is removed"
    os.mkfifo(path)
    with pytest.raises(ProfileError):
        profiles.read("Anna")


@pytest.mark.parametrize("content", ["", "{", '{"version": 1, "name": "../x"}', '{"version": 1}', "[1]"])
def test_a_damaged_selection_selects_nobody_and_says_so(content: str, profiles: Profiles) -> None:
    profiles.new("Anna")
    profiles.use("Anna")
    (profiles.directory / "selected.json").write_text(content)
    with pytest.raises(ProfileError, match="rapport profile use"):
        profiles.selected()
    profiles.use("Anna")
    assert profiles.selected() == "Anna"


def test_many_at_once_lose_nothing_and_never_see_half_a_file(profiles: Profiles) -> None:
    profiles.new("Anna")
    flaws: list[object] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            if profiles.read("Anna") is None:
                flaws.append("half a file")

    def save() -> None:
        for _ in range(20):
            profiles.save(learned(), stamp_of(profiles.path("Anna")), BOTH)

    reader = threading.Thread(target=read)
    writers = [threading.Thread(target=save) for _ in range(2)]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()
    assert flaws == []
    assert profiles.read("Anna") == learned()
