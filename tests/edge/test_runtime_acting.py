"""The running device proposes to the home over a real broker, is told yes, and has it done; and it waits its turn."""

from __future__ import annotations

import subprocess
import threading
import time
import uuid
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.affect import Affect, Alertness, Cue, Emotion, Language, Reading, Reply, Sense, Stage
from edge.perception.face.cues import company
from edge.response.proposal import Proposal
from edge.runtime import Runtime
from edge.safety.grants import Purpose
from edge.sensors.signals import AudioChunk
from edge.settings import Settings, load
from tests.broker import Broker, Listener, running_broker, until
from tests.edge.test_runtime import Kept

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from edge.outlets.outlet import Item

ANGRY = Affect.of(tuple(0.94 if emotion is Emotion.ANGRY else 0.01 for emotion in Emotion))


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with running_broker() as broker:
        yield broker


def runtime(tmp_path: Path, broker: Broker | None = None, **more: str) -> Runtime:
    environment = {
        "RAPPORT_CONSENT__GRANTS": '["face", "voice", "text"]',
        "RAPPORT_CAMERA__SOURCE": str(tmp_path / "never-opened.avi"),
        "RAPPORT_WORDS__SOURCE": str(tmp_path / "never-opened.txt"),
        "RAPPORT_DEVICE__STATE_DIRECTORY": str(tmp_path),
        "RAPPORT_DEVICE__ID": f"r{uuid.uuid4().hex[:8]}",
        "RAPPORT_CONSOLE__ENABLED": "false",
        "RAPPORT_SPEECH__ENGINE": "none",
        "RAPPORT_RESPONSE__MIN_GAP_S": "0",
        "RAPPORT_RESPONSE__SETTLE_S": "0",
        **more,
    }
    if broker is not None:
        environment |= {"RAPPORT_MQTT__HOST": broker.host, "RAPPORT_MQTT__PORT": str(broker.plain)}
    device = Runtime(load(None, environment))
    device._enforce_consent()
    return device


def hears(device: Runtime, words: str = "He took it all") -> None:
    now_ns = time.monotonic_ns()
    device._step(Reading(Sense.TEXT, now_ns, ANGRY, 1.0, words=words, language=Language.EN))


def sees(device: Runtime, *cues: Cue) -> None:
    device._step(Reading(Sense.FACE, time.monotonic_ns(), ANGRY, 1.0, cues))


def kept_by(device: Runtime) -> Kept:
    kept = Kept()
    device._outlets.append(kept)
    return kept


ALLOWED = {"RAPPORT_ACTIONS__ALLOWED": '["softer_music"]'}


def test_a_proposal_goes_to_the_home_and_is_done_when_the_home_says_yes(tmp_path: Path, broker: Broker) -> None:
    device = runtime(tmp_path, broker, **ALLOWED)
    kept = kept_by(device)
    root = f"rapport/{device.settings.device.id}"
    with Listener(broker, f"{root}/#") as home:
        device._attach_outlets()
        until(device._home_listens)
        for _ in range(4):
            hears(device)
        assert [reply.strategy for reply in kept.replies] == ["reflect", "question", "affirm", "act"]
        told = home.on(f"{root}/proposal").json()
        home.say(f"{root}/accept", f'{{"id": "{told["id"]}"}}')
        until(lambda: bool(device._taps))
        device._answer_late()
        done = home.on(f"{root}/action").json()
        for outlet in device._outlets:
            outlet.stop()
    assert (done["action"], done["id"], done["by"]) == ("softer_music", told["id"], "tap")


def test_without_a_broker_nothing_is_proposed(tmp_path: Path) -> None:
    device = runtime(tmp_path, None, **ALLOWED)
    kept = kept_by(device)
    for _ in range(8):
        hears(device)
    assert "act" not in [reply.strategy for reply in kept.replies]


def test_a_permission_is_taken_back_while_the_device_runs(tmp_path: Path, broker: Broker) -> None:
    device = runtime(tmp_path, broker, **ALLOWED)
    kept_by(device)
    device._attach_outlets()
    until(device._home_listens)
    for _ in range(4):
        hears(device)
    device._adopt(device.settings.model_copy(update={"actions": Settings().actions}))
    device._taps.append(None)
    device._answer_late()
    assert device._answering.refused == 1
    for outlet in device._outlets:
        outlet.stop()


def test_an_answer_waits_for_who_is_heard_talking(tmp_path: Path) -> None:
    device = runtime(tmp_path, RAPPORT_RESPONSE__PAUSE_S="0.2")
    kept = kept_by(device)
    device._around.hear(AudioChunk(np.zeros(1, np.int16), time.monotonic_ns()), speech=True)
    hears(device)
    device._answer_late()
    assert kept.replies == []

    def answered() -> bool:
        device._answer_late()
        return bool(kept.replies)

    until(answered)
    assert [reply.strategy for reply in kept.replies] == ["reflect"]


def test_others_in_the_picture_keep_the_device_from_remarking(tmp_path: Path) -> None:
    device = runtime(tmp_path)
    kept = kept_by(device)
    sees(device, *company(1))
    sees(device, *company(1))
    assert kept.replies == []
    assert device._answering.silence == "others are in the picture, and nobody asked"
    sees(device)
    assert [reply.strategy for reply in kept.replies] == ["reflect"]


def test_who_was_seen_is_forgotten_with_the_cameras_grant(tmp_path: Path) -> None:
    device = runtime(tmp_path)
    sees(device, *company(1))
    assert device._around.company(time.monotonic_ns())
    device.consent.withdraw(Sense.FACE, Purpose.EMOTION)
    device._enforce_consent()
    assert not device._around.company(time.monotonic_ns())


def test_a_tired_driver_is_proposed_a_break_beside_the_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device = runtime(
        tmp_path,
        RAPPORT_SAFETY__CONTEXT="car",
        RAPPORT_CONSENT__DROWSINESS="true",
        RAPPORT_ACTIONS__ALLOWED='["rest_area"]',
    )
    offered: list[Item] = []
    monkeypatch.setattr(device, "_offer", offered.append)
    monkeypatch.setattr(device._answering._acting, "_ready", lambda: True)
    monkeypatch.setattr(
        device._driver, "see", lambda state, _: (Alertness(state.captured_ns, Stage.TIRED, "", warn=1),)
    )
    device._watch_driver(device._understanding.now(time.monotonic_ns()), None)
    assert [type(item) for item in offered] == [Alertness, Reply, Proposal]


def test_speech_at_the_microphone_is_what_is_waited_for(tmp_path: Path) -> None:
    sound = tmp_path / "speech.wav"
    subprocess.run(["espeak-ng", "-w", sound, "I waited for the bus and it never came at all."], check=True)
    device = runtime(tmp_path, RAPPORT_MICROPHONE__SOURCE=str(sound))
    device._lanes = [lane for lane in device._lanes if lane.sense is Sense.VOICE]
    heard: list[bool] = []
    hear = device._around.hear

    def listen(chunk: AudioChunk, *, speech: bool) -> None:
        hear(chunk, speech=speech)
        heard.append(device._around.talking(chunk.captured_ns, 0.6))

    device._around.hear = listen  # type: ignore[method-assign]
    device.run(threading.Event())
    assert not heard[0]
    assert any(heard)
    assert device._around._speech_ns is None, "a microphone that is closed hears nobody"
