"""The engine behind a real Wyoming server, and behind peers that misbehave."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.affect import Language, Style
from edge.errors import OutletError
from edge.outlets.settings import WyomingSpeech
from edge.outlets.speech.lexicon import Lexicon
from edge.outlets.speech.wyoming import WyomingTts
from edge.sensors.wyoming.events import Event, encoded
from tests.edge.outlets.sound import needs_espeak
from tests.edge.outlets.speech.prosody import joined
from tests.edge.outlets.speech.servers import serving, told
from tests.edge.sensors.wyoming.servers import peer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

EN, ZH = Language.EN, Language.ZH
VOICE = {"name": "v", "languages": ["en"], "installed": True}
INFO = Event("info", {"tts": [{"name": "t", "voices": [VOICE]}]})
FORM = {"rate": 16_000, "width": 2, "channels": 1}


MADE: list[WyomingTts] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while MADE:
        MADE.pop().close()


def server(port: int, lexicon: Path | None = None, **settings: object) -> WyomingTts:
    table = {"port": port, "timeout_s": 10.0, **settings}
    MADE.append(WyomingTts(WyomingSpeech.model_validate(table), Lexicon(lexicon)))
    return MADE[-1]


def say(engine: WyomingTts, text: str, language: Language = EN) -> tuple[np.ndarray, int]:
    return joined(engine.speak(text, language, Style()))


@needs_espeak
@pytest.mark.parametrize("form", [(), ("streaming",)])
def test_both_languages_are_spoken_by_their_voices_over_one_connection(form: tuple[str, ...], tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("[en]\nNiamh = Neeve\n", encoding="utf-8")
    with serving(*form) as (port, process):
        engine = server(port, names)
        samples, rate = say(engine, "Hello Niamh.")
        assert rate == 22_050
        assert len(samples) > 10_000
        assert np.abs(samples.astype(int)).max() > 1500
        link = engine._link
        say(engine, "你好。", ZH)
        assert engine._link is link
        way = "stream" if form else "whole"
        assert [told(process), told(process)] == [f"{way} test-en Hello Neeve.", f"{way} test-zh 你好。"]


@needs_espeak
def test_a_voice_that_is_set_is_asked_for_and_one_that_is_not_there_is_told() -> None:
    with serving() as (port, process):
        say(server(port, voice_en="test-zh"), "Hi there.")
        assert told(process).startswith("whole test-zh")
        with pytest.raises(OutletError, match=r"no voice 'amy'. Set speech\.wyoming\.voice_en"):
            say(server(port, voice_en="amy"), "Hi.")


@needs_espeak
def test_the_doctor_is_told_what_is_there() -> None:
    with serving("streaming") as (port, _):
        engine = server(port)
        assert engine.find() == f"test at 127.0.0.1:{port}, streaming"
        assert engine.voices(ZH) == ["test-zh"]
    with serving("asr") as (port, _), pytest.raises(OutletError, match="does no text to speech"):
        server(port).find()


@needs_espeak
def test_a_language_without_a_voice_is_told() -> None:
    with serving("english") as (port, _), pytest.raises(OutletError, match="no voice that speaks Chinese"):
        say(server(port), "你好。", ZH)


@needs_espeak
def test_a_server_that_came_back_is_reached_again_by_itself() -> None:
    with serving() as (port, _):
        engine = server(port)
        say(engine, "Hello.")
        first = engine._link
        assert first is not None
        first.close()  # as a server that was restarted does
        assert len(say(engine, "Hello again.")[0]) > 1000
        assert engine._link is not first


def test_nobody_there_is_told_with_the_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(OutletError, match=f"no Wyoming server answers at 127.0.0.1:{port}"):
        say(server(port), "Hello.")


def test_nothing_is_said_to_a_public_address() -> None:
    with pytest.raises(OutletError, match="a public address"):
        say(server(10200, host="8.8.8.8"), "Hello.")


@needs_espeak
def test_a_silent_server_is_given_up_in_time() -> None:
    with serving("silent") as (port, _), pytest.raises(OutletError, match=r"silent for 0\.5 s"):
        say(server(port, timeout_s=0.5), "Hello.")


def answering(*events: Event) -> Callable[[Event], bytes]:
    """A server that answers a sentence with ``events``."""

    def answer(event: Event) -> bytes:
        if event.type == "describe":
            return encoded(INFO)
        return b"".join(map(encoded, events)) if event.type == "synthesize" else b""

    return answer


@pytest.mark.parametrize(
    ("events", "message"),
    [
        ([Event("error", {"text": "secret"})], "reports an error"),
        ([Event("audio-chunk", {"rate": "x"}, b"ab")], "audio-chunk whose rate is wrong"),
        ([Event("audio-chunk", FORM, b"abc")], "no multiple of 2"),
        ([Event("audio-chunk", FORM, b"ab"), Event("audio-chunk", FORM | {"rate": 8000}, b"ab")], "sound of 8000 Hz"),
        ([Event("audio-chunk", FORM, bytes(1_000_000))] * 3, "does not come to the end"),
    ],
)
def test_a_server_that_talks_nonsense_is_told_without_its_words(events: list[Event], message: str) -> None:
    with peer(answering(*events)) as there, pytest.raises(OutletError, match=message) as raised:
        say(server(there.port), "Hello.")
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("info", [{"tts": [{"voices": 3}]}, {"tts": "x"}, {"tts": {}}, {}])
def test_an_info_that_is_wrong_is_told(info: dict[str, object]) -> None:
    with peer(lambda _: encoded(Event("info", info))) as there, pytest.raises(OutletError):
        server(there.port).find()


def test_sound_of_any_width_and_channels_becomes_16_bit_mono() -> None:
    form = {"rate": 8000, "width": 4, "channels": 2}
    frames = np.array([[1 << 30, 1 << 30], [-(1 << 30), -(1 << 30)]], "<i4").tobytes()
    with peer(answering(Event("audio-chunk", form, frames), Event("audio-stop"))) as there:
        samples, rate = say(server(there.port), "Hello.")
    assert (samples.tolist(), rate) == ([16384, -16384], 8000)


def test_cancel_ends_what_waits_for_a_server() -> None:
    with peer(answering()) as there:
        engine, failures = server(there.port, timeout_s=60.0), list[OutletError]()

        def run() -> None:
            try:
                say(engine, "Hello.")
            except OutletError as error:
                failures.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        there.wait(lambda: "synthesize" in there.kinds())
        engine.cancel()
        thread.join(10)
        assert len(failures) == 1


def test_a_sentence_that_nobody_wants_to_the_end_does_not_leave_its_rest_in_the_connection() -> None:
    chunk = Event("audio-chunk", FORM, bytes(2000))
    with peer(answering(chunk, chunk, Event("audio-stop"))) as there:
        engine = server(there.port)
        sounds = engine.speak("Hello.", EN, Style())
        next(sounds)
        sounds.close()  # type: ignore[attr-defined]  # it is a generator
        assert len(say(engine, "Again.")[0]) == 2000
