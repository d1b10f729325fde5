"""The lane with stand-ins at its two boundaries: a sensor and a perceiver that do what the test says."""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from edge.affect import Affect, Emotion, Reading, Sense
from edge.errors import ModelError, SensorGone
from edge.loop import lane as lane_module
from edge.loop.lane import Lane, LaneState
from edge.sensors.signals import Utterance

if TYPE_CHECKING:
    from collections.abc import Callable

HAPPY = Affect.of(tuple(1.0 if emotion is Emotion.HAPPY else 0.0 for emotion in Emotion))


class Scripted:
    """A word sensor that plays a script: words are given, exceptions raised, None ends it."""

    sense = Sense.TEXT
    source = "script"

    def __init__(self, *script: str | Exception | None, live: bool = False) -> None:
        self.live = live
        self.opened = 0
        self.is_open = False
        self._script = queue.SimpleQueue[str | Exception | None]()
        for item in script:
            self._script.put(item)
        self._stopped = threading.Event()

    def attach(self) -> None:
        self.opened += 1
        self.is_open = True
        self._stopped.clear()

    def read(self) -> Utterance | None:
        while not self._stopped.is_set():
            try:
                item = self._script.get(timeout=0.01)
            except queue.Empty:
                continue
            if isinstance(item, Exception):
                raise item
            return None if item is None else Utterance(item, time.monotonic_ns())
        return None

    def stop(self) -> None:
        self.is_open = False
        self._stopped.set()


class Echo:
    """A perceiver whose Readings repeat the words; told words make it fail."""

    sense = Sense.TEXT

    def __init__(self, attach_error: Exception | None = None) -> None:
        self.attached = 0
        self.attach_error = attach_error

    def attach(self) -> None:
        if self.attach_error is not None:
            raise self.attach_error
        self.attached += 1

    def perceive(self, signal: Utterance) -> Reading | None:
        if signal.words == "break":
            message = "broken by the test"
            raise RuntimeError(message)
        return Reading(Sense.TEXT, signal.captured_ns, HAPPY, 1.0, words=signal.words)

    def stop(self) -> None:
        self.attached -= 1


def until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)
    return condition()


@pytest.fixture(autouse=True)
def short_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane_module, "BACKOFF_S", (0.01,))


def make(sensor: Scripted, echo: Echo, allowed: Callable[[], bool] = lambda: True) -> tuple[Lane[Utterance], list[str]]:
    heard: list[str] = []
    lane = Lane(sensor, echo, lambda reading: heard.append(reading.words or ""), allowed=allowed, capacity=16)
    return lane, heard


def test_a_source_that_ends_ends_its_lane_after_the_last_reading() -> None:
    sensor = Scripted("one", "two", None)
    lane, heard = make(sensor, Echo())
    lane.start()
    assert until(lambda: lane.finished)
    assert heard == ["one", "two"]
    assert lane.status.state is LaneState.ENDED
    assert not sensor.is_open


def test_a_lost_device_is_opened_again_and_the_lane_goes_on() -> None:
    sensor = Scripted("one", SensorGone("unplugged", "plug it in"), "two", live=True)
    lane, heard = make(sensor, Echo())
    lane.start()
    assert until(lambda: heard == ["one", "two"])
    assert lane.status.restarts == 1
    assert sensor.opened == 2
    lane.stop()
    assert lane.status.state is LaneState.STOPPED


def test_a_live_device_that_delivers_nothing_counts_as_lost() -> None:
    sensor = Scripted("one", None, "two", live=True)
    lane, heard = make(sensor, Echo())
    lane.start()
    assert until(lambda: heard == ["one", "two"])
    assert lane.status.restarts == 1
    lane.stop()


def test_a_perceiver_that_raises_is_started_again() -> None:
    lane, heard = make(Scripted("one", "break", "two", None), Echo())
    lane.start()
    assert until(lambda: lane.finished)
    assert heard == ["one", "two"]
    assert lane.status.restarts == 1


