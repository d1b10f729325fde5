"""The coordinator's line to the broker. Nothing is acknowledged before the owner says so.

The broker keeps a session for the client's id, so what devices send while the coordinator is away waits there; what was
handed over and not acknowledged comes again. One thread drives it, through paho's interface for outside loops.
"""

from __future__ import annotations

import random
import time
from collections import deque
from typing import TYPE_CHECKING

from paho.mqtt.client import MQTT_LOG_ERR, Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from edge.outlets.mqtt import credentials, faults
from fleet.coordinator.checks import Incoming

if TYPE_CHECKING:
    from paho.mqtt.client import ConnectFlags, DisconnectFlags, MQTTMessage
    from paho.mqtt.reasoncodes import ReasonCode

    from edge.outlets.mqtt.settings import MqttSettings

CONNECT_S = 10.0
"""Limit for TCP, TLS and the broker's answer together."""
FIRST_WAIT_S, LONGEST_WAIT_S, GROWTH, JITTER = 1.0, 60.0, 2.0, 0.2
"""Between attempts to reach a broker that is away."""
SESSION_S = 30 * 86_400
"""How long the broker keeps what came in while we are away."""
RECEIVE_MAXIMUM = 500
"""Messages that the broker may hand over before one of them is acknowledged; so much is kept in one transaction."""
LARGEST_PACKET = 1 << 20
"""Bytes; the broker drops what is larger, and it costs us no memory."""
UPDATES = "fleet/+/update"


