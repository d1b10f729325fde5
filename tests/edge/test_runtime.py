"""The composition root on its own: what must hold whichever thread is first."""

from __future__ import annotations

import contextlib
import io
import os
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from edge.affect import Affect, Emotion, Language, Reading, Reply, Sense, State
from edge.outlets.console import Console
from edge.outlets.mqtt.outlet import MqttOutlet
from edge.outlets.outlet import Item, Notice, Outlet
from edge.outlets.settings import ConsoleSettings, SpeechSettings
from edge.outlets.speaker import Speaker
from edge.replay.witness import Witness
from edge.runtime import Runtime
from edge.safety.grants import Purpose
from edge.settings import load
from edge.understanding.wellbeing.book import Book, Shelf

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from edge.loop.lane import LaneStatus
    from edge.understanding.settings import UnderstandingSettings
    from edge.understanding.views import Event

HAPPY = Affect.of(tuple(0.94 if emotion is Emotion.HAPPY else 0.01 for emotion in Emotion))


class Kept(Outlet):
    """Keeps the States that it is offered, at once."""

    name = "kept"

    def __init__(self) -> None:
        super().__init__()
        self.states: list[State] = []
        self.replies: list[Reply] = []
        self.forgot: list[Sense] = []

    def offer(self, item: Item) -> None:
        if isinstance(item, State):
            self.states.append(item)
        elif isinstance(item, Reply):
            self.replies.append(item)

    def forget(self, sense: Sense) -> None:
        self.forgot.append(sense)

    def open(self) -> None: ...

    def deliver(self, item: Item) -> None: ...

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


class Looker(Witness):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []

    def saw(
        self,
        state: State,
        reading: Reading | None,
        forgot: Sense | None,
        events: Iterable[Event],
        *,
        published: bool = True,
        watched: bool = False,
    ) -> None:
        self.told.append(("saw", state.name, reading, forgot, tuple(events)))
        assert (published, watched) == (True, False)

    def adopted(self, settings: UnderstandingSettings) -> None:
        self.told.append(("adopted", settings.min_confidence))

    def consented(self, senses: Iterable[Sense], now_ns: int) -> None:
        assert now_ns <= time.monotonic_ns()
        self.told.append(("consented", set(senses)))

    def looked(self, lanes: Iterable[LaneStatus]) -> None:
        self.told.append(("looked", {lane.sense for lane in lanes}))


def test_a_witness_is_told_all_that_goes_into_understanding_and_what_comes_out(runtime: Runtime) -> None:
    looker = runtime._witness = Looker()
    kept = Kept()
    runtime._outlets.append(kept)
    runtime._enforce_consent()
    given = Reading(Sense.FACE, time.monotonic_ns(), HAPPY, 1.0)
    runtime._step(given)
    other = runtime.settings.understanding.model_copy(update={"min_confidence": 0.9})
    runtime._adopt(runtime.settings.model_copy(update={"understanding": other}))
    runtime._supervise()
    runtime.consent.withdraw(Sense.FACE)
    runtime._enforce_consent()
    runtime._step(Reading(Sense.FACE, time.monotonic_ns(), HAPPY, 1.0))  # goes nowhere, and is not told
    assert looker.told == [
        ("consented", {Sense.FACE, Sense.TEXT}),
        ("saw", "happy", given, None, ()),
        ("adopted", 0.9),
        ("looked", {Sense.FACE, Sense.TEXT}),
        ("saw", "unsure", None, Sense.FACE, ()),
        ("consented", {Sense.TEXT}),
    ]
    assert kept.forgot == [Sense.FACE]


def test_a_grant_for_recording_opens_nothing_and_its_withdrawal_forgets_nothing(runtime: Runtime) -> None:
    kept = Kept()
    runtime._outlets.append(kept)
    runtime.consent.grant(Sense.FACE, Purpose.RECORDING)
    runtime._enforce_consent()
    runtime._step(Reading(Sense.FACE, time.monotonic_ns(), HAPPY, 1.0))
    runtime.consent.withdraw(Sense.FACE, Purpose.RECORDING)
    runtime._enforce_consent()
    assert kept.forgot == []
    assert [state.name for state in kept.states] == ["happy"]
    runtime.consent.grant(Sense.FACE, Purpose.RECORDING)
    runtime.consent.withdraw(Sense.FACE, Purpose.EMOTION)
    assert not any(lane._allowed() for lane in runtime._lanes if lane.sense is Sense.FACE)


