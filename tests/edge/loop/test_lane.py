"""The lane with stand-ins at its two boundaries: a sensor and a perceiver that do what the test says."""

from __future__ import annotations

import gc
import queue
import threading
import time
import weakref
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from edge.affect import Affect, Emotion, Reading, Sense
from edge.errors import ModelError, SensorGone
from edge.loop import budget
from edge.loop.lane import Lane
from edge.loop.states import LaneState
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
    monkeypatch.setattr(budget, "BACKOFF_S", (0.01,))


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


def test_a_parked_lane_is_tried_again_when_asked_and_works_again() -> None:
    sensor = Scripted(*[SensorGone(f"loss {n}", "wait") for n in range(6)], live=True)
    lane, heard = make(sensor, Echo())
    lane.start()
    assert until(lambda: lane.parked)
    sensor._script.put("back")
    lane.retry()
    assert until(lambda: heard == ["back"])
    assert lane.status.state is LaneState.RUNNING
    assert lane.status.restarts == 6
    sensor._script.put(SensorGone("again", "wait"))
    sensor._script.put("still there")
    assert until(lambda: heard == ["back", "still there"]), "what worked again has all its restarts again"
    lane.stop()


def test_a_lane_that_fails_once_more_when_tried_again_is_parked_at_once() -> None:
    sensor = Scripted(*[SensorGone(f"loss {n}", "wait") for n in range(7)], live=True)
    lane, _ = make(sensor, Echo())
    lane.start()
    assert until(lambda: lane.parked)
    opened = sensor.opened
    lane._budget._failures.clear()  # a minute has passed
    lane.retry()
    assert until(lambda: "loss 6" in lane.status.reason)
    assert lane.parked
    assert sensor.opened == opened + 1
    lane.stop()
    assert lane.status.state is LaneState.PARKED, "it keeps saying why"


def test_a_parked_lane_is_tried_again_by_itself_after_a_while() -> None:
    sensor = Scripted(*[SensorGone(f"loss {n}", "wait") for n in range(6)], live=True)
    lane, _ = make(sensor, Echo())
    lane.start()
    assert until(lambda: lane.parked)
    lane.look(retry_parked_s=3600)
    time.sleep(0.1)
    assert lane.parked
    lane.look(retry_parked_s=0)
    assert until(lambda: lane.status.state is LaneState.RUNNING)
    lane.stop()


def test_a_parked_lane_has_released_its_model() -> None:
    echo = Echo()
    lane, _ = make(Scripted(*[SensorGone("loss", "wait")] * 6, live=True), echo)
    lane.start()
    assert until(lambda: lane.parked)
    assert until(lambda: echo.attached == 0)
    lane.stop()


def test_after_a_perceiver_failed_and_was_started_again_the_lane_runs() -> None:
    lane, heard = make(Scripted("break", "fine", live=True), Echo())
    lane.start()
    assert until(lambda: heard == ["fine"])
    assert until(lambda: lane.status.state is LaneState.RUNNING)
    lane.stop()


