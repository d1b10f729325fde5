"""Peers of the tests. Those of the ``wyoming`` package run in processes of their own: its modules warn when imported.

``python -m tests.edge.sensors.wyoming.servers asr`` is a real Wyoming server around pocketsphinx; ``satellite FILE``
plays a WAV as a satellite does once it was told to run. Both print their port.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
import wave
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.sensors.wyoming.events import Event, Reader, encoded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wyoming.event import Event as Theirs

ROOT = Path(__file__).resolve().parents[4]
INFO = Event("info", {"asr": [{"name": "test"}]})


@contextmanager
def running(*arguments: str) -> Iterator[int]:
    """The port of a server of this module in a process of its own."""
    code = [sys.executable, "-W", "ignore", "-m", "tests.edge.sensors.wyoming.servers", *arguments]
    process = subprocess.Popen(code, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


class Peer:
    """A server that answers each event as ``answer`` says, and keeps what it heard; one thread per connection."""

    def __init__(self, answer: Callable[[Event], bytes | None] = lambda _: b"", greeting: bytes = b"") -> None:
        self.events: list[Event] = []
        self.connections = 0
        self.arrived = threading.Condition()
        self._answer = answer
        self._greeting = greeting
        self._links: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._start(self._accept)

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        for link in self._links:
            try:
                link.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        for thread in self._threads:
            thread.join(10)
        for each in (*self._links, self._listening):
            each.close()

    def kinds(self) -> list[str]:
        return [event.type for event in self.events]

    def wait(self, wanted: Callable[[], Any]) -> None:
        with self.arrived:
            assert self.arrived.wait_for(wanted, 20), self.kinds()

    def send(self, block: bytes) -> None:
        for link in self._links:
            link.sendall(block)

    def _start(self, body: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=body, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                link, _ = self._listening.accept()
            except OSError:
                return
            with self.arrived:
                self._links.append(link)
                self.connections += 1
                self.arrived.notify_all()
            self._start(self._serve, link)

    def _serve(self, link: socket.socket) -> None:
        reader = Reader()
        try:
            link.sendall(self._greeting)
            while block := link.recv(65_536):
                for event in reader.feed(block):
                    with self.arrived:
                        self.events.append(event)
                        self.arrived.notify_all()
                    answer = self._answer(event)
                    if answer is None:
                        link.shutdown(socket.SHUT_RDWR)
                        return
                    link.sendall(answer)
        except OSError:
            return


@contextmanager
def peer(answer: Callable[[Event], bytes | None] = lambda _: b"", greeting: bytes = b"") -> Iterator[Peer]:
    made = Peer(answer, greeting)
    try:
        yield made
    finally:
        made.close()


def transcribing(*texts: str) -> Callable[[Event], bytes]:
    """Answers of a server whose transcripts are ``texts``, the last again and again."""
    left = list(texts)

    def answer(event: Event) -> bytes:
        if event.type == "describe":
            return encoded(INFO)
        if event.type == "audio-stop":
            return encoded(Event("transcript", {"text": left.pop(0) if len(left) > 1 else left[0]}))
        return b""

    return answer


def _asr() -> None:
    from pocketsphinx import Config, Decoder
    from wyoming.asr import Transcript
    from wyoming.audio import AudioChunk, AudioStop
    from wyoming.info import AsrModel, AsrProgram, Attribution, Describe, Info
    from wyoming.server import AsyncEventHandler, AsyncServer

    by = Attribution(name="CMU Sphinx", url="https://github.com/cmusphinx")
    model = AsrModel(name="en-us", attribution=by, installed=True, description="", version=None, languages=["en"])
    program = AsrProgram(
        name="pocketsphinx", attribution=by, installed=True, description="", version=None, models=[model]
    )
    # the model comes inside the wheel; the config finds it by itself
    decoder = Decoder(Config(loglevel="FATAL"))

    class Handler(AsyncEventHandler):
        sound = b""  # each connection has a handler of its own

        async def handle_event(self, event: Theirs) -> bool:
            if Describe.is_type(event.type):
                await self.write_event(Info(asr=[program]).event())
            elif AudioChunk.is_type(event.type):
                chunk = AudioChunk.from_event(event)
                assert (chunk.rate, chunk.width, chunk.channels) == (16_000, 2, 1)
                self.sound += chunk.audio
            elif AudioStop.is_type(event.type):
                decoder.start_utt()
                decoder.process_raw(self.sound, full_utt=True)
                decoder.end_utt()
                found = decoder.hyp()
                await self.write_event(Transcript(text=found.hypstr if found else "", language="en").event())
                return False
            return True

    asyncio.run(_serve(AsyncServer, Handler))


async def _serve(servers: Any, handler: Any) -> None:  # noqa: ANN401 - a package whose types the tests do without
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = servers.from_uri(f"tcp://127.0.0.1:{port}")
    await server.start(handler)
    print(port, flush=True)
    await asyncio.Event().wait()


def _satellite(path: str) -> None:
    from wyoming.audio import AudioStart, wav_to_chunks
    from wyoming.info import Attribution, Describe, Info, Satellite
    from wyoming.satellite import RunSatellite
    from wyoming.server import AsyncEventHandler, AsyncServer

    by = Attribution(name="test", url="")
    me = Satellite(name="test", attribution=by, installed=True, description="", version=None)

    class Handler(AsyncEventHandler):
        async def handle_event(self, event: Theirs) -> bool:
            if Describe.is_type(event.type):
                await self.write_event(Info(satellite=me).event())
            elif RunSatellite.is_type(event.type):
                with wave.open(path) as file:
                    form = {"rate": file.getframerate(), "width": file.getsampwidth(), "channels": file.getnchannels()}
                    await self.write_event(AudioStart(**form).event())
                    for chunk in wav_to_chunks(file, 1024):
                        await self.write_event(chunk.event())
            return True

    asyncio.run(_serve(AsyncServer, Handler))


if __name__ == "__main__":
    _asr() if sys.argv[1] == "asr" else _satellite(sys.argv[2])
