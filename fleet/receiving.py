"""Takes in what devices send: every message is counted once, and acknowledged only when that is on the disk.

The broker keeps what comes while the receiver is away (a session that lasts), and sends again what was not
acknowledged; ids tell the copies apart. The connection is the device's own: ``edge.outlets.mqtt.connection``.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol

from edge.outlets.mqtt.connection import Connection
from edge.outlets.mqtt.faults import Fault
from edge.outlets.mqtt.session import Terms
from fleet.deliveries import Refusal, read

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge.outlets.mqtt.phase import Status
    from edge.outlets.mqtt.session import Message, Session
    from edge.outlets.mqtt.settings import MqttSettings
    from fleet.deliveries import Delivery

log = logging.getLogger(__name__)

AWAY_S = 7 * 86_400
"""How long the broker keeps what comes while the receiver is away."""
AGAIN_S = 1.0
TOPICS = ("fleet/+/aggregate", "fleet/+/update")
STOP_S = 2.0


class Book(Protocol):
    """Where messages are counted."""

    def take(self, delivery: Delivery) -> bool:
        """Count it, and remember its id, in one commit. All calls come from one thread.

        Returns:
            whether it is the first of its id; False: it was counted before, and nothing was done.

        Raises:
            Exception: it could not be stored; it is not acknowledged, so it comes again.
        """
        ...


class Receiver:
    """``start`` → ``stop``. It comes back by itself, as a device does; ``status`` says where the connection stands."""

    def __init__(
        self,
        settings: MqttSettings,
        client_id: str,
        book: Book,
        topics: tuple[str, ...] = TOPICS,
        away_s: int = AWAY_S,
    ) -> None:
        """Connects to nothing yet.

        Args:
            settings: the way to the broker; the rest of that table is not heeded.
            client_id: always the same for the same book: the broker keeps messages under it.
            book: where messages are counted.
            topics: what is listened to; wildcards are allowed.
            away_s: how long the broker keeps messages for an absent receiver (s).
        """
        self.counted = 0
        self.repeated = 0
        """Copies of what was counted before."""
        self.refused = 0
        """Messages that are none of ours."""
        self.failures = 0
        """Messages that could not be stored, and were left to come again."""
        self._book = book
        self._topics = topics
        self._connection = Connection(settings, client_id, None, self, Terms(lasts_s=away_s, by_hand=True))

    @property
    def status(self) -> Status:
        """Where the connection stands, why, and what to do about it."""
        return self._connection.status

    def start(self) -> None:
        """Begin to connect."""
        self._connection.start()

    def stop(self) -> None:
        """Disconnect; the broker keeps what comes meanwhile."""
        self._connection.stop(STOP_S)

    def greet(self, session: Session, now: float) -> None:  # noqa: ARG002 - the protocol's
        """Ask for the topics; what the broker kept is on its way already."""
        for topic in self._topics:
            session.subscribe(topic)

    def hear(self, message: Message, session: Session, now: float) -> None:  # noqa: ARG002 - the protocol's
        """Count it, then acknowledge it."""
        if session.fault is not None:  # one before it could not be stored: it keeps its place before this one
            return
        delivery = read(message.topic, message.payload)
        if isinstance(delivery, Refusal):
            if not self.refused:
                log.warning("a message on %s is not taken: %s", message.topic[:80], delivery.why)
            self.refused += 1
        else:
            try:
                first = self._book.take(delivery)
            except Exception as error:  # noqa: BLE001 - whatever it is, the message is not stored, and must come again
                self.failures += 1
                session.fault = Fault(f"a message could not be stored: {error}", "It comes again; check the disk")
                return
            self.counted += first
            self.repeated += not first
        session.acknowledge(message)

    def settle(self, numbers: Iterable[int]) -> None:
        """Nothing is published."""

    def speak(self, session: Session, now: float) -> float:  # noqa: ARG002 - the protocol's
        """Nothing is said."""
        return now + AGAIN_S

    def take_leave(self, session: Session, now: float) -> None:
        """Nobody was told that it came."""
