"""A Wyoming satellite, or a microphone that is a Wyoming service, as a microphone."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

import numpy as np

from edge.affect import Sense
from edge.sensors.inlet import Inlet
from edge.sensors.resample import Resampler, to_int16
from edge.sensors.signals import SAMPLE_RATE, AudioChunk
from edge.sensors.wyoming import payloads
from edge.sensors.wyoming.address import endpoint
from edge.sensors.wyoming.events import Event, Malformed
from edge.sensors.wyoming.link import Link

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.sensors.settings import MicrophoneSettings

log = logging.getLogger(__name__)

SETTING = "microphone.source"
SEND_S = 2.0
PING_S = 0.4
"""A satellite that is silent, as one that waits for its wake word is, is asked this often whether it lives."""
PAUSE_S = 1.0
"""Seconds by which sound may come late; beyond it sound was lost."""
WAITING = 4
"""Chunks that may wait; beyond it all are dropped and the next one is marked."""


class SatelliteMicrophone:
    """Sound of a satellite, at any rate, width and number of channels, as 16 kHz mono. Connects by ``attach`` alone."""

    sense = Sense.VOICE
    live = True

    def __init__(self, settings: MicrophoneSettings) -> None:
        """Raises SensorError when the source is no address."""
        self._target = endpoint(settings.source, SETTING)
        self.source = f"satellite {self._target}"
        self._settings = settings
        self._stream: _Stream | None = None

    def attach(self) -> None:
        """Begin to connect."""
        self.stop()
        self._stream = _Stream(self._settings, self.source)
        self._stream.start()

    def read(self) -> AudioChunk | None:
        """The next ``hop_s`` seconds of sound; None after ``stop``. Raises SensorError, SensorGone."""
        stream = self._stream
        return None if stream is None else stream.inlet.take()

    def stop(self) -> None:
        """Disconnect."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.stop()


class _Stream:
    """The thread that reads, from ``attach`` to ``stop``."""

    def __init__(self, settings: MicrophoneSettings, source: str) -> None:
        self.inlet: Inlet[AudioChunk] = Inlet(source, WAITING, settings.stall_s)
        self._source = source
        self._hop = round(settings.hop_s * SAMPLE_RATE)
        self._link = Link(endpoint(settings.source, SETTING), SETTING)
        self._format: payloads.Format | None = None
        self._resampler: Resampler | None = None
        self._held: NDArray[np.int16] = np.zeros(0, np.int16)
        self._gap = False
        self._last_ns = 0
        self._satellite = False
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="satellite", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self.inlet.close()
        self._link.close()
        if threading.current_thread() is not self._thread:
            self._thread.join(0.15)

    def _run(self) -> None:
        try:
            self._link.open()
            self._link.send(Event("describe"), SEND_S)
            while not self._stopping:
                event = self._link.receive(PING_S)
                if event is None:
                    if self._satellite:
                        self._link.send(Event("ping"), SEND_S)
                    continue
                self._take(event)
        except Malformed as error:
            self.inlet.fail(self._link.nonsense(error))
        except Exception as error:  # noqa: BLE001 - not hidden: read() raises it in the lane
            self.inlet.fail(error)
        finally:
            self._link.close()

    def _take(self, event: Event) -> None:
        if event.type == "audio-chunk":
            self._hear(event)
        elif event.type == "audio-start":
            self._use(payloads.read(payloads.Format, event))
        elif event.type == "audio-stop":
            self._break_off()
        elif event.type == "info" and event.data.get("satellite"):
            self._satellite = True
            self._link.send(Event("run-satellite"), SEND_S)
        elif event.type == "ping":
            self._link.send(Event("pong"), SEND_S)
        if event.type == "pong" or (self._satellite and event.type == "audio-stop"):
            self.inlet.touch()

    def _hear(self, event: Event) -> None:
        self._use(payloads.read(payloads.Format, event))
        form, resampler = self._format, self._resampler
        if form is None or resampler is None:
            return
        now_ns = time.monotonic_ns()
        heard = payloads.mono(event.payload, form)
        late_s = (now_ns - self._last_ns) / 1e9 - len(heard) / form.rate
        if self._last_ns and late_s > PAUSE_S:
            self._break_off()
        self._last_ns = now_ns
        self._held = np.concatenate((self._held, to_int16(resampler.push(heard))))
        while len(self._held) >= self._hop:
            samples, self._held = self._held[: self._hop].copy(), self._held[self._hop :]
            gap, self._gap = self._gap, False
            captured_ns = now_ns - len(self._held) * 1_000_000_000 // SAMPLE_RATE
            gap |= self.inlet.make_room()
            self.inlet.put(AudioChunk(samples, captured_ns, gap))

    def _use(self, form: payloads.Format) -> None:
        """Read sound as ``form`` says from now on."""
        if form != self._format:
            log.info("%s sends %d Hz, %d bit, %d channel(s)", self._source, form.rate, 8 * form.width, form.channels)
            self._break_off()
            self._format = form
            self._resampler = Resampler(form.rate)

    def _break_off(self) -> None:
        """What comes next does not follow what came last."""
        self._gap = self._gap or self._last_ns > 0
        self._last_ns = 0
        self._held = self._held[:0]
        if self._format is not None:
            self._resampler = Resampler(self._format.rate)
