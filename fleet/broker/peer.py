"""One client with a certificate, for trials: it keeps all that it hears, and waits for the broker's word."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from edge.outlets.mqtt.credentials import tls_context
from edge.outlets.mqtt.settings import MqttSettings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from paho.mqtt.client import MQTTMessage
    from paho.mqtt.reasoncodes import ReasonCode

LONGEST_S = 20.0
"""Limit of every wait for what must come."""
REFUSED_S = 3.0
"""How long a connection that must not be accepted is waited for."""
KEPT_S = 3600
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Papers:
    """Three files in PEM; without a certificate ``cert`` and ``key`` are None."""

    ca: Path
    cert: Path | None = None
    key: Path | None = None

    @classmethod
    def of(cls, folder: Path) -> Papers:
        """Those in a folder that ``scripts/household-ca`` made."""
        return cls(folder / "ca.crt", folder / "certificate.crt", folder / "private.key")

    def settings(self, port: int, host: str = LOOPBACK) -> MqttSettings:
        """As a device has them."""
        return MqttSettings(host=host, port=port, tls=True, tls_ca=self.ca, tls_cert=self.cert, tls_key=self.key)


class Peer:
    """``connect`` → ``subscribe`` / ``publish`` … → ``close`` or ``drop``."""

    def __init__(
        self,
        port: int,
        papers: Papers,
        client_id: str = "",
        *,
        keep: bool = False,
        host: str = LOOPBACK,
        will: tuple[str, bytes] | None = None,
    ) -> None:
        """Not connected yet.

        Args:
            port: of a broker on this machine, with TLS.
            papers: who it is.
            client_id: empty: the broker gives one.
            host: a name or address of this machine, as in the broker's certificate.
            keep: whether it takes up a session that is there, and leaves one behind.
            will: topic and payload of a last will.
        """
        self.heard: list[tuple[str, bytes]] = []
        self._keep = keep
        self._host, self._port = host, port
        self._changed = threading.Condition()
        self._accepted: int | None = None
        self._ended = False
        self._subscribed = 0
        self._answers: dict[int, int] = {}
        self._client = Client(
            CallbackAPIVersion.VERSION2, client_id, protocol=MQTTv5, reconnect_on_failure=False, manual_ack=True
        )
        self._client.tls_set_context(tls_context(papers.settings(port, host)))
        if will is not None:
            self._client.will_set(will[0], will[1], qos=1)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = lambda *_: self._note(lambda: setattr(self, "_ended", True))
        self._client.on_message = self._on_message
        self._client.on_subscribe = self._on_subscribe
        self._client.on_publish = self._on_publish

    def connect(self, within_s: float = LONGEST_S) -> bool:
        """Whether the broker accepted it in time; a broken handshake is a no."""
        wishes = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        wishes.SessionExpiryInterval = KEPT_S if self._keep else 0
        try:
            self._client.connect(self._host, self._port, clean_start=not self._keep, properties=wishes)
        except OSError:
            return False
        self._client.loop_start()
        with self._changed:
            self._changed.wait_for(lambda: self._accepted is not None or self._ended, within_s)
        return self._accepted == 0

    def subscribe(self, *filters: str) -> None:
        """All of them at QoS 1; the answer is waited for, whatever it is."""
        for one in filters:
            code, _ = self._client.subscribe(one, qos=1)
            if code != MQTTErrorCode.MQTT_ERR_SUCCESS:
                return
        with self._changed:
            self._changed.wait_for(lambda: self._subscribed >= len(filters), LONGEST_S)

    def publish(self, topic: str, payload: bytes, qos: int = 1, *, retain: bool = False, alias: int = 0) -> int:
        """The broker's reason code for it; 0 is success, −1 that there was none to be had."""
        properties = None
        if alias:
            properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
            properties.TopicAlias = alias
        info = self._client.publish(topic, payload, qos, retain, properties)
        if info.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            return -1
        with self._changed:
            self._changed.wait_for(lambda: info.mid in self._answers, LONGEST_S)
            return self._answers.pop(info.mid, -1)

    def wait(self, wanted: Callable[[str, bytes], bool], within_s: float = LONGEST_S) -> bool:
        """Whether such a message was heard, or is in time."""
        with self._changed:
            return self._changed.wait_for(lambda: any(wanted(*heard) for heard in self.heard), within_s)

    def close(self) -> None:
        """Say goodbye."""
        self._client.disconnect()
        self._client.loop_stop()

    def drop(self) -> None:
        """Go without a word, so that the broker sends the last will."""
        link = self._client.socket()
        if isinstance(link, socket.socket):
            link.shutdown(socket.SHUT_RDWR)
        self._client.loop_stop()

    def __enter__(self) -> Self:
        """Connect. Raises AssertionError where the broker does not accept it."""
        if not self.connect():
            message = "the broker did not accept this client"
            raise AssertionError(message)
        return self

    def __exit__(self, *_: object) -> None:
        """Say goodbye."""
        self.close()

    def _note(self, change: Callable[[], object]) -> None:
        with self._changed:
            change()
            self._changed.notify_all()

    def _on_connect(self, _c: Client, _u: object, _f: object, code: ReasonCode, _p: Properties | None) -> None:
        self._note(lambda: setattr(self, "_accepted", code.value))

    def _on_subscribe(self, _c: Client, _u: object, _m: int, codes: list[ReasonCode], _p: Properties | None) -> None:
        self._note(lambda: setattr(self, "_subscribed", self._subscribed + len(codes)))

    def _on_publish(self, _c: Client, _u: object, mid: int, code: ReasonCode, _p: Properties | None) -> None:
        self._note(lambda: self._answers.update({mid: code.value}))

    def _on_message(self, _c: Client, _u: object, message: MQTTMessage) -> None:
        # Before anybody is told: whoever then says goodbye at once would have it come again.
        self._client.ack(message.mid, message.qos)
        self._note(lambda: self.heard.append((message.topic, bytes(message.payload))))


def settle() -> None:
    """Time for what should not arrive to arrive all the same, where no message after it could tell."""
    time.sleep(0.3)
