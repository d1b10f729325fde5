"""Drowsiness by itself: which models are loaded, what leaves the runtime, and what a grant opens and closes."""

from __future__ import annotations

import atexit
import json
import logging
import shutil
import tempfile
import threading
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from converters.sign import sign
from edge.accelerators.model import Models
from edge.accelerators.private_key import public_half
from edge.affect import EMOTIONS, Affect, Alertness, Cue, Reading, Reply, Sense, Stage, State
from edge.errors import ConsentError
from edge.outlets.outlet import Item, Outlet
from edge.perception.face.perceiver import NOT_ASKED
from edge.runtime import Runtime
from edge.safety.grants import Purpose
from edge.settings import load
from edge.wiring import asked

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parents[2]
PORTRAIT = ROOT / "var" / "portrait" / "astronaut.png"
KEY = Ed25519PrivateKey.generate()
FELT = Affect.of((0.94, *(0.01,) * 6))


class Kept(Outlet):
    """Keeps all that it is offered, at once."""

    name = "kept"

    def __init__(self) -> None:
        super().__init__()
        self.items: list[Item] = []

    def offer(self, item: Item) -> None:
        self.items.append(item)

    def of(self, kind: type) -> list[Item]:
        return [item for item in self.items if isinstance(item, kind)]

    def open(self) -> None: ...

    def deliver(self, item: Item) -> None: ...

    def close(self) -> None: ...


