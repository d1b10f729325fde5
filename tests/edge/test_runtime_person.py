"""The person in the runtime: what is learned, told and forgotten on the loop's own turns."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from edge.affect import Sense
from edge.privacy.vault import open_vault
from edge.runtime import Runtime
from edge.safety.grants import Purpose
from edge.settings import load
from edge.understanding.person.profiles import Profiles
from tests.edge.test_runtime import Kept
from tests.edge.understanding.person.readings import SECOND, reading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def runtime_in(tmp_path: Path, **more: str) -> Runtime:
    environment = {
        "RAPPORT_CONSENT__GRANTS": '["face", "text"]',
        "RAPPORT_CAMERA__SOURCE": str(tmp_path / "never-opened.avi"),
        "RAPPORT_DEVICE__STATE_DIRECTORY": str(tmp_path / "state"),
        "RAPPORT_CONSOLE__ENABLED": "false",
        "RAPPORT_SPEECH__ENGINE": "none",
        "RAPPORT_UNDERSTANDING__PERSON__PROFILE": "Anna",
        "RAPPORT_UNDERSTANDING__PERSON__MINUTES": "1",
        **more,
    }
    return Runtime(load(None, environment))


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    made = runtime_in(tmp_path)
    made._clerk.start()
    yield made
    stop(made)


def stop(runtime: Runtime) -> None:
    runtime._keeper.stop()
    runtime._clerk.stop(5)
    assert runtime._keeping.vault is not None
    runtime._keeping.vault.close()


def test_who_is_selected_and_what_was_learned_is_known_before_anybody_is_answered(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made = runtime_in(tmp_path)
    made.consent.grant(Sense.FACE, Purpose.PERSONAL)
    made._clerk.start()
    assert not made._keeper.known
    made._know_who(threading.Event())
    assert made._keeper.selected == "Anna"
    assert made._keeper.person.baseline is not None
    assert made._learner.keeps
    assert made._learner.known
    assert "could not be read" not in caplog.text
    stop(made)


def turn_until_known(runtime: Runtime) -> None:
    deadline = time.monotonic() + 20
    while runtime._keeper.person.baseline is None:
        assert time.monotonic() < deadline, "no profile was loaded"
        runtime._enforce_consent()
        time.sleep(0.01)


def turn_often(runtime: Runtime) -> None:
    """Enough turns for a profile to be loaded, if one may be."""
    for _ in range(5):
        runtime._enforce_consent()
        time.sleep(0.06)


def see(runtime: Runtime, times: int, smile: float = 6.0) -> None:
    """Readings of half a second each, whose clock ends now."""
    now_s = time.monotonic_ns() / SECOND
    for step in range(times):
        runtime._keeper.taken(reading(Sense.FACE, now_s - (times - step) / 2, smile=smile))


def test_with_a_grant_cues_are_told_relative_to_the_person(runtime: Runtime) -> None:
    runtime.consent.grant(Sense.FACE, Purpose.PERSONAL)
    kept = Kept()
    runtime._outlets.append(kept)
    turn_until_known(runtime)
    see(runtime, 200)
    runtime._step(reading(Sense.FACE, time.monotonic_ns() / SECOND, smile=6.0))
    (cue,) = kept.states[-1].cues
    assert cue.phrase == "your usual smile"
    assert cue.usual == pytest.approx(6.0, abs=0.3)


def test_without_a_grant_for_it_nothing_is_learned_or_told(runtime: Runtime, tmp_path: Path) -> None:
    kept = Kept()
    runtime._outlets.append(kept)
    turn_often(runtime)
    see(runtime, 200)
    runtime._step(reading(Sense.FACE, time.monotonic_ns() / SECOND, smile=6.0))
    assert kept.states[-1].cues[0].usual is None
    assert runtime._keeper.person.baseline is None
    assert Profiles(open_vault(tmp_path / "state")).names() == []


def test_a_grant_for_it_alone_opens_no_sensor(tmp_path: Path) -> None:
    runtime = runtime_in(tmp_path, RAPPORT_CONSENT__GRANTS="[]")
    runtime.consent.grant(Sense.FACE, Purpose.PERSONAL)
    assert [lane._allowed() for lane in runtime._lanes] == [False]
    runtime.consent.grant(Sense.FACE)
    assert [lane._allowed() for lane in runtime._lanes] == [True]


def test_a_withdrawal_for_it_is_obeyed_by_the_next_turn(runtime: Runtime) -> None:
    runtime.consent.grant(Sense.FACE, Purpose.PERSONAL)
    turn_until_known(runtime)
    see(runtime, 200)
    assert runtime._keeper.person.baseline is not None
    assert runtime._keeper.person.baseline.find(Sense.FACE) is not None
    runtime.consent.withdraw(Sense.FACE, Purpose.PERSONAL)
    runtime._enforce_consent()
    baseline = runtime._keeper.person.baseline
    assert baseline is None or baseline.find(Sense.FACE) is None


def test_where_the_place_does_not_allow_it_a_grant_changes_nothing(tmp_path: Path) -> None:
    runtime = runtime_in(tmp_path, RAPPORT_SAFETY__CONTEXT="game")
    runtime._clerk.start()
    runtime.consent.grant(Sense.FACE, Purpose.PERSONAL)
    turn_often(runtime)
    see(runtime, 200)
    assert runtime._keeper.person.baseline is None
    stop(runtime)


def test_a_damaged_consent_file_forgets_in_memory_and_erases_nothing(runtime: Runtime, tmp_path: Path) -> None:
    runtime.consent.grant(Sense.FACE, Purpose.PERSONAL)
    turn_until_known(runtime)
    see(runtime, 200)
    runtime.consent.path.chmod(0o644)
    time.sleep(0.1)
    runtime._enforce_consent()
    assert runtime._permission.may_know(Sense.FACE) is None
    baseline = runtime._keeper.person.baseline
    assert baseline is None or baseline.find(Sense.FACE) is None
    stop(runtime)
    record = Profiles(open_vault(tmp_path / "state")).read("Anna")
    assert record is not None
    assert record.senses[Sense.FACE].seconds > 90
