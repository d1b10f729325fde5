"""Many paho clients driven by one thread, and one more that hears them all."""

from __future__ import annotations

import heapq
import json
import selectors
import ssl
import time
from array import array
from collections import Counter
from itertools import count
from typing import TYPE_CHECKING

from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from edge.errors import OutletError
from edge.outlets.mqtt.credentials import tls_context

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from paho.mqtt.client import MQTTMessage
    from paho.mqtt.properties import Properties
    from paho.mqtt.reasoncodes import ReasonCode

    from fleet.broker.peer import Papers
    from fleet.load.messages import Sayings

CONNECT_S = 15.0
MISC_S = 1.0
"""paho looks after its keepalive at least this often."""
AGGREGATES = 4
"""So many aggregates come with one update."""


class Line:
    """One client, connected."""

    def __init__(self, port: int, papers: Papers, name: str) -> None:
        """Connect and wait until the broker has accepted it. Raises OutletError."""
        self.client = Client(CallbackAPIVersion.VERSION2, name, protocol=MQTTv5, reconnect_on_failure=False)
        self.client.tls_set_context(tls_context(papers.settings(port)))
        self.client.max_inflight_messages_set(20)
        self.accepted: int | None = None
        self.client.on_connect = self._on_connect
        try:
            self.client.connect("127.0.0.1", port)
            deadline = time.monotonic() + CONNECT_S
            while self.accepted is None and time.monotonic() < deadline:
                self.client.loop(0.05)
        except OSError as error:
            problem = f"the client {name} cannot connect to 127.0.0.1:{port}: {error}"
            raise OutletError(problem, "See the broker's log, and `ulimit -n`") from error
        if self.accepted != 0:
            problem = f"the broker did not accept the client {name} (code {self.accepted})"
            raise OutletError(problem, "See the broker's log, and `ulimit -n`")

    def _on_connect(self, _c: Client, _u: object, _f: object, code: ReasonCode, _p: Properties | None) -> None:
        self.accepted = code.value

    def read(self) -> None:
        """All that is there; TLS may hold more than the socket tells of."""
        while True:
            self.client.loop_read()
            link = self.client.socket()
            if not isinstance(link, ssl.SSLSocket) or not link.pending():
                return


class Swarm:
    """Sends at each device's own time, and notes what became of every message."""

    def __init__(self, every_s: float, chance: random.Random) -> None:
        self.sent = Counter[str]()
        self.bytes = Counter[str]()
        self.refused = 0
        self.lost = 0
        """Lines that broke."""
        self.latencies_s = array("d")
        """From the call of publish to its PUBACK, as this one thread sees it."""
        self.arrived = Counter[str]()
        """How often each id was heard by coordinator or receiver."""
        self._every_s = every_s
        self._chance = chance
        self._selector = selectors.DefaultSelector()
        self._lines: list[Line] = []
        self._devices: list[tuple[Line, Sayings, int]] = []
        self._due: list[tuple[float, int, Line, Sayings, int]] = []
        self._order = count()
        self._open: dict[tuple[int, int], float] = {}
        self._misc_at = 0.0

    def listen(self, line: Line, *filters: str) -> None:
        """``line`` is of one who listens."""
        line.client.on_message = self._on_message
        for one in filters:
            line.client.subscribe(one, qos=1)
        self._take(line)

    def add(self, line: Line, sayings: Sayings) -> None:
        """A device."""
        number = len(self._lines)
        line.client.on_publish = self._on_publish(number)
        self._take(line)
        self._devices.append((line, sayings, number))

    def run(self, until: float) -> None:
        """Send and hear until that monotonic time in s.

        The first message of each device comes at a random time within its interval, as devices do not keep step.
        """
        now = time.monotonic()
        for line, sayings, number in self._devices:
            first = now + self._chance.uniform(0, self._every_s)
            heapq.heappush(self._due, (first, next(self._order), line, sayings, number))
        while (now := time.monotonic()) < until:
            self._send_due(now)
            self._turn(min(until, self._due[0][0]))

    def drain(self, within_s: float) -> None:
        """Send nothing new; until all is acknowledged and has arrived, or the time is up."""
        until = time.monotonic() + within_s
        while time.monotonic() < until and (self._open or len(self.arrived) < len(self.latencies_s)):
            self._turn(until)

    def _turn(self, until: float) -> None:
        now = time.monotonic()
        for key, mask in self._selector.select(max(0.0, min(until - now, MISC_S))):
            self._serve(key.data, mask)
        if now >= self._misc_at:
            self._misc_at = now + MISC_S
            for line in self._lines:
                line.client.loop_misc()
                self._watch(line)

    def close(self) -> None:
        """Say goodbye, all of them."""
        for line in self._lines:
            line.client.disconnect()
            link = line.client.socket()
            if link is not None:
                link.close()
        self._selector.close()

    def _take(self, line: Line) -> None:
        link = line.client.socket()
        if link is None:
            self.lost += 1
            return
        self._lines.append(line)
        self._selector.register(link, selectors.EVENT_READ, line)

    def _send_due(self, now: float) -> None:
        while self._due and self._due[0][0] <= now:
            due, order, line, sayings, number = heapq.heappop(self._due)
            kind = "update" if order % (AGGREGATES + 1) == 0 else "aggregate"
            if kind == "update":
                topic, (_, payload) = sayings.update_topic, sayings.update(1)
            else:
                topic, (_, payload) = sayings.aggregate_topic, sayings.aggregate()
            began = time.monotonic()
            info = line.client.publish(topic, payload, qos=1)
            if info.rc == MQTTErrorCode.MQTT_ERR_SUCCESS:
                self._open[number, info.mid] = began
                self.sent[kind] += 1
                self.bytes[kind] += len(payload)
            else:
                self.refused += 1
            heapq.heappush(self._due, (due + self._every_s, next(self._order), line, sayings, number))

    def _serve(self, line: Line, mask: int) -> None:
        if mask & selectors.EVENT_READ:
            line.read()
        if mask & selectors.EVENT_WRITE:
            line.client.loop_write()
        self._watch(line)

    def _watch(self, line: Line) -> None:
        """Wait for writing only where something waits to be written; forget a line that broke."""
        link = line.client.socket()
        if link is None:
            for key in [key for key in self._selector.get_map().values() if key.data is line]:
                self._selector.unregister(key.fileobj)
                self.lost += 1
            return
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if line.client.want_write() else 0)
        if self._selector.get_key(link).events != wanted:
            self._selector.modify(link, wanted, line)

    def _on_publish(self, number: int) -> Callable[..., None]:
        def heard(_c: Client, _u: object, mid: int, code: ReasonCode, _p: Properties | None) -> None:
            began = self._open.pop((number, mid), None)
            if code.is_failure:
                self.refused += 1
            elif began is not None:
                self.latencies_s.append(time.monotonic() - began)

        return heard

    def _on_message(self, _c: Client, _u: object, message: MQTTMessage) -> None:
        self.arrived[json.loads(message.payload)["id"]] += 1
