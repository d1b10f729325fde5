"""A device that watches a driver is recorded and replayed, too, also where feelings may no longer be read."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from edge.accelerators.cpu import Cpu
from edge.accelerators.model import device_models
from edge.affect import EMOTIONS, Affect, Alertness, Cue, Emotion, Reading, Sense
from edge.errors import InputError
from edge.perception.face.cues import LEFT_EYE, RIGHT_EYE
from edge.replay.form import Head
from edge.replay.play import Verdict, play
from edge.replay.reading import Recording
from edge.replay.recorder import Recorder
from edge.runtime import Runtime
from edge.safety.grants import Purpose
from edge.settings import load
from edge.understanding import pooled
from tests.edge.replay.test_replay import altered

if TYPE_CHECKING:
    from pathlib import Path


def seen() -> Reading:
    affect = Affect.of(tuple(0.7 if e is Emotion.HAPPY else 0.05 for e in EMOTIONS))
    cues = tuple(Cue(name, 0.3, "", "eyes open", 0.1) for name in (LEFT_EYE, RIGHT_EYE))
    return Reading(Sense.FACE, time.monotonic_ns(), affect, 0.9, cues)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    environment = {
        "RAPPORT_SAFETY__CONTEXT": "car",
        "RAPPORT_CONSENT__GRANTS": '["face"]',
        "RAPPORT_CONSENT__DROWSINESS": "true",
        "RAPPORT_CAMERA__SOURCE": str(tmp_path / "never-opened.avi"),
        "RAPPORT_DEVICE__STATE_DIRECTORY": str(tmp_path / "state"),
        "RAPPORT_CONSOLE__ENABLED": "false",
        "RAPPORT_SPEECH__ENGINE": "none",
    }
    settings = load(None, environment)
    understanding = settings.understanding.model_dump(mode="json")
    pool = pooled.parameters_of(pooled.load(device_models(settings.models, Cpu())))
    head = Head(device="car", senses=(Sense.FACE,), words=False, understanding=understanding, pool=pool)
    recorder = Recorder(tmp_path / "a", head, limit_bytes=10**6, tell=lambda _: None)
    runtime = Runtime(settings, witness=recorder)
    recorder.start()
    runtime._enforce_consent()
    runtime._step(seen())
    runtime.consent.withdraw(Sense.FACE, Purpose.EMOTION)
    runtime._enforce_consent()
    runtime._step(seen())
    runtime._pass_time(runtime._understanding.now(time.monotonic_ns()))
    runtime.consent.withdraw(Sense.FACE, Purpose.DROWSINESS)
    runtime._enforce_consent()
    recorder.stop()
    return tmp_path / "a"


def test_what_the_drivers_view_told_comes_out_again(path: Path) -> None:
    verdict = Verdict(path, words=False)
    steps = [played.step for played in play(Recording(path), verdict)]
    assert (verdict.differing, verdict.first, verdict.cut) == (0, None, False)
    assert [(step.published, step.watched) for step in steps] == [
        (True, True),
        (True, True),
        (False, True),
        (False, True),
    ]
    assert any(isinstance(event, Alertness) for step in steps for event in step.events)
    assert '"kind":"unwatched","sense":"face"' in path.read_text(encoding="utf-8")


def test_a_driver_who_was_told_otherwise_is_a_difference(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    number = next(n for n, text in enumerate(lines, start=1) if '"Alertness"' in text)

    def change(record: Any) -> None:  # noqa: ANN401
        record["events"][0][1]["warn"] = 2

    verdict = Verdict(path, words=False)
    for _ in play(Recording(altered(path, number, change)), verdict):
        pass
    assert f"line {number}" in (verdict.first or "")
    assert "warn is 0 where 2 was recorded" in (verdict.first or "")


def test_a_flag_that_is_none_is_refused(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    number = next(n for n, text in enumerate(lines, start=1) if '"watched"' in text)
    altered(path, number, lambda record: record.update(watched="yes"))
    with pytest.raises(InputError, match="are true or false"):
        list(play(Recording(path), Verdict(path, words=False)))