class Link:
    """``pump`` again and again; what it gives is to be acknowledged with ``acknowledge``. Raises OutletError."""

    def __init__(self, settings: MqttSettings, client_id: str) -> None:
        self._settings = settings
        self._client_id = client_id
        self._client: Client | None = None
        self._heard: deque[Incoming] = deque()
        self._open: set[int] = set()
        self._deadline = self._next_try = 0.0
        self._wait_s = FIRST_WAIT_S
        self._detail: str | None = None
        self._chance = random.Random()  # noqa: S311 - spreads load, guards nothing
        self.online = False
        """Whether the broker has taken us in and hands over updates."""
        self.fault: faults.Fault | None = None
        """Why not, where it does not."""
        self.rejections: deque[str] = deque(maxlen=64)
        """What the broker refused, in words; the owner takes them out."""

    @property
    def settled(self) -> bool:
        """Whether the broker has acknowledged everything that was published."""
        return self.online and not self._open

    def pump(self, timeout_s: float) -> list[Incoming]:
        """Connect where there is no line, read and write; messages that came in, at most RECEIVE_MAXIMUM."""
        now = time.monotonic()
        if self._client is None:
            if now < self._next_try:
                time.sleep(min(timeout_s, self._next_try - now))
                return []
            self._connect()
            return []
        code = self._client.loop(timeout_s)
        while code == MQTTErrorCode.MQTT_ERR_SUCCESS and self._heard and len(self._heard) < RECEIVE_MAXIMUM:
            before = len(self._heard)
            code = self._client.loop(0.0)
            if len(self._heard) == before:
                break
        if not self.online and self.fault is None and time.monotonic() > self._deadline:
            self.fault = faults.of_silence(self._settings, None)
        if code != MQTTErrorCode.MQTT_ERR_SUCCESS or self.fault is not None:
            self._lose()
            return []
        found = list(self._heard)
        self._heard.clear()
        return found

    def acknowledge(self, messages: list[Incoming]) -> None:
        """The broker may forget these; where the line is lost by now, they come again."""
        for message in messages:
            if self._client is not None and message.number:
                self._client.ack(message.number, 1)

    def publish(self, topic: str, payload: bytes) -> None:
        """Have the broker keep ``payload``; where the line is lost, the owner publishes anew when it is back."""
        if self._client is None:
            return
        info = self._client.publish(topic, payload, qos=1, retain=True)
        if info.rc == MQTTErrorCode.MQTT_ERR_SUCCESS:
            self._open.add(info.mid)

    def close(self) -> None:
        """Say goodbye; the broker keeps the session."""
        if self._client is not None:
            self._client.disconnect()
            self._drop()

    def _connect(self) -> None:
        self._open.clear()
        self._heard.clear()
        self._detail = self.fault = None
        client = self._made()
        wishes = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        wishes.SessionExpiryInterval = SESSION_S
        wishes.ReceiveMaximum = RECEIVE_MAXIMUM
        wishes.MaximumPacketSize = LARGEST_PACKET
        settings = self._settings
        self._client = client
        self._deadline = time.monotonic() + CONNECT_S
        try:
            client.connect(settings.host, settings.port, settings.keepalive_s, clean_start=False, properties=wishes)
        except (OSError, ValueError) as error:
            self.fault = faults.of_exception(error, settings)
            self._lose()

    def _made(self) -> Client:
        settings = self._settings
        client = Client(
            CallbackAPIVersion.VERSION2,
            self._client_id,
            protocol=MQTTv5,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.connect_timeout = CONNECT_S
        if settings.username:
            client.username_pw_set(settings.username, credentials.password(settings))
        context = credentials.tls_context(settings)
        if context is not None:
            client.tls_set_context(context)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        client.on_log = self._on_log
        return client

    def _lose(self) -> None:
        """The line is gone: note why, and when to try again."""
        if self.fault is None:
            of = faults.of_loss if self.online else faults.of_silence
            self.fault = of(self._settings, self._detail)
        if self.online:
            self._wait_s = FIRST_WAIT_S
        self._drop()
        self._next_try = time.monotonic() + self._wait_s * self._chance.uniform(1 - JITTER, 1 + JITTER)
        self._wait_s = min(self._wait_s * GROWTH, LONGEST_WAIT_S)

    def _drop(self) -> None:
        self.online = False
        self._heard.clear()
        if self._client is not None:
            link = self._client.socket()
            if link is not None:
                link.close()
            self._client = None

    def _on_connect(
        self, client: Client, _u: object, _f: ConnectFlags, code: ReasonCode, _p: Properties | None
    ) -> None:
        if code.is_failure:
            self.fault = faults.of_reason(code, self._settings)
        else:
            never = SubscribeOptions.RETAIN_DO_NOT_SEND  # what a device had the broker keep was heard before
            client.subscribe(UPDATES, options=SubscribeOptions(qos=1, retainHandling=never))

    def _on_disconnect(
        self, _c: Client, _u: object, flags: DisconnectFlags, code: ReasonCode, _p: Properties | None
    ) -> None:
        if self.fault is None and flags.is_disconnect_packet_from_server:
            self.fault = faults.of_reason(code, self._settings)

    def _on_subscribe(self, _c: Client, _u: object, _mid: int, codes: list[ReasonCode], _p: Properties | None) -> None:
        refused = [str(code) for code in codes if code.is_failure]
        if refused:
            problem = f"the broker does not let us subscribe to {UPDATES}: {', '.join(refused)}"
            self.fault = faults.Fault(problem, "Allow it to the coordinator in the broker's access list", lasting=True)
        else:
            self.online = True

    def _on_publish(self, _c: Client, _u: object, mid: int, code: ReasonCode, _p: Properties) -> None:
        self._open.discard(mid)
        if code.is_failure:
            self.rejections.append(f"the broker refused what we published: {code}")

    def _on_message(self, _c: Client, _u: object, message: MQTTMessage) -> None:
        number = message.mid if message.qos else 0
        self._heard.append(Incoming(message.topic, bytes(message.payload), message.dup, number))

    def _on_log(self, _c: Client, _u: object, level: int, text: str) -> None:
        if level == MQTT_LOG_ERR:
            self._detail = text.rpartition(": ")[2] if "[" not in text else text.partition(": ")[2]
