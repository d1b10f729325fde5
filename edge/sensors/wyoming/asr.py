"""Words from a Wyoming server for speech to text: what the microphone hears of an utterance goes there only.

The microphone's chunks come in by ``hear``, with the voice sense's word on whether somebody speaks. A gate lets
through what may be sent, and a thread sends one utterance at a time and waits for its transcript.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from typing import TYPE_CHECKING

from edge.affect import Sense
from edge.errors import SensorError, SensorGone
from edge.sensors.inbox import LISTEN
from edge.sensors.inlet import Inlet
from edge.sensors.segments import Continuity, Segment, Segmenter
from edge.sensors.signals import SAMPLE_RATE, Utterance
from edge.sensors.text_file import clean
from edge.sensors.wyoming import payloads
from edge.sensors.wyoming.address import endpoint
from edge.sensors.wyoming.events import Event, Malformed
from edge.sensors.wyoming.link import Link

if TYPE_CHECKING:
    from edge.sensors.inbox import Inbox
    from edge.sensors.opening import Gate
    from edge.sensors.settings import WordsSettings
    from edge.sensors.signals import AudioChunk

log = logging.getLogger(__name__)

SETTING = "words.source"
DESCRIBE_S = 5.0
"""Limit for a server to say what it can do."""
SEND_S = 5.0
"""Limit for it to take one event."""
CHUNK = 1024
"""Samples in an event, as Home Assistant sends them."""
WAITING = 2
"""Utterances that may wait for a slow server; beyond it the oldest is dropped."""
EVENTS = 1000
"""Events other than a transcript that a server may send about one utterance; a streaming one sends some dozens."""


class AsrWords:
    """Sends utterances to a server, reads transcripts. Without ``attach`` nothing is kept of what is heard."""

    sense = Sense.TEXT
    live = True

    def __init__(self, settings: WordsSettings, gate: Gate, inbox: Inbox | None = None) -> None:
        """``inbox`` brings pushes from the home; raises SensorError when the source is no address."""
        self._target = endpoint(settings.source, SETTING)
        self.source = f"speech to text at {self._target}"
        self._settings = settings
        self._gate = gate
        self._inbox = inbox
        self._lock = threading.Lock()
        self._segmenter = Segmenter(settings.pause_s, settings.longest_s)
        self._continuity = Continuity()
        self._worker: _Worker | None = None

    def attach(self) -> None:
        """Begin to listen and to connect. Raises SensorError when a wake word cannot be used."""
        self.stop()
        self._gate.attach()
        with self._lock:
            self._worker = _Worker(self._settings, self.source)
        self._worker.start()
        if self._inbox is not None:
            self._inbox.open((LISTEN,), lambda _part, _payload: self._gate.push())

    def read(self) -> Utterance | None:
        """The next transcript; None after ``stop``. Raises SensorGone when the server is lost."""
        worker = self._worker
        return None if worker is None else worker.inlet.take()

    def stop(self) -> None:
        """Drop what was heard, close every connection."""
        with self._lock:
            worker, self._worker = self._worker, None
            self._drop()
        if worker is not None:
            worker.stop()
            if self._inbox is not None:
                self._inbox.close()
            self._gate.stop()

    def push(self) -> None:
        """Open for one utterance."""
        self._gate.push()

    def hear(self, chunk: AudioChunk, *, speech: bool) -> None:
        """Sound of the microphone that may be listened to; the device's own voice is not in it."""
        with self._lock:
            if self._worker is None:
                return
            hole, passed_over = self._continuity.broken(chunk)
            if hole:
                self._finish(self._segmenter.finish())
            if passed_over:
                return
            admitted = self._gate.admit(chunk, speaking=self._segmenter.speaking)
            if admitted is None:
                self._segmenter.forget()
                return
            # of a chunk in which the wake word ended the speech may be that word
            self._finish(self._segmenter.push(admitted, speech=speech and admitted is chunk))

    def forget(self) -> None:
        """The microphone may not be listened to any more: drop what it heard and has not become words."""
        with self._lock:
            self._drop()
            if self._worker is not None:
                self._worker.forget()

    def _drop(self) -> None:
        self._segmenter.forget()
        self._continuity.forget()

    def _finish(self, segment: Segment | None) -> None:
        if segment is not None and self._worker is not None:
            self._worker.give(segment)
            self._gate.shut()