def test_more_than_five_restarts_in_a_minute_park_the_lane() -> None:
    sensor = Scripted(*[SensorGone(f"loss {n}", "wait") for n in range(9)], live=True)
    lane, _ = make(sensor, Echo())
    lane.start()
    assert until(lambda: lane.parked)
    assert lane.status.state is LaneState.PARKED
    assert "loss 5" in lane.status.reason
    assert lane.status.restarts == 6
    assert until(lambda: not sensor.is_open)
    lane.stop()


def test_a_missing_model_parks_the_lane_with_its_reason_and_closes_the_sensor() -> None:
    sensor = Scripted(live=True)
    lane, _ = make(sensor, Echo(attach_error=ModelError("no model", "fetch it")))
    lane.start()
    assert until(lambda: lane.parked)
    assert lane.status.state is LaneState.PARKED
    assert "no model" in lane.status.reason
    assert until(lambda: not sensor.is_open)
    lane.stop()


def test_without_consent_nothing_is_opened() -> None:
    sensor = Scripted("one", live=True)
    echo = Echo()
    lane, heard = make(sensor, echo, allowed=lambda: False)
    lane.start()
    assert until(lambda: lane.status.state is LaneState.NO_CONSENT)
    time.sleep(0.1)
    assert (sensor.opened, echo.attached, heard) == (0, 0, [])
    lane.stop()


def test_withdrawal_closes_the_sensor_and_the_grant_opens_it_again() -> None:
    granted = threading.Event()
    granted.set()
    sensor = Scripted("one", live=True)
    echo = Echo()
    lane, heard = make(sensor, echo, allowed=granted.is_set)
    lane.start()
    assert until(lambda: heard == ["one"])
    granted.clear()
    assert lane.enforce()
    assert not sensor.is_open
    assert until(lambda: echo.attached == 0)
    assert not lane.enforce()
    granted.set()
    assert until(lambda: sensor.is_open and echo.attached == 1)
    lane.stop()


def test_a_reading_made_after_the_withdrawal_is_not_given_away() -> None:
    granted = threading.Event()
    granted.set()
    entered, leave = threading.Event(), threading.Event()

    class Slow(Echo):
        def perceive(self, signal: Utterance) -> Reading | None:
            entered.set()
            leave.wait(10)
            return super().perceive(signal)

    lane, heard = make(Scripted("secret", live=True), Slow(), allowed=granted.is_set)
    lane.start()
    assert entered.wait(10)
    granted.clear()
    assert lane.enforce()
    leave.set()
    assert until(lambda: lane.status.state is LaneState.NO_CONSENT)
    lane.stop()
    assert heard == []


def test_what_follows_a_loss_is_marked() -> None:
    marked: list[str] = []
    gate, busy = threading.Event(), threading.Event()

    class Slow(Echo):
        def perceive(self, signal: Utterance) -> Reading | None:
            busy.set()
            gate.wait(10)
            return super().perceive(signal)

    sensor = Scripted("first", live=True)
    lane = Lane(
        sensor,
        Slow(),
        lambda reading: marked.append(reading.words or ""),
        allowed=lambda: True,
        capacity=1,
        after_loss=lambda utterance: replace(utterance, words=utterance.words + " (after a loss)"),
    )
    lane.start()
    assert busy.wait(10)
    for words in ("lost", "lost too", "kept"):
        sensor._script.put(words)
    assert until(lambda: lane.status.dropped == 2)
    gate.set()
    assert until(lambda: marked == ["first", "kept (after a loss)"])
    lane.stop()


def test_a_deaf_lane_throws_signals_away() -> None:
    heard: list[Reading] = []
    lane = Lane(Scripted("own voice", None), Echo(), heard.append, allowed=lambda: True, deaf=lambda: True)
    lane.start()
    assert until(lambda: lane.finished)
    assert heard == []