@cache
def signed() -> Path:
    """A copy of the models, signed by KEY, for the life of the process."""
    place = Path(tempfile.mkdtemp(prefix="rapport-models-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    shutil.copytree(ROOT / "models", place / "models", ignore=shutil.ignore_patterns("manifest.*"))
    sign(place / "models", [KEY])
    return place / "models"


def device(state: Path, **changed: str) -> Runtime:
    environment = {
        "RAPPORT_MODELS__DIRECTORY": str(signed()),
        "RAPPORT_MODELS__TRUSTED_KEYS": json.dumps([public_half(KEY, "the tests").line]),
        "RAPPORT_SAFETY__CONTEXT": "car",
        "RAPPORT_CAMERA__SOURCE": str(PORTRAIT),
        "RAPPORT_DEVICE__STATE_DIRECTORY": str(state),
        "RAPPORT_DEVICE__LANGUAGES": '["zh", "en"]',
        "RAPPORT_CONSOLE__ENABLED": "false",
        "RAPPORT_SPEECH__ENGINE": "none",
        "RAPPORT_CONSENT__DROWSINESS": "true",
    }
    return Runtime(load(None, environment | changed))


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Names of the models that are loaded from here on."""
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path / "run"))
    names, load_it = list[str](), Models.load

    def noted(self: Models, name: str, *more: object) -> object:
        names.append(name)
        return load_it(self, name, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(Models, "load", noted)
    return names


def run(runtime: Runtime) -> Kept:
    kept = Kept()
    runtime._outlets.append(kept)
    runtime.run(threading.Event())
    return kept


def test_drowsiness_alone_opens_the_camera_and_infers_no_emotion(
    tmp_path: Path, loaded: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    runtime = device(tmp_path)
    given = list[Reading]()
    step = runtime._step
    runtime._step = lambda reading: (given.append(reading), step(reading))[1]  # type: ignore[method-assign, func-returns-value]
    kept = run(runtime)
    assert loaded == ["face-detect", "face-landmarks", "face-eyes"]
    assert [(reading.affect, reading.reason) for reading in given] == [(None, NOT_ASKED)]
    assert {cue.name for cue in given[0].cues} >= {"left eye", "right eye", "head yaw"}
    assert not {cue.name for cue in given[0].cues} & {"smile", "brow raise"}
    assert kept.of(State) == [], "a State is about feelings"
    (told,) = kept.of(Alertness)
    assert isinstance(told, Alertness)
    assert told.stage is Stage.UNKNOWN
    said = caplog.text + repr(kept.items) + repr(given)
    assert not [emotion for emotion in EMOTIONS if emotion in said]
    assert not list((tmp_path / "run").glob("*.json")), "no last State"


def test_emotion_alone_watches_no_driver(tmp_path: Path, loaded: list[str]) -> None:
    kept = run(device(tmp_path, RAPPORT_CONSENT__DROWSINESS="false", RAPPORT_CONSENT__GRANTS='["face"]'))
    assert "face-eyes" not in loaded
    assert "face-expression" in loaded
    assert kept.of(State)
    assert kept.of(Alertness) == []


def test_both_may_be_granted(tmp_path: Path, loaded: list[str]) -> None:
    kept = run(device(tmp_path, RAPPORT_CONSENT__GRANTS='["face"]'))
    assert {"face-eyes", "face-expression"} <= set(loaded)
    assert kept.of(State)
    assert kept.of(Alertness)


def test_at_home_drowsiness_is_not_watched_even_with_a_grant(tmp_path: Path, loaded: list[str]) -> None:
    runtime = device(tmp_path, RAPPORT_SAFETY__CONTEXT="home")
    runtime._enforce_consent()
    assert not runtime._lanes[0]._allowed()
    assert asked(runtime._permission).driver is False
    assert loaded == []


def test_a_grant_for_drowsiness_opens_no_microphone(tmp_path: Path) -> None:
    runtime = device(tmp_path, RAPPORT_MICROPHONE__SOURCE=str(tmp_path / "never-opened.wav"))
    assert {lane.sense: lane._allowed() for lane in runtime._lanes} == {Sense.FACE: True, Sense.VOICE: False}


def test_a_withdrawal_of_one_purpose_leaves_the_other(tmp_path: Path) -> None:
    runtime, kept = device(tmp_path, RAPPORT_CONSENT__GRANTS='["face"]'), Kept()
    runtime._outlets.append(kept)
    runtime._enforce_consent()
    runtime.consent.withdraw(Sense.FACE, Purpose.EMOTION)
    runtime._enforce_consent()
    assert runtime._lanes[0]._allowed()
    kept.items.clear()
    eyes = (Cue("left eye", 0.3, "", "", 0.0), Cue("head yaw", 1.0, "°", "", 0.0), Cue("head pitch", 1.0, "°", "", 0.0))
    smile = Cue("smile", 5.0, "%", "smiling", 1.0)
    seen = list[Reading | None]()
    watch = runtime._driver.see
    runtime._driver.see = lambda state, reading: (seen.append(reading), watch(state, reading))[1]  # type: ignore[method-assign, func-returns-value]
    runtime._step(Reading(Sense.FACE, time.monotonic_ns(), FELT, 1.0, (*eyes, smile)))  # was under way meanwhile
    assert kept.of(State) == []
    assert [(one.affect, one.cues) for one in seen if one is not None] == [(None, eyes)]
    runtime.consent.withdraw(Sense.FACE, Purpose.DROWSINESS)
    runtime._enforce_consent()
    assert not runtime._lanes[0]._allowed()


def test_what_was_learnt_of_a_driver_is_forgotten_with_the_grant(tmp_path: Path) -> None:
    runtime, forgot = device(tmp_path, RAPPORT_CONSENT__GRANTS='["face"]'), list[Sense]()
    runtime._driver.forget = lambda sense: forgot.append(sense)  # type: ignore[method-assign] # noqa: PLW0108 - its parameter has that name
    runtime._enforce_consent()
    runtime.consent.withdraw(Sense.FACE, Purpose.DROWSINESS)
    runtime._enforce_consent()
    assert forgot == [Sense.FACE]


def warned(runtime: Runtime, stage: Stage, level: int) -> list[Reply]:
    kept = Kept()
    runtime._outlets.append(kept)

    def see(state: State, reading: Reading | None) -> Iterable[Alertness]:
        del reading
        return (Alertness(state.captured_ns, stage, "because", warn=level),)

    runtime._driver.see = see  # type: ignore[method-assign]
    runtime._step(Reading(Sense.FACE, time.monotonic_ns(), None, 0.0, reason=NOT_ASKED))
    assert [item.stage for item in kept.items if isinstance(item, Alertness)] == [stage]
    return [item for item in kept.items if isinstance(item, Reply)]


def test_a_warning_is_spoken_in_the_driver_s_language_whatever_the_rules_of_remarks(tmp_path: Path) -> None:
    (reply,) = warned(device(tmp_path, RAPPORT_RESPONSE__QUIET="true"), Stage.TIRED, 1)
    assert reply.text == "您看起来有点累，请找地方休息一下。"
    assert (reply.strategy, reply.language, reply.crisis) == ("warn", "zh", False)


def test_without_a_warning_due_nothing_is_spoken(tmp_path: Path) -> None:
    assert warned(device(tmp_path), Stage.TIRED, 0) == []


def test_warnings_can_be_left_unspoken(tmp_path: Path) -> None:
    assert warned(device(tmp_path, RAPPORT_UNDERSTANDING__DRIVER__SPOKEN="false"), Stage.ASLEEP, 3) == []


def test_at_work_nothing_runs_without_a_grant_for_drowsiness(tmp_path: Path) -> None:
    with pytest.raises(ConsentError, match=r"2024/1689.*5\(1\)\(f\)") as refused:
        device(
            tmp_path,
            RAPPORT_SAFETY__CONTEXT="work",
            RAPPORT_CONSENT__DROWSINESS="false",
            RAPPORT_CONSENT__GRANTS='["face"]',
        )
    assert "rapport consent grant face --for drowsiness" in str(refused.value)


def test_at_work_a_driver_is_watched_and_no_grant_brings_emotions(
    tmp_path: Path, loaded: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    words = tmp_path / "words.txt"
    words.write_text("I am furious\n", encoding="utf-8")
    runtime = device(
        tmp_path,
        RAPPORT_SAFETY__CONTEXT="work",
        RAPPORT_CONSENT__GRANTS='["face", "text"]',
        RAPPORT_WORDS__SOURCE=str(words),
    )
    assert [lane.sense for lane in runtime._lanes] == [Sense.FACE]
    kept = run(runtime)
    assert "face-expression" not in loaded
    assert kept.of(State) == []
    assert kept.of(Alertness)
    assert "2024/1689" in caplog.text, "the reason is printed all the same"
    assert "emotion" not in " ".join(runtime.disclosure())


def test_the_disclosure_names_what_was_granted(tmp_path: Path) -> None:
    alone = device(tmp_path).disclosure()
    assert "疲劳" in alone[0]
    assert "tiredness" in alone[1]
    assert "feel" not in alone[1]
    both = device(tmp_path, RAPPORT_CONSENT__GRANTS='["face"]').disclosure()
    assert "feel" in both[1]
    assert "tiredness" in both[1]
    emotion = device(tmp_path, RAPPORT_CONSENT__DROWSINESS="false", RAPPORT_CONSENT__GRANTS='["face"]').disclosure()
    assert "tiredness" not in emotion[1]


def test_a_grant_in_the_file_that_is_taken_out_acts_at_once(tmp_path: Path) -> None:
    runtime = device(tmp_path)
    assert asked(runtime._permission).driver
    runtime._adopt(load(None, {}))
    assert not asked(runtime._permission).driver
    runtime._adopt(load(None, {"RAPPORT_CONSENT__DROWSINESS": "true"}))
    assert not asked(runtime._permission).driver, "reading a file anew never gives a grant"


def test_the_household_s_grant_is_kept_by_purpose(tmp_path: Path) -> None:
    runtime = device(tmp_path, RAPPORT_CONSENT__DROWSINESS="false")
    runtime.consent.grant(Sense.FACE, Purpose.DROWSINESS)
    assert asked(runtime._permission).driver
    assert not asked(runtime._permission).emotion
    kept = json.loads(runtime.consent.path.read_text(encoding="utf-8"))["decisions"]
    assert list(kept) == ["drowsiness"]
