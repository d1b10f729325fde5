"""What the home says to a sensor of this device: a connection of its own, closed while that sensor may not listen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.outlets.mqtt import faults
from edge.outlets.mqtt.connection import Connection
from edge.outlets.mqtt.phase import Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from edge.outlets.mqtt.identity import Identity
    from edge.outlets.mqtt.session import Message, Session
    from edge.outlets.mqtt.settings import MqttSettings

AGAIN_S = 1.0
CLOSE_S = 0.15
"""A withdrawn consent must be honoured within 200 ms."""


class MqttInbox:
    """Subscriptions to topics below the device's root. It comes back by itself, as the outlet does.

    The client id is the outlet's with "_words" behind it: with the same one the broker would throw the outlet out.
    """

    def __init__(self, settings: MqttSettings, identity: Identity) -> None:
        self.where = f"at {faults.address(settings)}"
        self._settings = settings
        self._client_id = f"{identity.unique}_words"
        self._root = f"{settings.base_topic}/{identity.device_id}/"
        self._connection: Connection | None = None

    def open(self, parts: tuple[str, ...], hear: Callable[[str, bytes], None]) -> None:
        """Begin to connect, and hear messages to ``parts`` below the root, on the connection's own thread."""
        self.close()
        ear = _Ear(self._root, parts, hear)
        self._connection = Connection(self._settings, self._client_id, None, ear)
        self._connection.start()

    def condition(self) -> str | None:
        """Why nothing can be heard now; None while the broker has accepted us and refused no subscription."""
        connection = self._connection
        if connection is None:
            return None
        status = connection.status
        fine = status.phase is Phase.ONLINE and status.last_rejection is None
        return None if fine else str(status)

    def close(self) -> None:
        """Disconnect."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.stop(CLOSE_S)


class _Ear:
    """The Speaker of a connection on which nothing is said; what the broker kept from before is not asked for."""

    def __init__(self, root: str, parts: tuple[str, ...], hear: Callable[[str, bytes], None]) -> None:
        self._root = root
        self._parts = parts
        self._hear = hear

    def greet(self, session: Session, now: float) -> None:  # noqa: ARG002 - the protocol's
        for part in self._parts:
            session.subscribe(self._root + part)

    def hear(self, message: Message, session: Session, now: float) -> None:  # noqa: ARG002 - the protocol's
        part = message.topic.removeprefix(self._root)
        if part in self._parts:
            self._hear(part, message.payload)

    def settle(self, numbers: Iterable[int]) -> None:
        """Nothing is published."""

    def speak(self, session: Session, now: float) -> float:  # noqa: ARG002 - the protocol's
        return now + AGAIN_S

    def take_leave(self, session: Session, now: float) -> None:
        """Nobody was told that it came."""
