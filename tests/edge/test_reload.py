from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from edge.errors import SettingsError
from edge.reload import Reload
from edge.settings import load

if TYPE_CHECKING:
    from pathlib import Path


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "device.toml"
    path.write_text("[response]\nquiet = false\n", encoding="utf-8")
    return path


def reload_of(path: Path, clock: Clock) -> Reload:
    return Reload(path, load(path, {}), {}, clock)


def looked(reload: Reload, clock: Clock, times: int = 1) -> bool:
    found = False
    for _ in range(times):
        clock.now += 2
        found = reload.changed(2.0)
    return found


def test_a_file_that_stays_as_it_is_is_not_read(file: Path) -> None:
    clock = Clock()
    assert not looked(reload_of(file, clock), clock, 5)


def test_a_changed_file_is_read_once_when_it_has_stayed_so(file: Path) -> None:
    clock = Clock()
    reload = reload_of(file, clock)
    file.write_text("[response]\nquiet = true\n[camera]\nsource = '1'\n", encoding="utf-8")
    assert not looked(reload, clock), "it may still be being written"
    assert looked(reload, clock)
    change = reload.read()
    assert str(change) == "changed: response.quiet; needs a restart: camera.source"
    assert change.wanted.response.quiet
    assert not looked(reload, clock, 5)


def test_a_file_replaced_by_another_of_the_same_size_and_time_is_seen(file: Path) -> None:
    clock = Clock()
    reload = reload_of(file, clock)
    before = file.stat()
    other = file.with_suffix(".new")
    other.write_text("[response]\nquiet =  true\n", encoding="utf-8")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert other.stat().st_size == before.st_size
    other.replace(file)
    assert looked(reload, clock, 2)


def test_a_file_from_the_future_or_the_past_is_another_file_and_no_more(file: Path) -> None:
    clock = Clock()
    reload = reload_of(file, clock)
    for day in (86_400, -86_400):
        stamp = file.stat().st_mtime_ns + day * 10**9
        os.utime(file, ns=(stamp, stamp))
        assert looked(reload, clock, 2)
        assert str(reload.read()) == "nothing has changed"
        assert not looked(reload, clock, 3)


def test_a_broken_file_is_refused_whole_and_only_once(file: Path) -> None:
    clock = Clock()
    reload = reload_of(file, clock)
    file.write_text("[response]\nquiet = true\nper_hour = -1\n", encoding="utf-8")
    assert looked(reload, clock, 2)
    with pytest.raises(SettingsError, match=r"response\.per_hour"):
        reload.read()
    assert not looked(reload, clock, 3)
    file.write_text("[response]\nquiet = true\n", encoding="utf-8")
    assert looked(reload, clock, 2)
    assert reload.read().live == ("response.quiet",)


def test_a_file_that_is_gone_changes_nothing(file: Path) -> None:
    clock = Clock()
    reload = reload_of(file, clock)
    file.unlink()
    assert not looked(reload, clock, 3)


def test_what_needs_a_restart_is_said_until_it_is_taken_back(file: Path) -> None:
    reload = reload_of(file, Clock())
    original = file.read_text(encoding="utf-8")
    file.write_text(original + "[camera]\nsource = '1'\n", encoding="utf-8")
    assert reload.read().waiting == ("camera.source",)
    assert reload.read().waiting == ("camera.source",)
    file.write_text(original, encoding="utf-8")
    assert reload.read().waiting == ()


def test_zero_seconds_mean_never_and_asking_works_without_a_file(file: Path) -> None:
    clock = Clock()
    reload = reload_of(file, clock)
    file.write_text("", encoding="utf-8")
    clock.now += 3600
    assert not reload.changed(0)
    bare = Reload(None, load(None, {}), {}, clock)
    assert not looked(bare, clock, 3)
    assert not bare.asked()
    bare.ask()
    assert bare.asked()
    assert not bare.asked()
    assert str(bare.read()) == "nothing has changed"
