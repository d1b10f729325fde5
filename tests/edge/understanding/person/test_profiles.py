from __future__ import annotations

import json
import logging
import threading
from typing import TYPE_CHECKING

import pytest

from edge.affect import Sense
from edge.errors import InputError, ProfileError
from edge.privacy.vault import Vault, open_vault
from edge.understanding.person import old_files
from edge.understanding.person.baseline import Baseline, ProfileRecord
from edge.understanding.person.histogram import BINS
from edge.understanding.person.names import file_stem
from edge.understanding.person.old_files import LARGEST, Selection
from edge.understanding.person.profiles import MOST, Profiles
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


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return open_vault(tmp_path)


@pytest.fixture
def profiles(vault: Vault) -> Profiles:
    return Profiles(vault)


@pytest.mark.parametrize("name", ["Anna", "小明", "O'Brien"])
def test_what_is_saved_is_read_again(profiles: Profiles, name: str) -> None:
    record = learned(name)
    assert profiles.read(name) is None
    assert profiles.save(record, None, BOTH) == profiles.revision(name)
    assert profiles.read(name) == record


def test_months_do_not_make_a_profile_large() -> None:
    baseline = Baseline("Anna", 36_000)
    for step in range(20_000):
        pitch, smile = 60.0 + step % 500, -15 + 40 * (step % 997) / 997
        baseline.learn(reading(Sense.VOICE, 0, pitch=pitch), 400.0)
        baseline.learn(reading(Sense.FACE, 0, smile=smile), 400.0)
    assert len(baseline.record().model_dump_json()) < LARGEST / 2


@pytest.mark.parametrize("name", ["../x", "..", "/etc/passwd", "a/b", ""])
def test_what_is_no_name_is_refused(name: str, profiles: Profiles) -> None:
    for action in (profiles.new, profiles.forget, profiles.require):
        with pytest.raises(InputError, match="no name of a profile"):
            action(name)
    if name:
        with pytest.raises(InputError, match="no name of a profile"):
            profiles.use(name)
    assert profiles.names() == []


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


def test_forgetting_leaves_no_row_of_it(profiles: Profiles, vault: Vault) -> None:
    profiles.save(learned("Annabella"), None, BOTH)
    profiles.use("Annabella")
    profiles.forget("Annabella")
    assert vault.rows("SELECT (SELECT count(*) FROM person) + (SELECT count(*) FROM usual)") == [(0,)]
    assert vault.rows("SELECT name FROM selection") == [("",)]


def test_a_save_that_comes_after_the_forgetting_writes_nothing(profiles: Profiles) -> None:
    stamp = profiles.save(learned(), None, BOTH)
    profiles.forget("Anna")
    assert profiles.save(learned(), stamp, BOTH) is None
    assert profiles.read("Anna") is None


def test_a_sense_is_erased_from_every_profile_and_the_rest_stays(profiles: Profiles) -> None:
    for name in ("Anna", "小明"):
        profiles.save(learned(name), None, BOTH)
    before = {name: profiles.revision(name) for name in ("Anna", "小明")}
    profiles.new("Ben")
    changed = profiles.erase({Sense.FACE})
    assert changed == {name: (before[name], profiles.revision(name)) for name in before}
    for name in ("Anna", "小明"):
        record = profiles.read(name)
        assert record is not None
        assert set(record.senses) == {Sense.VOICE}
    assert profiles.erase({Sense.FACE}) == {}


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


def test_a_row_that_is_not_understood_is_told(profiles: Profiles, vault: Vault) -> None:
    profiles.save(learned(), None, BOTH)
    with vault.transaction() as transaction:
        transaction.run("UPDATE usual SET record = '{}' WHERE sense = 'face'")
    with pytest.raises(ProfileError, match=r"'Anna' cannot be read.*profile forget"):
        profiles.read("Anna")
    profiles.erase({Sense.FACE})
    assert profiles.read("Anna") is not None


def old(directory: Path, name: str, content: str | None = None, mode: int = 0o600) -> Path:
    path = directory / "profiles" / f"{file_stem(name)}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(learned(name).model_dump_json() if content is None else content)
    path.chmod(mode)
    return path


def choose(directory: Path, content: str) -> Path:
    path = directory / "profiles" / "selected.json"
    path.write_text(content)
    path.chmod(0o600)
    return path


def test_files_of_older_versions_are_taken_in_once_and_removed(
    profiles: Profiles, vault: Vault, tmp_path: Path
) -> None:
    old(tmp_path, "Anna")
    old(tmp_path, "小明")
    choose(tmp_path, Selection(name="小明").model_dump_json())
    (tmp_path / "profiles" / ".lock").touch()
    (tmp_path / "profiles" / ".new.x7").write_text("half-written when the power went")
    old_files.take_in(vault, tmp_path)
    assert [profiles.read(name) for name in ("Anna", "小明")] == [learned("Anna"), learned("小明")]
    assert profiles.selected() == "小明"
    assert not (tmp_path / "profiles").exists()
    profiles.erase({Sense.FACE})
    profiles.use("")
    old(tmp_path, "Anna")  # as if the power had gone before it was removed
    choose(tmp_path, Selection(name="Anna").model_dump_json())
    old_files.take_in(vault, tmp_path)
    record = profiles.read("Anna")
    assert record is not None
    assert set(record.senses) == {Sense.VOICE}, "what is in the vault is newer"
    assert profiles.selected() == ""
    assert not (tmp_path / "profiles").exists()


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
def test_an_old_file_that_is_damaged_is_told_and_left(
    content: str, profiles: Profiles, vault: Vault, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = old(tmp_path, "Anna", content)
    old(tmp_path, "Ben")
    with caplog.at_level(logging.ERROR):
        old_files.take_in(vault, tmp_path)
    assert "not taken into the vault" in caplog.text
    assert path.read_text() == content
    assert profiles.names() == ["Ben"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_an_old_file_that_others_may_read_is_left(
    mode: int, profiles: Profiles, vault: Vault, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = old(tmp_path, "Anna", mode=mode)
    with caplog.at_level(logging.ERROR):
        old_files.take_in(vault, tmp_path)
    assert "chmod 600" in caplog.text
    assert path.exists()
    assert profiles.names() == []


@pytest.mark.parametrize("content", ["", "{", '{"version": 1, "name": "../x"}', '{"version": 1}', "[1]"])
def test_an_old_selection_that_is_damaged_selects_nobody(
    content: str, profiles: Profiles, vault: Vault, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    old(tmp_path, "Anna")
    path = choose(tmp_path, content)
    with caplog.at_level(logging.ERROR):
        old_files.take_in(vault, tmp_path)
    assert "rapport profile use" in caplog.text
    assert path.exists()
    assert (profiles.names(), profiles.selected()) == (["Anna"], None)


def test_many_at_once_lose_nothing_and_never_see_half_a_file(profiles: Profiles) -> None:
    profiles.new("Anna")
    flaws: list[object] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            if profiles.read("Anna") is None:
                flaws.append("half a profile")

    def save() -> None:
        for _ in range(20):
            profiles.save(learned(), profiles.revision("Anna"), BOTH)

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
