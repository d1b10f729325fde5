"""One attempt to reach the broker and, when it is accepted, one connection.

A Session has its own paho client, so that nothing unsent of an old connection comes back in a new one. It is driven by
one thread through paho's interface for outside event loops; paho's callbacks only note what happened.
"""

from __future__ import annotations

import select
import ssl
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paho.mqtt.client import MQTT_LOG_ERR, Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from edge.errors import OutletError
from edge.outlets.mqtt import credentials, faults

if TYPE_CHECKING:
    import socket

    from paho.mqtt.client import ConnectFlags, DisconnectFlags, MQTTMessage
    from paho.mqtt.reasoncodes import ReasonCode

    from edge.outlets.mqtt.settings import MqttSettings

CONNECT_S = 5.0
"""Limit of each step of connecting: TCP, TLS, and the broker's answer."""
TICK_S = 1.0
"""paho looks after the keepalive at least this often."""
WAITING = 64
"""Messages that may wait for a broker that reads slowly; beyond it a publish fails and is counted."""
RECEIVE_MAXIMUM = 20
"""Messages that the broker may send unacknowledged; we hear little."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message to publish or one that was heard."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False


class Session:
    """``connect`` → ``pump`` … → ``close``. For one thread."""

    def __init__(self, settings: MqttSettings, client_id: str, will: Message | None = None) -> None:
        """Raises OutletError when a credential's file cannot be used."""
        self._settings = settings
        self.accepted = False
        self.fault: faults.Fault | None = None
        self.heard: deque[Message] = deque(maxlen=WAITING)
        self.acknowledged: deque[int] = deque(maxlen=2 * WAITING)
        self.rejections: deque[str] = deque(maxlen=WAITING)
        """What the broker or paho refused to publish or to subscribe, in words; the owner takes them out."""
        self._open: dict[int, str] = {}
        self._detail: str | None = None
        self._client = self._make(client_id, will)

    def connect(self) -> None:
        """Reach the broker and ask to be admitted; the outcome is ``fault``, or ``accepted`` after some ``pump``."""
        wishes = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        wishes.SessionExpiryInterval = 0
        wishes.ReceiveMaximum = RECEIVE_MAXIMUM
        settings = self._settings
        try:
            self._client.connect(
                settings.host, settings.port, settings.keepalive_s, clean_start=True, properties=wishes
            )
        except (OSError, ValueError) as error:  # ValueError: a name that cannot be one
            self.fault = faults.of_exception(error, settings)

    @property
    def alive(self) -> bool:
        """Whether there is still something to wait for; when not, ``fault`` says why.

        The socket may be gone after a publish as well as after a ``pump``, as paho writes at once.
        """
        if self.fault is None and self._client.socket() is None:
            of = faults.of_loss if self.accepted else faults.of_silence
            self.fault = of(self._settings, self._detail)
        return self.fault is None

    @property
    def settled(self) -> bool:
        """Whether the broker has acknowledged everything."""
        return not self._open

    def pump(self, until: float, wake: socket.socket | None = None) -> None:
        """Read and write until ``until`` (``time.monotonic`` s), something came in, or ``wake`` became readable."""
        link = self._client.socket()
        if link is None:
            return
        waiting_inside = isinstance(link, ssl.SSLSocket) and link.pending() > 0
        timeout = 0.0 if waiting_inside else min(max(until - time.monotonic(), 0.0), TICK_S)
        to_read = [link] if wake is None else [link, wake]
        to_write = [link] if self._client.want_write() else []
        readable, writable, _ = select.select(to_read, to_write, [], timeout)
        if link in readable or waiting_inside:
            self._client.loop_read()
        if link in writable:
            self._client.loop_write()
        self._client.loop_misc()

    def publish(self, message: Message) -> int | None:
        """The message's number, under which ``acknowledged`` will name it; None when paho refused, which is noted."""
        info = self._client.publish(message.topic, bytes(message.payload), message.qos, message.retain)
        if info.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            self.rejections.append(f"{message.topic} was not published: {info.rc.name}")
            return None
        if message.qos:
            self._open[info.mid] = message.topic
        return info.mid

    def subscribe(self, topic: str, *, kept: bool = False) -> None:
        """QoS 1; with what the broker kept from earlier only where ``kept``."""
        handling = SubscribeOptions.RETAIN_SEND_ON_SUBSCRIBE if kept else SubscribeOptions.RETAIN_DO_NOT_SEND
        options = SubscribeOptions(qos=1, retainHandling=handling)
        code, mid = self._client.subscribe(topic, options=options)
        if code != MQTTErrorCode.MQTT_ERR_SUCCESS or mid is None:
            self.rejections.append(f"{topic} was not subscribed: {code.name}")
            return
        self._open[mid] = topic

    def close(self) -> None:
        """Say goodbye, so that the broker keeps the will to itself, and close the socket."""
        self._client.disconnect()
        link = self._client.socket()
        if link is not None:
            link.close()

    def _make(self, client_id: str, will: Message | None) -> Client:
        settings = self._settings
        client = Client(CallbackAPIVersion.VERSION2, client_id, protocol=MQTTv5, reconnect_on_failure=False)
        client.connect_timeout = CONNECT_S
        client.max_queued_messages_set(WAITING)
        if settings.username:
            client.username_pw_set(settings.username, credentials.password(settings))
        context = credentials.tls_context(settings)
        if context is not None:
            client.tls_set_context(context)
        if will is not None:
            client.will_set(will.topic, will.payload, will.qos, will.retain)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_publish = self._on_publish
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        client.on_log = self._on_log
        return client

    def _on_connect(self, _c: Client, _u: object, _f: ConnectFlags, code: ReasonCode, _p: Properties | None) -> None:
        if code.is_failure:
            self.fault = faults.of_reason(code, self._settings)
        else:
            self.accepted = True

    def _on_disconnect(
        self, _c: Client, _u: object, flags: DisconnectFlags, code: ReasonCode, _p: Properties | None
    ) -> None:
        if self.fault is None and flags.is_disconnect_packet_from_server:
            self.fault = faults.of_reason(code, self._settings)

    def _on_publish(self, _c: Client, _u: object, mid: int, code: ReasonCode, _p: Properties) -> None:
        topic = self._open.pop(mid, None)
        if topic is None:
            return
        if code.is_failure:
            self.rejections.append(f"{topic} was refused by the broker: {code}")
        self.acknowledged.append(mid)

    def _on_subscribe(self, _c: Client, _u: object, mid: int, codes: list[ReasonCode], _p: Properties | None) -> None:
        topic = self._open.pop(mid, "")
        self.rejections.extend(f"{topic} may not be subscribed: {code}" for code in codes if code.is_failure)

    def _on_message(self, _c: Client, _u: object, message: MQTTMessage) -> None:
        self.heard.append(Message(message.topic, bytes(message.payload), message.qos, message.retain))

    def _on_log(self, _c: Client, _u: object, level: int, text: str) -> None:
        if level == MQTT_LOG_ERR:
            self._detail = text.rpartition(": ")[2] if "[" not in text else text.partition(": ")[2]


def open_session(settings: MqttSettings, client_id: str, will: Message | None = None) -> Session | faults.Fault:
    """A Session that has asked to be admitted, or the fault that kept it from asking."""
    try:
        session = Session(settings, client_id, will)
    except OutletError as error:
        return faults.Fault(error.problem, error.remedy, lasting=True)
    session.connect()
    return session if session.fault is None else session.fault
