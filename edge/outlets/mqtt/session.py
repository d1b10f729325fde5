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
from typing import TYPE_CHECKING, NamedTuple

from paho.mqtt.client import MQTT_LOG_DEBUG, MQTT_LOG_ERR, Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from edge.errors import OutletError
from edge.outlets.mqtt import credentials, faults

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

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
WINDOW = 20
"""Messages that we send unacknowledged, where the broker does not want fewer."""
ACKNOWLEDGED_S = 60.0
"""A broker that answers pings and acknowledges nothing for so long is stuck: only a new connection frees the window
(MQTT 5.0, section 4.4: nothing may be sent again within one)."""
MALFORMED = "Received malformed packet"
"""How paho says that an answer makes no sense to it, such as a reason code of the wrong packet: it then hangs up."""
HEADER_BYTES = 16
"""The most of a PUBLISH packet beside topic and payload, as we send it: type, lengths, number, properties."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message to publish or one that was heard."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False
    number: int = 0
    """Under which one that was heard is acknowledged; see ``Terms.by_hand``."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked of the broker beside admission.

    Attributes:
        lasts_s: how long (s) the broker keeps subscriptions and messages for this client while it is away. 0 for a
            device: what it has to say waits in its own outbox, and what was said to it meanwhile is out of date.
        by_hand: what was heard is acknowledged by ``Session.acknowledge`` alone, and comes again until then.
        window: messages that are sent unacknowledged, at most.
    """

    lasts_s: int = 0
    by_hand: bool = False
    window: int = WINDOW


class _Open(NamedTuple):
    """What the broker has not answered yet; ``answered`` gets its reason code, and the code in words."""

    topic: str
    since: float
    answered: Callable[[int, str], None] | None


class Session:
    """``connect`` → ``pump`` … → ``close``. For one thread."""

    def __init__(
        self, settings: MqttSettings, client_id: str, will: Message | None = None, terms: Terms | None = None
    ) -> None:
        """Raises OutletError when a credential's file cannot be used."""
        self._settings = settings
        self._terms = terms or Terms()
        self.accepted = False
        self.fault: faults.Fault | None = None
        self.window = self._terms.window
        """Messages that may be sent unacknowledged; the broker may want fewer."""
        self.blame: str | None = None
        """Why the broker ended the connection on account of what it was sent, in words; None where it did not."""
        self._most_bytes: int | None = None
        self.heard: deque[Message] = deque(maxlen=WAITING)
        self.acknowledged: deque[int] = deque(maxlen=2 * WAITING)
        self.rejections: deque[str] = deque(maxlen=WAITING)
        """What the broker or paho refused to publish or to subscribe, in words; the owner takes them out."""
        self._open: dict[int, _Open] = {}
        self._detail: str | None = None
        self._client = self._make(client_id, will)

    def connect(self) -> None:
        """Reach the broker and ask to be admitted; the outcome is ``fault``, or ``accepted`` after some ``pump``."""
        wishes = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        wishes.SessionExpiryInterval = self._terms.lasts_s
        wishes.ReceiveMaximum = RECEIVE_MAXIMUM
        settings = self._settings
        try:
            clean = self._terms.lasts_s == 0
            self._client.connect(
                settings.host, settings.port, settings.keepalive_s, clean_start=clean, properties=wishes
            )
        except (OSError, ValueError) as error:  # ValueError: a name that cannot be one
            self.fault = faults.of_exception(error, settings)

    @property
    def alive(self) -> bool:
        """Whether there is still something to wait for; when not, ``fault`` says why.

        The socket may be gone after a publish as well as after a ``pump``, as paho writes at once.
        """
        if self.fault is None and self._client.socket() is None:
            if self.accepted:
                self.fault = faults.of_loss(self._settings, self._detail, malformed=self.blame is not None)
            else:
                self.fault = faults.of_silence(self._settings, self._detail)
        if self.fault is None and self._open:
            oldest = next(iter(self._open.values()))
            if time.monotonic() - oldest.since > ACKNOWLEDGED_S:
                self.fault = faults.of_deafness(self._settings, oldest.topic, ACKNOWLEDGED_S)
        return self.fault is None

    @property
    def settled(self) -> bool:
        """Whether the broker has acknowledged everything."""
        return not self._open

    @property
    def unanswered(self) -> int:
        """How many messages and subscriptions the broker has not answered."""
        return len(self._open)

    def unfit(self, message: Message) -> str | None:
        """Why the broker takes no message like this one, by what it said when it admitted us; None where it may."""
        size = len(message.topic.encode()) + len(message.payload) + HEADER_BYTES
        if self._most_bytes is None or size <= self._most_bytes:
            return None
        return f"it has {size} bytes with its header, the broker takes at most {self._most_bytes}"

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

    def publish(self, message: Message, answered: Callable[[int, str], None] | None = None) -> int | None:
        """The message's number, under which ``acknowledged`` will name it; None when it did not go out, which is noted.

        Args:
            message: what is said.
            answered: called with the broker's reason code, and that in words, when it answers.
        """
        if (problem := self.unfit(message)) is not None:  # it would end the connection
            self.rejections.append(f"{message.topic} was not published: {problem}")
            return None
        info = self._client.publish(message.topic, bytes(message.payload), message.qos, message.retain)
        if info.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            self.rejections.append(f"{message.topic} was not published: {info.rc.name}")
            return None
        if message.qos:
            self._open[info.mid] = _Open(message.topic, time.monotonic(), answered)
        return info.mid

    def acknowledge(self, message: Message) -> None:
        """What was heard is dealt with, where ``Terms.by_hand`` asks for that."""
        if message.qos:
            self._client.ack(message.number, message.qos)

    def subscribe(self, topic: str, *, kept: bool = False) -> None:
        """QoS 1; with what the broker kept from earlier only where ``kept``."""
        handling = SubscribeOptions.RETAIN_SEND_ON_SUBSCRIBE if kept else SubscribeOptions.RETAIN_DO_NOT_SEND
        options = SubscribeOptions(qos=1, retainHandling=handling)
        code, mid = self._client.subscribe(topic, options=options)
        if code != MQTTErrorCode.MQTT_ERR_SUCCESS or mid is None:
            self.rejections.append(f"{topic} was not subscribed: {code.name}")
            return
        self._open[mid] = _Open(topic, time.monotonic(), None)

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
        client.max_inflight_messages_set(self._terms.window)
        client.manual_ack_set(self._terms.by_hand)
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

    def _on_connect(self, _c: Client, _u: object, _f: ConnectFlags, code: ReasonCode, said: Properties | None) -> None:
        if code.is_failure:
            self.fault = faults.of_reason(code, self._settings)
            return
        self.accepted = True
        if said is not None:  # what the broker does not mention is not limited (MQTT 5.0, section 3.2.2.3)
            self.window = max(1, min(self.window, getattr(said, "ReceiveMaximum", self.window)))
            self._most_bytes = getattr(said, "MaximumPacketSize", None)
            if getattr(said, "MaximumQoS", 2) == 0:
                self.fault = faults.of_no_answers(self._settings)

    def _on_disconnect(
        self, _c: Client, _u: object, flags: DisconnectFlags, code: ReasonCode, _p: Properties | None
    ) -> None:
        if self.fault is None and flags.is_disconnect_packet_from_server:
            self.fault = faults.of_reason(code, self._settings)
            if code.value in faults.OF_A_MESSAGE:
                self.blame = str(code)

    def _on_publish(self, _c: Client, _u: object, mid: int, code: ReasonCode, _p: Properties) -> None:
        opened = self._open.pop(mid, None)
        if opened is None:
            return
        if code.is_failure:
            self.rejections.append(f"{opened.topic} was refused by the broker: {code}")
        self.acknowledged.append(mid)
        if opened.answered is not None:
            opened.answered(int(code.value), str(code))

    def _on_subscribe(self, _c: Client, _u: object, mid: int, codes: list[ReasonCode], _p: Properties | None) -> None:
        opened = self._open.pop(mid, None)
        topic = "" if opened is None else opened.topic
        self.rejections.extend(f"{topic} may not be subscribed: {code}" for code in codes if code.is_failure)

    def _on_message(self, _c: Client, _u: object, message: MQTTMessage) -> None:
        self.heard.append(Message(message.topic, bytes(message.payload), message.qos, message.retain, message.mid))

    def _on_log(self, _c: Client, _u: object, level: int, text: str) -> None:
        if level == MQTT_LOG_DEBUG and text.startswith(MALFORMED):
            self._detail = self.blame = text.partition(": ")[2] or text
        elif level == MQTT_LOG_ERR:
            self._detail = text.rpartition(": ")[2] if "[" not in text else text.partition(": ")[2]


def open_session(
    settings: MqttSettings, client_id: str, will: Message | None = None, terms: Terms | None = None
) -> Session | faults.Fault:
    """A Session that has asked to be admitted, or the fault that kept it from asking."""
    try:
        session = Session(settings, client_id, will, terms)
    except OutletError as error:
        return faults.Fault(error.problem, error.remedy, lasting=True)
    session.connect()
    return session if session.fault is None else session.fault