SECOND = 1_000_000_000


def reading(age_s: float, sense: Sense = Sense.FACE, words: str | None = None) -> Reading:
    return Reading(sense, time.monotonic_ns() - int(age_s * SECOND), HAPPY, 1.0, words=words)


def test_no_state_older_than_two_seconds_is_told(runtime: Runtime) -> None:
    kept = Kept()
    runtime._outlets.append(kept)
    runtime._step(reading(2.1))
    assert kept.states == []
    runtime._step(reading(0.5))
    assert len(kept.states) == 1
    assert time.monotonic_ns() - kept.states[0].captured_ns < 2 * SECOND
    stale = runtime._tally.summary(runtime._latencies, runtime.lane_status(), 1.0).stale
    assert stale == {"face": 1, "text": 0}


def test_crisis_talk_is_answered_however_late_it_comes(runtime: Runtime) -> None:
    kept = Kept()
    runtime._outlets.append(kept)
    runtime._step(reading(3600, Sense.TEXT, "I am so happy!"))
    assert kept.replies == []
    runtime._step(reading(3600, Sense.TEXT, "I want to kill myself"))
    assert [reply.crisis for reply in kept.replies] == [True]
    assert kept.states == []


def test_after_a_suspension_no_lane_is_found_faulty(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[Sense] = []
    for lane in runtime._lanes:
        monkeypatch.setattr(lane, "look", lambda _, sense=lane.sense: looked.append(sense))
    monkeypatch.setattr(runtime._watch, "excused", lambda: True)
    runtime._supervise()
    assert looked == []
    monkeypatch.setattr(runtime._watch, "excused", lambda: False)
    runtime._looked_at = float("-inf")
    runtime._supervise()
    assert looked == [Sense.FACE, Sense.TEXT]


def test_settings_that_are_live_reach_their_rooms_and_others_do_not(runtime: Runtime) -> None:
    kept = Kept()
    runtime._outlets.append(kept)
    wanted = load(
        None,
        {
            "RAPPORT_UNDERSTANDING__FACE_WEIGHT": "0",
            "RAPPORT_RESPONSE__QUIET": "true",
            "RAPPORT_CAMERA__SOURCE": "none",
            "RAPPORT_FACE__DARKEST": "99",
            "RAPPORT_TEXT__MAX_CHARACTERS": "50",
            "RAPPORT_CONSENT__GRANTS": '["face", "voice"]',
        },
    )
    runtime._adopt(wanted)
    assert runtime.settings.face.darkest == 99
    assert runtime.settings.camera.source != "none"
    perceivers: dict[Sense, Any] = {lane.sense: lane._perceiver for lane in runtime._lanes}
    assert perceivers[Sense.FACE]._perceiver._settings.darkest == 99
    assert perceivers[Sense.FACE]._perceiver._judge._settings.darkest == 99
    assert perceivers[Sense.TEXT]._text._settings.max_characters == 50
    assert [sense for sense in Sense if runtime.consent.granted(sense)] == [Sense.FACE]
    runtime._step(reading(0))
    assert kept.states[-1].shares == (), "a face that weighs nothing is no sense in use"


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
        assert outlet._announcer._diagnostics._sources.in_use == runtime._models.usage.now
        told = runtime._models.usage.now()
        assert (told.device, told.chosen, told.reason) == ("cpu", "cpu", "the settings ask for it")
    finally:
        for one in runtime._outlets:
            one.stop()


def days_of(runtime: Runtime) -> Book:
    assert runtime._keeping.vault is not None
    return Shelf(runtime._keeping.vault).read() or Book()


def sums_of_days(runtime: Runtime, seconds: int) -> None:
    """Some seconds of States from a face, as if they had passed; then the outlets write what they have."""
    runtime._attach_outlets()
    runtime._enforce_consent()
    base = time.monotonic_ns() - seconds * SECOND
    for second in range(seconds):
        runtime._publish(runtime._understanding.update(Reading(Sense.FACE, base + second * SECOND, HAPPY, 1.0)))
    runtime._publish(runtime._understanding.forget(Sense.FACE, time.monotonic_ns()))
    for outlet in runtime._outlets:
        outlet.stop()


@pytest.mark.usefixtures("own_run_directory")
def test_without_the_grant_for_it_no_day_is_summed_up(runtime: Runtime) -> None:
    sums_of_days(runtime, 90)
    assert days_of(runtime).profiles == {}


@pytest.mark.usefixtures("own_run_directory")
def test_with_the_grant_a_day_is_summed_up_and_a_withdrawal_deletes_it(runtime: Runtime) -> None:
    runtime.consent.grant(Sense.FACE, Purpose.WELLBEING)
    sums_of_days(runtime, 90)
    assert sum(page.seen_s for page in days_of(runtime).profiles["default"].values()) == pytest.approx(90, abs=2)
    for outlet in runtime._outlets:
        outlet.attach()
    runtime._enforce_consent()
    runtime.consent.withdraw(Sense.FACE, Purpose.WELLBEING)
    runtime._enforce_consent()
    for outlet in runtime._outlets:
        outlet.stop()
    assert days_of(runtime).profiles == {}


@pytest.fixture
def own_run_directory(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path_factory.mktemp("run")))


