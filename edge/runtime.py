"""The composition root: the only room that knows all others. It wires them and owns the loop.

A Reading comes in; the State is updated; crisis talk is answered with fixed words, anything else by the response
room; State and Reply are offered to every outlet. Nothing here waits for the world: sensors and outlets have threads
of their own.
"""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from edge import __version__
from edge.accelerators.choice import Choice, choose
from edge.accelerators.model import device_models
from edge.affect import Reading, Reply, Sense, State
from edge.errors import OutletError
from edge.loop.figures import figures_of
from edge.loop.lane import Lane, LaneState, LaneStatus
from edge.loop.latency import Latencies
from edge.loop.mailbox import Mailbox
from edge.loop.tally import Summary, Tally, perceiving
from edge.outlets.console import Console
from edge.outlets.last_state import LastState
from edge.outlets.mqtt.identity import Identity
from edge.outlets.mqtt.outlet import MqttOutlet
from edge.outlets.speaker import Speaker
from edge.paths import runtime_directory, state_directory
from edge.perception.face.perceiver import FacePerceiver
from edge.perception.text.perceiver import TextPerceiver
from edge.perception.voice.perceiver import VoicePerceiver
from edge.response.responder import Responder
from edge.safety.consent import Consent
from edge.safety.context import context, disclosure
from edge.safety.crisis import Crisis
from edge.safety.listening import Listening
from edge.sensors.camera import open_camera
from edge.sensors.microphone import open_microphone
from edge.sensors.words import open_words
from edge.understanding.understanding import Understanding

if TYPE_CHECKING:
    from threading import Event

    from edge.outlets.metrics.figures import Figures
    from edge.outlets.metrics.page import MetricsPage
    from edge.outlets.outlet import Outlet
    from edge.sensors.signals import AudioChunk
    from edge.settings import Settings

log = logging.getLogger(__name__)

TURN_S = 0.05
"""The loop turns at least this often, to enforce consent within 200 ms and to see a stop."""
SILENCE_S = 1.0
"""Without a Reading for this long the State is computed anew, so that what was once believed fades."""
READINGS_WAITING = 64
CAPACITY = {Sense.FACE: 1, Sense.VOICE: 4, Sense.TEXT: 16}
"""Signals that may wait for perception. The newest frame says all; sound is a stream (2 s); every sentence counts."""