class _Worker:
    """The thread that talks to the server, from ``attach`` to ``stop``."""

    def __init__(self, settings: WordsSettings, source: str) -> None:
        self.inlet: Inlet[Utterance] = Inlet(source, 16)
        self._settings = settings
        self._source = source
        self._target = endpoint(settings.source, SETTING)
        self._segments: deque[Segment] = deque()
        self._changed = threading.Condition()
        self._stopping = False
        self._link: Link | None = None
        self._thread = threading.Thread(target=self._run, name="words-asr", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def give(self, segment: Segment) -> None:
        with self._changed:
            if len(self._segments) == WAITING:
                self._segments.popleft()
                log.warning("%s is too slow: an utterance is dropped", self._source)
            self._segments.append(segment)
            self._changed.notify_all()

    def forget(self) -> None:
        """Drop what waits, and cut off what is on its way."""
        with self._changed:
            self._segments.clear()
            link, self._link = self._link, None
        self.inlet.forget()
        if link is not None:
            link.close()

    def stop(self) -> None:
        self.inlet.close()
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self.forget()

    def _run(self) -> None:
        try:
            self._describe()
            while (segment := self._next()) is not None:
                self._transcribe(segment)
        except Exception as error:  # noqa: BLE001 - not hidden: read() raises it in the lane
            self.inlet.fail(error)

    def _next(self) -> Segment | None:
        with self._changed:
            self._changed.wait_for(lambda: self._segments or self._stopping)
            return None if self._stopping else self._segments.popleft()

    def _make_link(self) -> Link | None:
        """A connection yet to be opened that ``forget`` and ``stop`` can cut off; None when they came first."""
        link = Link(self._target, SETTING, public=self._settings.public_server)
        with self._changed:
            if self._stopping:
                return None
            self._link = link
            return link

    def _describe(self) -> None:
        """Ask whether the server can do what it is wanted for, so that a wrong address is told at once."""
        link = self._make_link()
        if link is None:
            return
        try:
            link.open()
            link.send(Event("describe"), SEND_S)
            info = self._await(link, "info", DESCRIBE_S)
            if not info.data.get("asr"):
                problem = f"the Wyoming server at {self._target} does no speech to text"
                raise SensorError(problem, f"Set {SETTING} to one that does, such as wyoming-faster-whisper")
        except SensorGone:
            if self._link is link:  # else it was cut off on purpose
                raise
        finally:
            link.close()
        log.info("%s is ready", self._source)

    def _transcribe(self, segment: Segment) -> None:
        link = self._make_link()
        if link is None:
            return
        try:
            link.open()
            self._send(link, segment)
            event = self._await(link, "transcript", self._settings.answer_s)
            try:
                text = payloads.read(payloads.Transcript, event).text
            except Malformed as error:
                raise link.nonsense(error) from error
        except SensorGone:
            if self._link is link:
                raise
            return
        finally:
            link.close()
        words = clean(" ".join(text.split()).encode("utf-8", "replace"), self._settings.limit_chars)
        with self._changed:
            if words and self._link is link:
                self.inlet.put(Utterance(words, segment.captured_ns))

    def _send(self, link: Link, segment: Segment) -> None:
        language = self._settings.language
        link.send(Event("transcribe", {"language": language} if language else {}), SEND_S)
        form = {"rate": SAMPLE_RATE, "width": 2, "channels": 1}
        link.send(Event("audio-start", {**form, "timestamp": 0}), SEND_S)
        for start in range(0, len(segment.samples), CHUNK):
            sound = segment.samples[start : start + CHUNK].astype("<i2").tobytes()
            at_ms = start * 1000 // SAMPLE_RATE
            link.send(Event("audio-chunk", {**form, "timestamp": at_ms}, sound), SEND_S)
        link.send(Event("audio-stop", {"timestamp": len(segment.samples) * 1000 // SAMPLE_RATE}), SEND_S)

    def _await(self, link: Link, kind: str, within_s: float) -> Event:
        """The next event of ``kind``; others are passed over, but not for ever."""
        deadline = time.monotonic() + within_s
        for _ in range(EVENTS):
            event = link.receive(max(0.0, deadline - time.monotonic()))
            if event is None:
                break
            if event.type == kind:
                return event
            if event.type == "error":
                problem = f"the Wyoming server at {self._target} reports an error"
                raise SensorGone(problem, "Look into its log")
        problem = f"the Wyoming server at {self._target} gave no {kind} within {within_s:g} s"
        raise SensorGone(problem, "Use a faster server or model, or raise words.answer_s")
