"""Utterances go to a server and come back as words: what is sent, when, and what becomes of a server that fails."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.errors import SensorError, SensorGone
from edge.sensors.opening import Gate
from edge.sensors.settings import WordsSettings
from edge.sensors.signals import SAMPLE_RATE, AudioChunk
from edge.sensors.wyoming.asr import AsrWords
from edge.sensors.wyoming.events import Event, encoded
from tests.edge.sensors.wyoming.servers import INFO, Peer, peer, transcribing

if TYPE_CHECKING:
    from collections.abc import Callable

HOP = SAMPLE_RATE // 2


def words(server: Peer, *, always: bool = True, **settings: object) -> AsrWords:
    source = f"wyoming://127.0.0.1:{server.port}"
    return AsrWords(
        WordsSettings.model_validate({"source": source, "pause_s": 0.5, **settings}), Gate(always=always, open_s=8.0)
    )


class Mouth:
    """Says utterances of one half second into ``sensor``, with a pause before and after."""

    def __init__(self, sensor: AsrWords) -> None:
        self._sensor = sensor
        self._at = 0

    def hear(self, level: int, *, speech: bool, gap: bool = False) -> None:
        self._at += 500_000_000
        self._sensor.hear(AudioChunk(np.full(HOP, level, np.int16), self._at, gap), speech=speech)

    def say(self, level: int) -> int:
        self.hear(0, speech=False)
        self.hear(level, speech=True)
        self.hear(0, speech=False)
        return self._at

    def is_silent(self, seconds: float) -> None:
        """Nothing is heard meanwhile: the device was deaf to itself."""
        self._at += int(seconds * 1e9)


def sound(events: list[Event]) -> np.ndarray:
    return np.frombuffer(b"".join(event.payload for event in events if event.type == "audio-chunk"), "<i2")


def test_an_utterance_is_sent_whole_and_comes_back_as_words() -> None:
    with peer(transcribing("  I am\nglad \x07 ")) as server:
        sensor = words(server, language="en")
        sensor.attach()
        at = Mouth(sensor).say(7)
        heard = sensor.read()
        sensor.stop()
        assert sensor.read() is None
    assert heard is not None
    assert (heard.words, heard.captured_ns) == ("I am glad", at)
    kinds = server.kinds()
    assert kinds[:3] == ["describe", "transcribe", "audio-start"]
    assert set(kinds[3:-1]) == {"audio-chunk"}
    assert kinds[-1] == "audio-stop"
    assert server.events[1].data == {"language": "en"}
    assert server.events[2].data == {"rate": 16000, "width": 2, "channels": 1, "timestamp": 0}
    assert np.array_equal(sound(server.events), np.repeat([0, 7, 0], HOP))


def test_before_attach_and_after_stop_nothing_is_opened_or_kept() -> None:
    with peer(transcribing("a")) as server:
        sensor = words(server)
        Mouth(sensor).say(1)
        assert server.connections == 0
        sensor.attach()
        server.wait(lambda: server.connections == 1)
        sensor.stop()
        Mouth(sensor).say(2)
        sensor.attach()
        Mouth(sensor).say(3)
        assert sensor.read() is not None
        sensor.stop()
    assert set(sound(server.events)) == {0, 3}


def test_without_a_push_no_sound_is_sent_and_a_push_is_for_one_utterance() -> None:
    with peer(transcribing("a")) as server:
        sensor = words(server, always=False)
        sensor.attach()
        mouth = Mouth(sensor)
        mouth.say(1)
        sensor.push()
        mouth.say(2)
        assert sensor.read() is not None
        mouth.say(3)
        sensor.push()
        mouth.say(4)
        assert sensor.read() is not None
        sensor.stop()
    assert set(sound(server.events)) == {0, 2, 4}


def test_after_the_device_was_deaf_to_itself_the_first_half_second_is_not_sent() -> None:
    with peer(transcribing("a")) as server:
        sensor = words(server)
        sensor.attach()
        mouth = Mouth(sensor)
        mouth.hear(1, speech=True)
        mouth.is_silent(2.0)
        mouth.hear(9, speech=True)  # the end of its own voice
        assert sensor.read() is not None  # what was said before is not lost
        mouth.say(2)
        assert sensor.read() is not None
        sensor.stop()
    assert set(sound(server.events)) == {0, 1, 2}


def test_what_the_microphone_heard_is_dropped_when_it_may_not_listen_any_more() -> None:
    asked = threading.Event()

    def answer(event: Event) -> bytes:
        if event.type == "audio-stop":
            asked.set()
        return encoded(INFO) if event.type == "describe" else b""

    with peer(answer) as server:
        sensor = words(server, answer_s=60.0)
        sensor.attach()
        mouth = Mouth(sensor)
        mouth.say(1)
        assert asked.wait(20)
        mouth.say(2)  # waits behind the first
        mouth.hear(3, speech=True)  # not complete
        sensor.forget()
        server._answer = transcribing("later")
        mouth.say(4)
        heard = sensor.read()
        sensor.stop()
    assert heard is not None
    assert heard.words == "later"
    assert set(sound(server.events)) == {0, 1, 4}


def test_a_blank_transcript_is_no_utterance_and_a_long_one_is_cut() -> None:
    with peer(transcribing(" ", "x" * 50)) as server:
        sensor = words(server, limit_chars=10)
        sensor.attach()
        mouth = Mouth(sensor)
        mouth.say(1)
        server.wait(lambda: server.kinds().count("audio-stop") == 1)
        mouth.say(2)
        heard = sensor.read()
        sensor.stop()
    assert heard is not None
    assert heard.words == "x" * 10


def test_a_slow_server_gets_the_latest_two_that_wait(caplog: pytest.LogCaptureFixture) -> None:
    answers = threading.Semaphore(0)

    def answer(event: Event) -> bytes:
        if event.type == "audio-stop":
            answers.acquire()
        return transcribing("a")(event)

    with peer(answer) as server:
        sensor = words(server)
        sensor.attach()
        mouth = Mouth(sensor)
        mouth.say(1)
        server.wait(lambda: "audio-stop" in server.kinds())
        for level in (2, 3, 4):
            mouth.say(level)
        for _ in range(3):
            answers.release()
            assert sensor.read() is not None
        sensor.stop()
    assert set(sound(server.events)) == {0, 1, 3, 4}
    assert "too slow: an utterance is dropped" in caplog.text


def _raises(answer: Callable[[Event], bytes | None], match: str, kind: type[SensorError] = SensorGone) -> None:
    with peer(answer) as server:
        sensor = words(server, answer_s=1.0)
        sensor.attach()
        Mouth(sensor).say(1)
        with pytest.raises(SensorError, match=match) as raised:
            sensor.read()
        assert type(raised.value) is kind
        sensor.stop()
        assert sensor.read() is None


def _after(kind: str, block: bytes | None) -> Callable[[Event], bytes | None]:
    def answer(event: Event) -> bytes | None:
        if event.type == kind:
            return block
        return encoded(INFO) if event.type == "describe" else b""

    return answer


def test_a_server_that_is_not_there_is_lost() -> None:
    with peer() as server:
        sensor = words(server)
    sensor.attach()
    with pytest.raises(SensorGone, match=r"no Wyoming server answers at 127\.0\.0\.1:\d+: Connection refused"):
        sensor.read()
    sensor.stop()


def test_a_server_that_does_something_else_is_refused() -> None:
    info = encoded(Event("info", {"tts": [{"name": "piper"}], "asr": []}))
    _raises(_after("describe", info), "does no speech to text", SensorError)


def test_a_server_that_ends_before_it_answers_is_lost() -> None:
    _raises(_after("audio-stop", None), "closed the connection")


def test_half_an_event_is_told_as_such() -> None:
    with peer(lambda _: None, greeting=encoded(INFO)[:-1]) as server:
        sensor = words(server)
        sensor.attach()
        with pytest.raises(SensorGone, match="broke off within an event"):
            sensor.read()
        sensor.stop()


def test_a_server_that_says_nothing_is_given_up() -> None:
    _raises(_after("audio-stop", b""), r"gave no transcript within 1 s.*words\.answer_s")


def test_a_server_that_says_everything_else_for_ever_is_given_up() -> None:
    _raises(_after("audio-stop", encoded(Event("transcript-chunk", {"text": "a"})) * 1001), "gave no transcript")


@pytest.mark.parametrize(
    ("block", "match"),
    [
        (b"\xff\xff\n", "no JSON"),
        (b"x" * 70_000, "more than 65536 bytes"),
        (b'{"type":"transcript","data_length":99999999}\n', "data_length"),
        (json.dumps({"type": "transcript", "data": {"text": 7}}).encode() + b"\n", "text is wrong"),
        (json.dumps({"type": "transcript"}).encode() + b"\n", "text is wrong"),
        (encoded(Event("error", {"text": "secret"})), "reports an error"),
    ],
)
def test_nonsense_is_told_without_repeating_it(block: bytes, match: str) -> None:
    with peer(_after("audio-stop", block)) as server:
        sensor = words(server)
        sensor.attach()
        Mouth(sensor).say(1)
        with pytest.raises(SensorGone, match=match) as raised:
            sensor.read()
        assert "secret" not in str(raised.value)
        sensor.stop()


def test_stop_wakes_a_read_that_waits() -> None:
    with peer(_after("audio-stop", b"")) as server:
        sensor = words(server, answer_s=60.0)
        sensor.attach()
        Mouth(sensor).say(1)
        server.wait(lambda: "audio-stop" in server.kinds())
        found: list[object] = []
        reading = threading.Thread(target=lambda: found.append(sensor.read()))
        reading.start()
        sensor.stop()
        reading.join(20)
    assert found == [None]


def test_a_public_server_gets_no_connection() -> None:
    sensor = AsrWords(WordsSettings(source="wyoming://8.8.8.8:10300"), Gate(always=True, open_s=8.0))
    sensor.attach()
    with pytest.raises(SensorError, match="public address"):
        sensor.read()
    sensor.stop()
