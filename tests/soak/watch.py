"""Watches the runtime: its metrics page, memory, events, notifications to systemd, and what the home hears."""

from __future__ import annotations

import http.client
import json
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from edge.cli.bench.whole import _rss_mib
from tests.soak.broker import PASSWORD, USER
from tests.soak.control import listening

if TYPE_CHECKING:
    from paho.mqtt.client import MQTTMessage

LOOK_S, RSS_S = 0.5, 5.0
SENSES = ("face", "voice", "text")


@dataclass(frozen=True, slots=True)
class Sample:
    """The metrics page at one moment; counts since the start."""

    at: float
    states: dict[str, str]
    restarts: dict[str, int]
    told: dict[str, int]
    """Readings and abstentions together."""
    abstained: dict[str, int]
    turns: int


@dataclass(slots=True)
class Seen:
    """All that was seen, with times of CLOCK_MONOTONIC in seconds."""

    samples: list[Sample] = field(default_factory=list)
    rss: list[tuple[float, float]] = field(default_factory=list)
    anonymous: list[tuple[float, float]] = field(default_factory=list)
    """What of it is in no file: the heap and other memory of its own, in MiB."""
    latencies: list[tuple[float, str, float]] = field(default_factory=list)
    ages: list[tuple[float, float, bool]] = field(default_factory=list)
    """Of each State at its publication: when, its age in s, and whether it rests on any sense."""
    heard: list[tuple[float, str]] = field(default_factory=list)
    """What the home heard: when, topic."""
    notified: list[tuple[float, str]] = field(default_factory=list)

    def between(self, begin: float, end: float) -> list[Sample]:
        """The samples of a span."""
        return [sample for sample in list(self.samples) if begin <= sample.at <= end]


def parsed(text: str, at: float) -> Sample:
    """One scrape."""
    states: dict[str, str] = {}
    counts: dict[str, dict[str, int]] = {name: {} for name in ("readings", "abstentions", "lane_restarts")}
    turns = 0
    for family in text_string_to_metric_families(text):  # type: ignore[no-untyped-call]
        name = family.name.removeprefix("rapport_")
        for sample in family.samples:
            if name == "lane_state" and sample.value:
                states[sample.labels["sense"]] = sample.labels["rapport_lane_state"]
            elif name in counts:
                counts[name][sample.labels["sense"]] = int(sample.value)
            elif name == "loop_turns":
                turns = int(sample.value)
    told = {sense: counts["readings"][sense] + counts["abstentions"][sense] for sense in SENSES}
    return Sample(at, states, counts["lane_restarts"], told, counts["abstentions"], turns)


class Watcher:
    """Threads that look, until ``stop``."""

    def __init__(self, pid: int, metrics: int, broker: int, events: Path, notify: Path) -> None:
        self.seen = Seen()
        self._pid, self._metrics, self._broker = pid, metrics, broker
        self._stopping = threading.Event()
        self._sockets = {"events": listening(events), "notify": listening(notify)}
        self._client = self._listener()
        targets = (self._scrape, self._weigh, lambda: self._receive("events"), lambda: self._receive("notify"))
        self._threads = [threading.Thread(target=target, daemon=True) for target in targets]

    def start(self) -> None:
        """Begin to look."""
        for thread in self._threads:
            thread.start()
        self._client.loop_start()

    def stop(self) -> None:
        """End all threads."""
        self._stopping.set()
        self._client.disconnect()
        self._client.loop_stop()
        for thread in self._threads:
            thread.join(2.0)

    def say(self, topic: str, payload: bytes) -> None:
        """Publish as any other client of the broker."""
        self._client.publish(topic, payload, qos=0)

    def _listener(self) -> Client:
        client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv5)
        client.username_pw_set(USER, PASSWORD)
        client.reconnect_delay_set(1, 1)

        def on_connect(*_: object) -> None:
            client.subscribe("rapport/#")

        def on_message(_client: Client, _userdata: object, message: MQTTMessage) -> None:
            if not message.retain:
                self.seen.heard.append((time.monotonic(), message.topic))

        client.on_connect = on_connect
        client.on_message = on_message
        client.connect_async("127.0.0.1", self._broker)
        return client

    def _scrape(self) -> None:
        while not self._stopping.wait(LOOK_S):
            with suppress(OSError, http.client.HTTPException, ValueError, KeyError):
                connection = http.client.HTTPConnection("127.0.0.1", self._metrics, timeout=2)
                connection.request("GET", "/metrics", headers={"Accept": "application/openmetrics-text"})
                text = connection.getresponse().read().decode()
                connection.close()
                self.seen.samples.append(parsed(text, time.monotonic()))

    def _weigh(self) -> None:
        while not self._stopping.is_set():
            with suppress(OSError):
                now = time.monotonic()
                self.seen.rss.append((now, _rss_mib(self._pid)))
                self.seen.anonymous.append((now, _anonymous_mib(self._pid)))
            self._stopping.wait(RSS_S)

    def _receive(self, which: str) -> None:
        while not self._stopping.is_set():
            try:
                raw = self._sockets[which].recv(65536)
            except TimeoutError:
                continue
            now = time.monotonic()
            if which == "notify":
                self.seen.notified.append((now, raw.decode(errors="replace")))
            else:
                self._note(now, json.loads(raw))

    def _note(self, now: float, event: list[Any]) -> None:
        kind, first, second = event
        if kind == "latency":
            self.seen.latencies.append((now, first, second))
        elif kind == "published":
            self.seen.ages.append((now, first, second))


def _anonymous_mib(pid: int) -> float:
    """By proc_pid_status(5)."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon")), 0.0)
