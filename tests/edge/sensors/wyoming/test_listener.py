from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from edge.errors import SensorGone
from edge.sensors.settings import WordsSettings
from edge.sensors.wyoming.events import Event, Reader, encoded
from edge.sensors.wyoming.listener import CLIENTS, TranscriptListener

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def listening(**settings: object) -> Iterator[TranscriptListener]:
    """A listener on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    source = f"wyoming-listen://127.0.0.1:{port}"
    listener = TranscriptListener(WordsSettings.model_validate({"source": source, **settings}))
    listener.attach()
    try:
        yield listener
    finally:
        listener.stop()


def connected(listener: TranscriptListener) -> socket.socket:
    link = socket.create_connection(("127.0.0.1", listener.port), timeout=20)
    link.settimeout(20)
    return link


def transcript(text: object, **more: object) -> bytes:
    return encoded(Event("transcript", {"text": text, **more}))


def test_transcripts_of_several_peers_are_words() -> None:
    with listening() as listener, connected(listener) as one, connected(listener) as two:
        one.sendall(encoded(Event("detection", {"name": "okay_nabu"})) + transcript(" I am\nglad ", language="en"))
        first = listener.read()
        two.sendall(transcript("我很好", language="zh"))
        second = listener.read()
    assert first is not None
    assert second is not None
    assert (first.words, second.words) == ("I am glad", "我很好")


def test_the_wyoming_package_is_heard() -> None:
    pytest.importorskip("wyoming.event", reason="the wyoming package is not installed")
    code = """
import asyncio, sys
from wyoming.asr import Transcript
from wyoming.client import AsyncTcpClient
async def main():
    async with AsyncTcpClient("127.0.0.1", int(sys.argv[1])) as client:
        await client.write_event(Transcript(text="I am tired", language="en").event())
asyncio.run(main())
"""
    with listening() as listener:
        subprocess.run([sys.executable, "-c", code, str(listener.port)], check=True, timeout=30)
        heard = listener.read()
    assert heard is not None
    assert heard.words == "I am tired"


def test_questions_are_answered() -> None:
    with listening() as listener, connected(listener) as link:
        link.sendall(encoded(Event("describe")) + encoded(Event("ping")))
        reader, kinds = Reader(), list[str]()
        while len(kinds) < 2:
            kinds += [event.type for event in reader.feed(link.recv(4096))]
    assert kinds == ["info", "pong"]


@pytest.mark.parametrize(
    "block", [b"\xff\xff\n", b"x" * 70_000, b'{"type":"a","payload_length":99999999999}\n', transcript(7)]
)
def test_nonsense_cuts_its_sender_off_and_nobody_else(block: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with listening() as listener, connected(listener) as good, connected(listener) as bad:
        bad.sendall(block)
        with contextlib.suppress(ConnectionResetError):
            assert bad.recv(1) == b""
        good.sendall(transcript("still here"))
        heard = listener.read()
    assert heard is not None
    assert heard.words == "still here"
    assert "a peer is cut off (1 so far)" in caplog.text


def test_words_are_never_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with listening(limit_chars=10) as listener, connected(listener) as link:
        link.sendall(transcript("a secret that is long"))
        assert listener.read() is not None
        link.sendall(transcript("secret", language=["secret"]))
        assert link.recv(1) == b""
    assert "language is wrong" in caplog.text
    assert "secret" not in caplog.text


def test_an_event_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.sensors.wyoming.listener.HALF_S", 0.05)
    with listening() as listener, connected(listener) as link:
        link.sendall(b'{"type":')
        assert link.recv(1) == b""


def test_one_connection_too_many_is_refused() -> None:
    with listening() as listener, contextlib.ExitStack() as stack:
        links = [stack.enter_context(connected(listener)) for _ in range(CLIENTS)]
        for link in links:  # accepted, not only queued
            link.sendall(encoded(Event("ping")))
            assert link.recv(4096)
        with connected(listener) as extra:
            assert extra.recv(1) == b""
        links[0].sendall(transcript("fine"))
        heard = listener.read()
    assert heard is not None


def test_a_flood_keeps_the_latest_and_counts_the_rest(caplog: pytest.LogCaptureFixture) -> None:
    with listening() as listener, connected(listener) as link:
        link.sendall(b"".join(transcript(str(number)) for number in range(100)) + encoded(Event("ping")))
        link.recv(4096)
        heard = listener.read()
    assert heard is not None
    assert heard.words == "84"
    assert "(84 so far)" in caplog.text


def test_stop_closes_the_port_and_wakes_a_read_and_it_can_be_attached_again() -> None:
    with listening() as listener:
        found: list[object] = []
        reading = threading.Thread(target=lambda: found.append(listener.read()))
        reading.start()
        listener.stop()
        reading.join(20)
        assert found == [None]
        with pytest.raises(ConnectionRefusedError):
            connected(listener)
        listener.attach()
        with connected(listener) as link:
            link.sendall(transcript("again"))
            assert listener.read() is not None


def test_a_port_that_is_taken_is_told() -> None:
    with listening() as listener:
        other = TranscriptListener(WordsSettings(source=f"wyoming-listen://127.0.0.1:{listener.port}"))
        with pytest.raises(SensorGone, match="cannot be listened on: Address already in use"):
            other.attach()
