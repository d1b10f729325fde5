"""Words from a voice pipeline that recognises speech already: it connects here and sends ``transcript`` events.

A Wyoming satellite does so with ``--event-uri tcp://HOST:PORT``. Only peers with a loopback or private address are
heard; whatever one of them sends, the others are not disturbed.
"""

from __future__ import annotations

import logging
import selectors
import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from edge.affect import Sense
from edge.errors import SensorGone
from edge.sensors.inlet import Inlet
from edge.sensors.signals import Utterance
from edge.sensors.text_file import clean
from edge.sensors.wyoming import payloads
from edge.sensors.wyoming.address import checked, endpoint, is_private
from edge.sensors.wyoming.events import Event, Malformed, Reader, encoded

if TYPE_CHECKING:
    from edge.sensors.settings import WordsSettings

log = logging.getLogger(__name__)

SETTING = "words.source"
CLIENTS = 8
"""Connections at a time; one more is refused."""
HALF_S = 10.0
"""Seconds within which an event that has begun must be complete."""
BLOCK_BYTES = 65_536
WAITING = 16


class TranscriptListener:
    """A small Wyoming event server. The port is opened by ``attach`` and closed by ``stop``."""

    sense = Sense.TEXT
    live = True

    def __init__(self, settings: WordsSettings) -> None:
        """Raises SensorError when the source is no address."""
        self._target = endpoint(settings.source, SETTING)
        self.source = f"transcripts sent to {self._target}"
        self.port = 0
        """The port that is listened on."""
        self._settings = settings
        self._server: _Server | None = None

    def attach(self) -> None:
        """Listen. Raises SensorError for a public address, SensorGone when the port cannot be had."""
        self.stop()
        family, address = checked(self._target, SETTING, public=self._settings.public_server)[0]
        try:
            listening = socket.create_server((address, self._target.port), family=family, backlog=CLIENTS)
        except OSError as error:
            problem = f"{SETTING} is {self._settings.source!r}, and that port cannot be listened on: {error.strerror}"
            raise SensorGone(problem, "Stop what else listens there, or choose another port") from error
        self.port = listening.getsockname()[1]
        self._server = _Server(listening, self._settings, self.source)
        self._server.start()

    def read(self) -> Utterance | None:
        """The next transcript; None after ``stop``."""
        server = self._server
        return None if server is None else server.inlet.take()

    def stop(self) -> None:
        """Close the port and every connection; drop what waits."""
        server, self._server = self._server, None
        if server is not None:
            server.stop()


class _Client:
    """One peer that is connected."""

    def __init__(self, link: socket.socket) -> None:
        self.link = link
        self.reader = Reader()
        self.since = time.monotonic()


class _Server:
    """The thread that accepts and reads."""

    def __init__(self, listening: socket.socket, settings: WordsSettings, source: str) -> None:
        self.inlet: Inlet[Utterance] = Inlet(source, WAITING)
        self._settings = settings
        self._source = source
        self._selector = selectors.DefaultSelector()
        self._listening = listening
        self._clients: list[_Client] = []
        self._refused = 0
        self._stopping = False
        self._bell, self._bell_in = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="words-listener", daemon=True)

    def start(self) -> None:
        self._listening.settimeout(0)
        self._selector.register(self._listening, selectors.EVENT_READ)
        self._selector.register(self._bell_in, selectors.EVENT_READ)
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self.inlet.close()
        with suppress(OSError):
            self._bell.send(b"!")
        if threading.current_thread() is not self._thread:
            self._thread.join(0.15)

    def _run(self) -> None:
        try:
            while not self._stopping:
                for key, _ in self._selector.select(1.0):
                    if isinstance(key.data, _Client):
                        self._read(key.data)
                    elif key.fileobj is self._listening:
                        self._accept()
                for client in self._clients[:]:
                    if client.reader.within and time.monotonic() - client.since > HALF_S:
                        self._refuse(client, f"an event that was not complete after {HALF_S:g} s")
        except Exception as error:  # noqa: BLE001 - not hidden: read() raises it in the lane
            self.inlet.fail(error)
        finally:
            for each in (*(client.link for client in self._clients), self._listening, self._bell, self._bell_in):
                each.close()
            self._selector.close()

    def _accept(self) -> None:
        try:
            link, peer = self._listening.accept()
        except OSError:  # it left again
            return
        allowed = self._settings.public_server or is_private(str(peer[0]))
        if not allowed or len(self._clients) >= CLIENTS:
            why = f"{CLIENTS} are connected already" if allowed else "it has a public address"
            log.warning("%s: a connection is refused: %s", self._source, why)
            link.close()
            return
        link.settimeout(0)
        client = _Client(link)
        self._clients.append(client)
        self._selector.register(link, selectors.EVENT_READ, client)

    def _read(self, client: _Client) -> None:
        try:
            block = client.link.recv(BLOCK_BYTES)
        except BlockingIOError:
            return
        except OSError:
            block = b""
        if not block:
            self._drop(client)
            return
        if not client.reader.within:
            client.since = time.monotonic()
        try:
            for event in client.reader.feed(block):
                client.since = time.monotonic()
                self._take(client, event)
        except Malformed as error:
            self._refuse(client, str(error))

    def _take(self, client: _Client, event: Event) -> None:
        if event.type == "transcript":
            text = payloads.read(payloads.Transcript, event).text
            words = clean(" ".join(text.split()).encode("utf-8", "replace"), self._settings.limit_chars)
            if words:
                self.inlet.put(Utterance(words, time.monotonic_ns()))
        elif event.type == "describe":
            self._answer(client, Event("info", {"asr": [], "tts": [], "handle": [], "intent": [], "wake": []}))
        elif event.type == "ping":
            self._answer(client, Event("pong"))

    def _answer(self, client: _Client, event: Event) -> None:
        with suppress(OSError):  # it is full or gone: the next read tells
            client.link.send(encoded(event))

    def _refuse(self, client: _Client, why: str) -> None:
        self._refused += 1
        log.warning("%s: a peer is cut off (%d so far), as it sent %s", self._source, self._refused, why)
        self._drop(client)

    def _drop(self, client: _Client) -> None:
        self._selector.unregister(client.link)
        self._clients.remove(client)
        client.link.close()
