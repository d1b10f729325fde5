"""Words and pushes from the home, through a real broker."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.outlets.mqtt.inbox import MqttInbox
from edge.outlets.mqtt.settings import MqttSettings
from edge.sensors.inbox import MqttWords, Refused, words_of
from edge.sensors.opening import Gate
from edge.sensors.settings import WordsSettings
from edge.sensors.signals import AudioChunk
from edge.sensors.wyoming.asr import AsrWords
from tests.broker import Broker, Listener, running_broker, until
from tests.edge.sensors.wyoming.servers import peer, transcribing

if TYPE_CHECKING:
    from edge.outlets.mqtt.identity import Identity


def words(broker: Broker, identity: Identity, **settings: object) -> MqttWords:
    given = MqttSettings(host=broker.host, port=broker.plain)
    sensor = MqttWords(WordsSettings.model_validate({"source": "mqtt", **settings}), MqttInbox(given, identity))
    sensor.attach()
    until(lambda: sensor.condition() is None)
    return sensor


def say(broker: Broker, identity: Identity, *payloads: str, retain: bool = False) -> None:
    with Listener(broker, "nothing") as home:
        for payload in payloads:
            home.say(f"rapport/{identity.device_id}/say", payload, retain=retain)


def read(sensor: MqttWords) -> str:
    """The next words; the subscription may come a moment after the broker's welcome, so they are said again."""
    heard = sensor.read()
    assert heard is not None
    return heard.words


def listening(broker: Broker, identity: Identity, **settings: object) -> MqttWords:
    """A sensor whose subscription is known to work."""
    sensor = words(broker, identity, **settings)
    waiting = threading.Thread(target=sensor.read, daemon=True)
    waiting.start()
    while waiting.is_alive():
        say(broker, identity, "are you there")
        waiting.join(0.05)
    sensor._inlet.forget()  # type: ignore[union-attr]
    return sensor


def test_what_the_home_says_is_words_plain_or_json(broker: Broker, identity: Identity) -> None:
    sensor = listening(broker, identity)
    say(broker, identity, " I am\nglad ", json.dumps({"text": "我很好", "language": "zh"}))
    assert [read(sensor), read(sensor)] == ["I am glad", "我很好"]
    sensor.stop()
    assert sensor.read() is None


def test_a_bad_message_is_refused_counted_and_not_repeated_in_the_log(
    broker: Broker, identity: Identity, caplog: pytest.LogCaptureFixture
) -> None:
    sensor = listening(broker, identity, limit_chars=20)
    say(broker, identity, '{"text": "secret", "secret": 1}', "secret " * 10, '{"text": 1}', "fine")
    assert read(sensor) == "fine"
    sensor.stop()
    assert sensor.refused == 3
    assert "message refused (3 so far)" in caplog.text
    assert "secret" not in caplog.text


def test_another_device_and_what_the_broker_kept_are_not_heard(broker: Broker, identity: Identity) -> None:
    sensor = listening(broker, identity)
    with Listener(broker, "nothing") as home:
        home.say(f"rapport/{identity.device_id}x/say", "for another")
        home.say(f"rapport/{identity.device_id}/listen", "not words")
    say(broker, identity, "kept", retain=True)
    assert read(sensor) == "kept"  # it was listening when that was said
    sensor.stop()
    again = listening(broker, identity)
    say(broker, identity, "new")
    assert read(again) == "new"
    again.stop()
    say(broker, identity, "", retain=True)


def test_a_message_to_listen_is_a_push(broker: Broker, identity: Identity) -> None:
    inbox = MqttInbox(MqttSettings(host=broker.host, port=broker.plain), identity)
    gate = Gate(always=False, open_s=60.0)
    chunk = AudioChunk(np.zeros(1, np.int16), 1)
    with peer(transcribing("a")) as server, Listener(broker, "nothing") as home:
        sensor = AsrWords(WordsSettings(source=f"wyoming://127.0.0.1:{server.port}", open="push"), gate, inbox)
        sensor.attach()
        until(lambda: inbox.condition() is None)
        assert gate.admit(chunk, speaking=False) is None
        while gate.admit(chunk, speaking=False) is None:
            home.say(f"rapport/{identity.device_id}/listen", "")
        sensor.stop()
        assert gate.admit(chunk, speaking=False) is None


def test_nothing_is_connected_before_attach_and_after_stop(broker: Broker, identity: Identity) -> None:
    before = broker.connections(broker.plain)
    sensor = MqttWords(
        WordsSettings(source="mqtt"), MqttInbox(MqttSettings(host=broker.host, port=broker.plain), identity)
    )
    assert broker.connections(broker.plain) == before
    sensor.attach()
    until(lambda: sensor.condition() is None)
    connection = sensor._inbox._connection  # type: ignore[attr-defined]
    sensor.stop()
    until(lambda: str(connection.status) == "stopped")
    assert broker.connections(broker.plain) == before + 1


def test_a_broker_that_is_away_is_told_and_waited_for(identity: Identity) -> None:
    with running_broker() as first:
        sensor = words(first, identity)
        first.kill()
        until(lambda: sensor.condition() is not None)
        with running_broker("--plain", str(first.plain)) as second:
            until(lambda: sensor.condition() is None)
            heard: list[str] = []
            threading.Thread(target=lambda: heard.append(read(sensor)), daemon=True).start()
            while not heard:
                say(second, identity, "back")
            sensor.stop()
    assert heard == ["back"]


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b"\xff", "neither UTF-8"),
        (b"{", "neither UTF-8"),
        (b'{"a":' * 30, "neither UTF-8"),
        (b"", "no words"),
        (b" \n ", "no words"),
        (b'{"text": ""}', "text is wrong"),
        (b'{"text": "a", "language": "not a language"}', "language is wrong"),
        (b'{"text": "a", "more": 1}', "a field is wrong"),
        (b"x" * 21, "21 characters, at most 20"),
        (b"x" * 10_000, "10000 bytes, at most"),
    ],
)
def test_what_is_no_message_is_refused_with_the_reason(payload: bytes, why: str) -> None:
    with pytest.raises(Refused, match=why):
        words_of(payload, 20)


def test_the_longest_message_fits_escaped_as_it_is() -> None:
    payload = json.dumps({"text": "😀" * 20}).encode()
    assert words_of(payload, 20) == "😀" * 20
