"""A real broker for tests, by ``scripts/broker``, and a second client that listens to what arrives there."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from paho.mqtt.client import MQTTMessage

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "scripts" / "broker"
LONGEST_S = 20.0
"""Limit of every wait; nothing here takes a tenth of it on an idle machine."""


class Broker:
    """One run of ``scripts/broker``; the attributes are the keys of the line that it prints."""

    host: str
    plain: int
    password: int
    tls: int
    user: str
    secret: str
    password_file: str
    ca: str
    cert: str
    key: str
    log: str
    pid: int

    def __init__(self, *options: str) -> None:
        self._process = subprocess.Popen([str(SCRIPT), *options], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            message = f"scripts/broker ended with {self._process.wait()} before it was ready"
            raise RuntimeError(message)
        vars(self).update(json.loads(line))

    def connections(self, port: int) -> int:
        """Connections to the listener at ``port`` so far, by the broker's log, without the start's own check."""
        return len(re.findall(rf"New connection from \S+ on port {port}\.", Path(self.log).read_text())) - 1

    def kill(self) -> None:
        """Kill −9 the broker itself; the script then cleans up."""
        os.kill(self.pid, signal.SIGKILL)
        self._finish()

    def stop(self) -> None:
        """End the script, and with it the broker."""
        self._process.terminate()
        self._finish()

    def _finish(self) -> None:
        self._process.wait(LONGEST_S)
        if self._process.stdout is not None:
            self._process.stdout.close()


@contextmanager
def running_broker(*options: str) -> Iterator[Broker]:
    """A broker that ends with the block."""
    broker = Broker(*options)
    try:
        yield broker
    finally:
        broker.stop()


@dataclass(frozen=True)
class Heard:
    """One message, with its arrival time on the monotonic clock in s."""

    topic: str
    payload: bytes
    retain: bool
    qos: int
    at: float

    def json(self) -> Any:  # noqa: ANN401 - JSON is anything
        return json.loads(self.payload)


class Reachable(Protocol):
    """Any broker with a listener that asks for nothing."""

    host: str
    plain: int


class Listener:
    """A client of its own that keeps all it hears; ``with Listener(broker, "a/#") as listener``."""

    def __init__(self, broker: Reachable, *topics: str) -> None:
        self.heard: list[Heard] = []
        self._arrived = threading.Condition()
        self._subscribed = threading.Event()
        self._topics = topics
        self._client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv5)
        self._client.on_message = self._on_message
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.connect(broker.host, broker.plain)

    def __enter__(self) -> Self:
        self._client.loop_start()
        self._client.subscribe([(topic, 1) for topic in self._topics])
        assert self._subscribed.wait(LONGEST_S), "the broker did not answer the subscription"
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def say(self, topic: str, payload: str, *, retain: bool = False) -> None:
        """Publish, and wait until the broker has it."""
        self._client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(LONGEST_S)

    def wait(self, wanted: Callable[[Heard], bool], *, times: int = 1) -> Heard:
        """The ``times``-th message that is wanted, heard already or within LONGEST_S."""

        def found() -> list[Heard]:
            return [message for message in self.heard if wanted(message)]

        with self._arrived:
            if not self._arrived.wait_for(lambda: len(found()) >= times, LONGEST_S):
                message = f"heard only {[(m.topic, m.payload) for m in self.heard]}"
                raise AssertionError(message)
            return found()[times - 1]

    def on(self, topic: str, payload: str | None = None, *, times: int = 1) -> Heard:
        """The ``times``-th message on ``topic`` (with that ``payload``)."""
        return self.wait(lambda m: m.topic == topic and (payload is None or m.payload == payload.encode()), times=times)

    def _on_message(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        heard = Heard(message.topic, bytes(message.payload), message.retain, message.qos, time.monotonic())
        with self._arrived:
            self.heard.append(heard)
            self._arrived.notify_all()


def until(happened: Callable[[], bool], within_s: float = LONGEST_S) -> None:
    """Wait until ``happened()``, at most ``within_s``."""
    deadline = time.monotonic() + within_s
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)