class Stuck(Echo):
    """A perceiver that hangs until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.entered, self.leave = threading.Event(), threading.Event()

    def perceive(self, signal: Utterance) -> Reading | None:
        self.entered.set()
        self.leave.wait(30)
        return super().perceive(signal)


def test_a_perceiver_that_hangs_is_seen_from_outside_and_does_not_hold_the_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("edge.loop.faults.HUNG_NS", 1)
    echo = Stuck()
    lane, heard = make(Scripted("one", live=True), echo)
    lane.start()
    assert echo.entered.wait(10)
    lane.look()
    assert (lane.status.state, "hangs" in lane.status.reason) == (LaneState.DEGRADED, True)
    echo.leave.set()
    assert until(lambda: heard == ["one"])
    lane.look()
    assert lane.status.state is LaneState.RUNNING
    echo.leave.clear()
    lane.stop()

    other = Stuck()
    lane, _ = make(Scripted("one", live=True), other)
    lane.start()
    assert other.entered.wait(10)
    lane.stop(within_s=0.1)
    assert lane.status.state is LaneState.STOPPED
    assert not lane.finished, "the thread is left behind"
    other.leave.set()
    assert until(lambda: lane.finished)


def test_a_sensor_that_hangs_in_everything_does_not_hold_consent_or_stop() -> None:
    free, granted = threading.Event(), threading.Event()
    granted.set()

    class Blocked(Scripted):
        def read(self) -> Utterance | None:
            free.wait(30)
            return None

        def stop(self) -> None:
            free.wait(30)

    lane, _ = make(Blocked(live=True), Echo(), allowed=granted.is_set)
    lane.start()
    assert until(lambda: lane.status.state is LaneState.RUNNING)
    granted.clear()
    assert lane.enforce()
    lane.stop(within_s=0.1)
    assert lane.status.state is LaneState.STOPPED
    assert not lane.finished
    free.set()
    assert until(lambda: lane.finished)


def test_a_part_that_is_not_well_makes_the_lane_degraded_until_it_is() -> None:
    class Camera(Scripted):
        told: str | None = "the picture is black"

        def condition(self) -> str | None:
            return self.told

    camera = Camera(live=True)
    lane, _ = make(camera, Echo())
    lane.start()
    assert until(lambda: lane.status.state is LaneState.RUNNING)
    lane.look()
    assert (lane.status.state, lane.status.reason) == (LaneState.DEGRADED, "the picture is black")
    camera.told = None
    lane.look()
    assert lane.status.state is LaneState.RUNNING
    lane.stop()


class Late(Scripted):
    """Its signals were captured ten seconds ago."""

    def read(self) -> Utterance | None:
        utterance = super().read()
        return utterance and replace(utterance, captured_ns=utterance.captured_ns - 10_000_000_000)


def test_what_is_too_old_is_not_perceived_and_counted() -> None:
    lane, heard = make(Late("old", "older", None), Echo())
    lane.start()
    assert until(lambda: lane.finished)
    assert heard == []
    assert (lane.status.stale, lane.status.dropped) == (2, 0)


def test_an_event_is_perceived_however_old_it_is() -> None:
    heard: list[str] = []
    lane = Lane(Late("help", None), Echo(), lambda r: heard.append(r.words or ""), allowed=lambda: True, events=True)
    lane.start()
    assert until(lambda: lane.finished)
    assert heard == ["help"]


def test_what_is_lost_by_a_suspension_does_not_count_as_a_restart() -> None:
    sensor = Scripted(*[SensorGone("nothing for 3 s", "wait")] * 8, "back", live=True)
    heard: list[str] = []
    lane = Lane(sensor, Echo(), lambda r: heard.append(r.words or ""), allowed=lambda: True, excused=lambda: True)
    lane.start()
    assert until(lambda: heard == ["back"])
    assert lane.status.restarts == 0
    lane.stop()


def test_a_file_is_not_opened_before_the_models_are_there() -> None:
    loaded = threading.Event()

    class Slow(Echo):
        def attach(self) -> None:
            loaded.wait(30)
            super().attach()

    file, room = Scripted("one", None), Scripted("one", live=True)
    lanes = [make(sensor, Slow())[0] for sensor in (file, room)]
    for lane in lanes:
        lane.start()
    assert until(lambda: room.opened == 1)
    time.sleep(0.1)
    assert file.opened == 0
    loaded.set()
    assert until(lambda: file.opened == 1)
    for lane in lanes:
        lane.stop()


def test_what_a_failure_held_in_memory_is_given_back() -> None:
    class Picture:
        """Stands for a buffer of megabytes."""

    class Holding(Echo):
        def perceive(self, signal: Utterance) -> Reading | None:
            if signal.words != "break":
                return super().perceive(signal)
            picture = Picture()
            held.append(weakref.ref(picture))
            kept = ModelError("broken by the test", "Mend it")
            raise kept  # the error holds this frame, which holds the error

    held: list[weakref.ref[Picture]] = []
    lane, heard = make(Scripted("break", "on", None), Holding())
    gc.collect()
    gc.disable()
    try:
        lane.start()
        assert until(lambda: lane.finished)
    finally:
        gc.enable()
    assert heard == ["on"]
    assert held[0]() is None
