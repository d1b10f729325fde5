"""Speech from a Wyoming server in this house, such as piper's: any rate and width of sound, streamed where it can.

A sentence goes out as ``synthesize``, or as ``synthesize-start``, ``-chunk`` and ``-stop`` where the server says in its
info that it takes them; then its sound comes while it is still being made. The connection is kept between sentences.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edge.errors import OutletError, SensorError, SensorGone
from edge.outlets.speech.plain import plain
from edge.outlets.speech.synthesiser import Sound
from edge.sensors.resample import to_int16
from edge.sensors.wyoming import payloads
from edge.sensors.wyoming.address import Endpoint
from edge.sensors.wyoming.events import Event, Malformed
from edge.sensors.wyoming.link import Link

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from edge.affect import Language, Style
    from edge.outlets.settings import WyomingSpeech
    from edge.outlets.speech.lexicon import Lexicon

log = logging.getLogger(__name__)

SETTING = "speech.wyoming"
DESCRIBE_S = 5.0
"""Limit for a server to say what it can do."""
SEND_S = 5.0
"""Limit for it to take one event."""
LONGEST_S = 60.0
"""Sound of one sentence: what is longer is no sentence, and the server goes wrong."""
EVENTS = 20_000
"""Most events about one sentence: 60 s in chunks of 3 ms."""
LOOPBACK = ("localhost", "ip6-localhost", "::1", "127.")


class _Voice(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    name: str = Field(max_length=256)
    languages: tuple[str, ...] = Field(default=(), max_length=1000)
    installed: bool = True


class _Program(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    name: str = Field(default="", max_length=256)
    voices: tuple[_Voice, ...] = Field(default=(), max_length=10_000)
    supports_synthesize_streaming: bool | None = False


class WyomingTts:
    """One server. Connects when something is to be said, and anew when the connection was lost."""

    def __init__(self, settings: WyomingSpeech, lexicon: Lexicon) -> None:
        self._settings = settings
        self._lexicon = lexicon
        self._target = Endpoint("wyoming", settings.host, settings.port)
        self.name = f"Wyoming server {self._target}"
        self.here = settings.host.startswith(LOOPBACK)
        """Whether it runs on this very device, so that what is said does not leave it."""
        self._lock = threading.Lock()
        self._link: Link | None = None
        self._programs: tuple[_Program, ...] | None = None

    def find(self) -> str:
        """What its info says. Raises OutletError when it is not there, or speaks nothing."""
        try:
            link, _ = self._connected()
            programs = self._info(link)
        except SensorError as error:
            self._drop()
            raise self._told(error) from error
        names = ", ".join(program.name for program in programs if program.name) or "unnamed"
        streams = any(program.supports_synthesize_streaming for program in programs)
        return f"{names} at {self._target}, {'streaming' if streams else 'a sentence at a time'}"

    def speak(self, text: str, language: Language, style: Style) -> Iterator[Sound]:  # noqa: ARG002 - a server takes no style
        """``text`` by the voice of ``language``.

        Raises:
            OutletError: the server is gone, silent for ``timeout_s`` seconds, sends what is no sound, or has no voice
                for ``language``.
        """
        words = plain(self._lexicon.respelled(text, language))
        done = False
        try:
            link, voice, streams = self._asked(language)
            self._send(link, words, voice, streams=streams)
            yield from self._sounds(link, streams=streams)
            done = True
        except (SensorError, Malformed) as error:
            raise self._told(error) from error
        finally:
            if not done:  # also where nobody wants the rest: the server goes on sending it
                self._drop()

    def voice(self, language: Language, style: Style) -> Hashable:  # noqa: ARG002 - no style reaches the server
        """One for each language."""
        return self.name, language

    def cancel(self) -> None:
        """End the connection; whoever waits for it is told."""
        self._drop()

    def close(self) -> None:
        """End the connection."""
        self._drop()

    def _asked(self, language: Language) -> tuple[Link, dict[str, str], bool]:
        """A connection that lives, the voice to ask for, and whether its program streams."""
        link, kept = self._connected()
        if kept:
            try:  # it may have ended in the hours since
                link.send(Event("describe"), SEND_S)
                self._await(link, "info", DESCRIBE_S)
            except SensorGone:
                self._drop()
                link, _ = self._connected()
        return link, *self._chosen(self._info(link), language)

    def _chosen(self, programs: tuple[_Program, ...], language: Language) -> tuple[dict[str, str], bool]:
        wanted = self._settings.voice(language)
        for program in programs:
            for voice in program.voices:
                speaks = any(_speaks(code, language) for code in voice.languages)
                if (voice.name == wanted) if wanted else (speaks and voice.installed):
                    return {"name": voice.name}, bool(program.supports_synthesize_streaming)
        if wanted:
            problem = f"{self.name} has no voice {wanted!r}"
            remedy = f"Set {SETTING}.voice_{language} to one that `rapport doctor` lists, or to nothing"
        else:
            problem = f"{self.name} has no voice that speaks {'Chinese' if language == 'zh' else 'English'}"
            remedy = f"Give it one, or leave {language} to espeak-ng"
        raise SensorError(problem, remedy)

    def voices(self, language: Language) -> list[str]:
        """Names of the voices that speak ``language``, as the info said; empty before ``find``."""
        known = [voice for program in self._programs or () for voice in program.voices]
        return [voice.name for voice in known if any(_speaks(code, language) for code in voice.languages)]

    def _connected(self) -> tuple[Link, bool]:
        """The connection, and whether it was there before. Raises SensorError, SensorGone."""
        with self._lock:
            if self._link is not None:
                return self._link, True
            link = self._link = Link(self._target, SETTING)
        link.open()
        return link, False

    def _info(self, link: Link) -> tuple[_Program, ...]:
        if self._programs is None:
            link.send(Event("describe"), SEND_S)
            event = self._await(link, "info", DESCRIBE_S)
            try:
                found = tuple(_Program.model_validate(item) for item in event.data.get("tts") or ())
            except (ValidationError, TypeError) as error:
                message = "an info whose tts is wrong"
                raise link.nonsense(Malformed(message)) from error
            if not found:
                problem = f"the Wyoming server at {self._target} does no text to speech"
                raise SensorError(problem, f"Set {SETTING}.host and .port to one that does, such as wyoming-piper")
            self._programs = found
        return self._programs

    def _send(self, link: Link, text: str, voice: dict[str, str], *, streams: bool) -> None:
        if streams:
            link.send(Event("synthesize-start", {"voice": voice}), SEND_S)
            link.send(Event("synthesize-chunk", {"text": text}), SEND_S)
            link.send(Event("synthesize-stop"), SEND_S)
        else:
            link.send(Event("synthesize", {"text": text, "voice": voice}), SEND_S)

    def _sounds(self, link: Link, *, streams: bool) -> Iterator[Sound]:
        """Sound until the server says that this is all. Streaming servers may send several starts and stops."""
        last = "synthesize-stopped" if streams else "audio-stop"
        seconds, rate = 0.0, 0
        for _ in range(EVENTS):
            event = self._next(link, self._settings.timeout_s)
            if event.type == last:
                return
            if event.type != "audio-chunk":
                continue
            form = payloads.read(payloads.Format, event)
            rate = rate or form.rate
            if form.rate != rate:
                message = f"sound of {form.rate} Hz within a sentence of {rate} Hz"
                raise link.nonsense(Malformed(message))
            samples = payloads.mono(event.payload, form)
            seconds += len(samples) / rate
            if seconds > LONGEST_S:
                break
            yield Sound(to_int16(samples), rate)
        problem = f"{self.name} does not come to the end of a sentence"
        raise SensorGone(problem, "Look into its log")

    def _await(self, link: Link, kind: str, within_s: float) -> Event:
        deadline = time.monotonic() + within_s
        while True:
            event = self._next(link, max(0.0, deadline - time.monotonic()))
            if event.type == kind:
                return event

    def _next(self, link: Link, within_s: float) -> Event:
        """The next event. Raises SensorGone when none comes in time, and for the server's own errors."""
        event = link.receive(within_s)
        if event is None:
            problem = f"{self.name} was silent for {self._settings.timeout_s:g} s"
            raise SensorGone(problem, f"Use a faster server or voice, or raise {SETTING}.timeout_s")
        if event.type == "error":
            problem = f"{self.name} reports an error"
            raise SensorGone(problem, "Look into its log")
        return event

    def _drop(self) -> None:
        with self._lock:
            link, self._link = self._link, None
        self._programs = None
        if link is not None:
            link.close()

    def _told(self, error: Exception) -> OutletError:
        if isinstance(error, SensorError):
            return OutletError(error.problem, error.remedy)
        return OutletError(f"{self.name} sent {error}", "Check that a Wyoming server for text to speech listens there")


def _speaks(code: str, language: Language) -> bool:
    """Whether ``code`` ("en_US", "zh-CN", "cmn") is a kind of ``language``."""
    first = code.lower().replace("_", "-").partition("-")[0]
    return first == language or (language == "zh" and first == "cmn")