def spoken(words: str, emotion: Emotion) -> Reading:
    felt = Affect.of(tuple(0.94 if other is emotion else 0.01 for other in Emotion))
    return Reading(Sense.TEXT, time.monotonic_ns(), felt, 1.0, words=words, language=Language.EN)


def test_words_cut_what_the_device_says_and_a_face_does_not(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    speaker, hushed = Speaker(SpeechSettings()), list[int]()
    monkeypatch.setattr(speaker, "hush", hushed.append)
    runtime._speaker = speaker
    runtime._step(Reading(Sense.FACE, time.monotonic_ns(), HAPPY, 1.0))
    assert hushed == []
    words = spoken("Stop talking, please", Emotion.ANGRY)
    runtime._step(words)
    assert hushed == [words.captured_ns]


def test_another_engine_that_speaks_is_told_on_the_device_once(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = list[object]()
    runtime._console = Console(ConsoleSettings())
    monkeypatch.setattr(runtime._console, "offer", told.append)
    runtime._speaker = Speaker(SpeechSettings())
    runtime._tell_speech()
    assert told == []
    runtime._speaker._voice._troubles[Language.ZH] = "the server is gone"
    runtime._tell_speech()
    runtime._tell_speech()
    runtime._speaker._voice._troubles.clear()
    runtime._tell_speech()
    assert told == [Notice("espeak-ng speaks: the server is gone"), Notice("the speech engine works again")]


def test_a_voice_over_the_device_hushes_it(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    speaker, hushed = Speaker(SpeechSettings()), list[int]()
    runtime._interrupt(1)
    assert runtime._own_voice() is None
    monkeypatch.setattr(speaker, "hush", hushed.append)
    runtime._speaker = speaker
    assert runtime._own_voice() is None
    runtime._interrupt(5)
    assert hushed == [5]


def test_words_are_understood_by_what_was_said_before_until_that_is_forgotten(runtime: Runtime) -> None:
    kept = Kept()
    runtime._outlets.append(kept)
    runtime._enforce_consent()
    runtime._step(spoken("It all went to pieces", Emotion.SAD))
    runtime._step(spoken("yes", Emotion.HAPPY))
    assert kept.states[-1].name == "sad"
    runtime._enforce_consent()
    runtime.consent.withdraw(Sense.TEXT)
    runtime._enforce_consent()
    runtime.consent.grant(Sense.TEXT)
    runtime._enforce_consent()
    runtime._step(spoken("yes", Emotion.HAPPY))
    assert kept.states[-1].name == "happy"


def test_how_words_stand_in_their_context_may_change_while_it_runs(runtime: Runtime) -> None:
    kept = Kept()
    runtime._outlets.append(kept)
    wanted = {"RAPPORT_UNDERSTANDING__TURNS__UTTERANCES": "0", "RAPPORT_CONSENT__GRANTS": '["face", "text"]'}
    runtime._adopt(load(None, wanted))
    runtime._step(spoken("It all went to pieces", Emotion.SAD))
    runtime._step(spoken("yes", Emotion.HAPPY))
    assert not any(cue.name == "turn" for cue in kept.states[-1].cues)