class Runtime:
    """One device, wired from its settings. ``run`` once."""

    def __init__(self, settings: Settings, *, repeat: bool = False) -> None:
        """Wire every room; opens no device.

        Raises:
            ConsentError: where the context forbids it.
            ModelError: when no accelerator can be used.
            SettingsError: when a data file that the settings lead to is wrong.
        """
        self._place = context(settings.safety)
        self.settings = settings
        self.consent = Consent(settings.consent, state_directory(settings))
        self.choice: Choice = choose(settings.accelerator)
        self._models = device_models(settings.models, self.choice.accelerator)
        self._understanding = Understanding(settings.understanding)
        self._crisis = Crisis(settings.safety)
        self._responder = Responder(settings.response, self._place.name, settings.device.languages, self._place.never)
        self._readings: Mailbox[Reading] = Mailbox(READINGS_WAITING)
        self._latencies = Latencies()
        self._tally = Tally()
        self._console = Console(settings.console) if settings.console.enabled else None
        self._speaker: Speaker | None = None
        self._outlets: list[Outlet] = []
        self._metrics = self._metrics_page()
        self._turns = 0
        self._lanes = self._make_lanes(repeat=repeat)
        self._granted: set[Sense] = set()

    def run(self, stop: Event) -> Summary:
        """Turn the loop until ``stop`` is set or every file source has ended; then drain and sum up."""
        began = time.monotonic()
        self._attach_outlets()
        log.info("accelerator: %s (%s)", self.choice.accelerator.name, self.choice.reason)
        for lane in self._lanes:
            lane.start()
        try:
            self._turn_until(stop)
        finally:
            for lane in self._lanes:
                lane.stop()
            for outlet in self._outlets:
                # Files have ended by themselves: let the last words be spoken. A stop from outside drains in under 2 s.
                outlet.stop(within_s=1.0 if stop.is_set() else 15.0)
            if self._metrics is not None:
                self._metrics.stop()
        return self._tally.summary(self._latencies, self.lane_status(), time.monotonic() - began)

    def lane_status(self) -> list[LaneStatus]:
        """Where each lane stands."""
        return [lane.status for lane in self._lanes]

    def figures(self) -> Figures:
        """How the device itself is doing, for the metrics page; from any thread."""
        return figures_of(
            self.lane_status(),
            self._latencies,
            self._tally,
            version=__version__,
            accelerator=self.choice.accelerator.name,
            outlets=self._outlets,
            turns=self._turns,
        )

    def exit_code(self) -> int:
        """0 when some lane did its work; 1 when every lane was parked, or there was none."""
        return int(all(status.state is LaneState.PARKED for status in self.lane_status()))

    def disclosure(self) -> list[str]:
        """The sentences that tell people that they are sensed, one per language."""
        senses = [lane.sense for lane in self._lanes if self.consent.granted(lane.sense)]
        return [disclosure(self._place, senses, language) for language in self.settings.device.languages]

    @property
    def speaker(self) -> Speaker | None:
        """The spoken voice, when it is on and works here."""
        return self._speaker

    def _turn_until(self, stop: Event) -> None:
        last_ns = time.monotonic_ns()
        while not stop.is_set():
            self._turns += 1
            self._enforce_consent()
            taken = self._readings.take(TURN_S)
            if taken is not None:
                self._step(taken[0])
                last_ns = time.monotonic_ns()
            elif all(lane.finished for lane in self._lanes):
                return
            elif time.monotonic_ns() - last_ns > SILENCE_S * 1e9:
                last_ns = time.monotonic_ns()
                self._publish(self._understanding.now(last_ns))

    def _enforce_consent(self) -> None:
        """Close what may no longer be open, and forget what a sense said when its grant is gone.

        The change is seen here and not asked of the lane: its own thread may have closed the sensor first.
        """
        for lane in self._lanes:
            lane.enforce()
        granted = {lane.sense for lane in self._lanes if self.consent.granted(lane.sense)}
        for sense in self._granted - granted:
            self._publish(self._understanding.forget(sense, time.monotonic_ns()))
        self._granted = granted

    def _step(self, reading: Reading) -> None:
        """One Reading's way: State, safety, Reply, outlets. One whose grant is gone by now goes nowhere."""
        if not self.consent.granted(reading.sense):
            return
        if self._console is not None:
            self._console.offer(reading)
        state = self._understanding.update(reading)
        self._latencies.record(reading.sense, (time.monotonic_ns() - reading.captured_ns) / 1e6)
        self._tally.count(reading)
        self._publish(state)
        reply = self._answer(state, reading)
        if reply is not None:
            self._tally.replies[reply.language] += 1
            for outlet in self._outlets:
                outlet.offer(reply)

    def _publish(self, state: State) -> None:
        self._tally.see(state)
        for outlet in self._outlets:
            outlet.offer(state)

    def _answer(self, state: State, reading: Reading) -> Reply | None:
        """Crisis talk never reaches the response room."""
        words = reading.words
        if words is not None and self._crisis.detect(words):
            return self._crisis.reply(reading.language or self.settings.device.languages[0], reading.captured_ns)
        return self._responder.respond(state, reading if words is not None else None, time.monotonic_ns())

    def _attach_outlets(self) -> None:
        settings = self.settings
        wanted: list[Outlet] = [LastState(runtime_directory(), settings.device.id)]
        if self._console is not None:
            wanted.append(self._console)
        if settings.speech.engine != "none":
            wanted.append(Speaker(settings.speech, on_sound=self._first_sound))
        if settings.mqtt.active:
            wanted.append(MqttOutlet(settings.mqtt, Identity(settings.device.id, settings.device.name, __version__)))
        if self._metrics is not None:
            try:
                self._metrics.attach()
            except OutletError as error:
                log.warning("the metrics page is left out: %s", error)
        for outlet in wanted:
            try:
                outlet.attach()
            except OutletError as error:
                log.warning("the %s outlet is left out: %s", outlet.name, error)
            else:
                self._outlets.append(outlet)
                if isinstance(outlet, Speaker):
                    self._speaker = outlet

    def _metrics_page(self) -> MetricsPage | None:
        if not self.settings.metrics.port:
            return None
        from edge.outlets.metrics.page import MetricsPage

        return MetricsPage(self.settings.metrics, self.figures)

    def _first_sound(self, reply: Reply, at_ns: int) -> None:
        self._latencies.record("first_sound", (at_ns - reply.captured_ns) / 1e6)

    def _own_voice(self) -> bool:
        return self._speaker is not None and self._speaker.speaking.is_set()

    def _make_lanes(self, *, repeat: bool) -> list[Lane[Any]]:
        settings, lanes = self.settings, list[Lane[Any]]()
        camera = open_camera(settings.camera, repeat=repeat)
        if camera is not None:
            lanes.append(self._lane(camera, FacePerceiver(settings.face, self._models)))
        microphone = open_microphone(settings.microphone, repeat=repeat)
        if microphone is not None:
            voice = VoicePerceiver(settings.voice, self._models)
            # A file does not hear the loudspeaker; a room does.
            deaf = self._own_voice if microphone.live else None
            lanes.append(self._lane(microphone, voice, after_loss=_with_gap, deaf=deaf))
        words = open_words(settings.words, repeat=repeat)
        if words is not None:
            lanes.append(self._lane(words, Listening(TextPerceiver(settings.text, self._models))))
        for lane in lanes:
            if not self._place.may_sense(lane.sense):
                log.warning("the %s is not used: the context %r does not allow it", lane.sense, self._place.name)
        return [lane for lane in lanes if self._place.may_sense(lane.sense)]

    def _lane(self, sensor: Any, perceiver: Any, **how: Any) -> Lane[Any]:  # noqa: ANN401 - a lane is generic in its signal
        sense: Sense = sensor.sense

        def allowed() -> bool:
            return self.consent.granted(sense)

        def perceived(took_ns: int) -> None:
            self._latencies.record(perceiving(sense), took_ns / 1e6)

        how["on_perceived"] = perceived
        return Lane(sensor, perceiver, self._readings.put, allowed=allowed, capacity=CAPACITY[sense], **how)


def _with_gap(chunk: AudioChunk) -> AudioChunk:
    return replace(chunk, gap=True)
