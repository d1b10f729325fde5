"""The composition root on its own: what must hold whichever thread is first."""

from __future__ import annotations

import contextlib
import io
import os
import threading
import time
from typing import TYPE_CHECKING

import pytest

from edge.affect import Affect, Emotion, Reading, Sense, State
from edge.outlets.console import Console
from edge.outlets.mqtt.outlet import MqttOutlet
from edge.outlets.outlet import Outlet
from edge.outlets.settings import ConsoleSettings
from edge.runtime import Runtime
from edge.settings import load

if TYPE_CHECKING:
    from pathlib import Path

    from edge.affect import Reply

HAPPY = Affect.of(tuple(0.94 if emotion is Emotion.HAPPY else 0.01 for emotion in Emotion))


class Kept(Outlet):
    """Keeps the States that it is offered, at once."""

    name = "kept"

    def __init__(self) -> None:
        super().__init__()
        self.states: list[State] = []

    def offer(self, item: State | Reply | Reading) -> None:
        if isinstance(item, State):
            self.states.append(item)

    def open(self) -> None: ...

    def deliver(self, item: State | Reply | Reading) -> None: ...

    def close(self) -> None: ...


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    environment = {
        "RAPPORT_CONSENT__GRANTS": '["face", "text"]',
        "RAPPORT_CAMERA__SOURCE": str(tmp_path / "never-opened.avi"),
        "RAPPORT_WORDS__SOURCE": str(tmp_path / "never-opened.txt"),
        "RAPPORT_DEVICE__STATE_DIRECTORY": str(tmp_path),
        "RAPPORT_CONSOLE__ENABLED": "false",
        "RAPPORT_SPEECH__ENGINE": "none",
    }
    return Runtime(load(None, environment))


def test_a_withdrawal_is_forgotten_even_when_the_lane_closed_its_sensor_first(runtime: Runtime) -> None:
    kept = Kept()
    runtime._outlets.append(kept)
    runtime._enforce_consent()
    runtime._step(Reading(Sense.FACE, time.monotonic_ns(), HAPPY, 1.0))
    assert dict(kept.states[-1].shares) == {Sense.FACE: 1.0}
    runtime.consent.withdraw(Sense.FACE)  # no lane runs here, so none has an open sensor for the loop to see
    runtime._enforce_consent()
    assert kept.states[-1].shares == ()
    assert kept.states[-1].label is None


def test_what_was_derived_before_a_withdrawal_and_not_yet_used_is_dropped(runtime: Runtime) -> None:
    kept = Kept()
    runtime._outlets.append(kept)
    runtime.consent.withdraw(Sense.FACE)
    runtime._step(Reading(Sense.FACE, time.monotonic_ns(), HAPPY, 1.0))
    assert kept.states == []


def test_a_terminal_that_takes_nothing_does_not_hold_the_loop() -> None:
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    with contextlib.suppress(BlockingIOError):  # full
        while True:
            os.write(write_end, b"x" * 4096)
    os.set_blocking(write_end, True)
    stream = io.TextIOWrapper(io.FileIO(write_end, "w"), write_through=True)
    console = Console(ConsoleSettings(), stream)
    console.attach()

    def loop() -> None:
        for number in range(200):
            console.offer(Reading(Sense.TEXT, number, HAPPY, 1.0, words=f"sentence {number}"))

    looping = threading.Thread(target=loop, daemon=True)
    looping.start()
    looping.join(10)
    assert not looping.is_alive()
    os.close(read_end)  # the writer wakes with a broken pipe
    console.stop()
    assert console.failures >= 1
    with contextlib.suppress(OSError):
        stream.close()


def test_the_home_is_told_what_the_models_run_on(tmp_path: Path) -> None:
    environment = {
        "RAPPORT_WORDS__SOURCE": str(tmp_path / "never-opened.txt"),
        "RAPPORT_DEVICE__STATE_DIRECTORY": str(tmp_path),
        "RAPPORT_CONSOLE__ENABLED": "false",
        "RAPPORT_SPEECH__ENGINE": "none",
        "RAPPORT_MQTT__HOST": "127.0.0.1",
        "RAPPORT_MQTT__PORT": "1",
        "RAPPORT_ACCELERATOR__NAME": "cpu",
    }
    runtime = Runtime(load(None, environment))
    runtime._attach_outlets()
    (outlet,) = (one for one in runtime._outlets if isinstance(one, MqttOutlet))
    try:
        told = outlet._announcer._diagnosis(runtime._models.usage.now()).accelerator
        assert outlet._announcer._in_use == runtime._models.usage.now
        assert (told.device, told.chosen, told.reason) == ("cpu", "cpu", "the settings ask for it")
    finally:
        for one in runtime._outlets:
            one.stop()
