"""Two that speak over one connection: the announcer, of what is fresh, and the courier, of what must arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge.outlets.mqtt.connection import Speaker
    from edge.outlets.mqtt.courier import Courier
    from edge.outlets.mqtt.session import Message, Session


class Duet:
    """A Speaker: what is fresh goes first, so that no backlog holds it up."""

    def __init__(self, announcer: Speaker, courier: Courier) -> None:
        self._announcer = announcer
        self._courier = courier

    def greet(self, session: Session, now: float) -> None:
        """The broker has just accepted this device."""
        self._announcer.greet(session, now)
        self._courier.greet(session)

    def hear(self, message: Message, session: Session, now: float) -> None:
        """Only the announcer listens."""
        self._announcer.hear(message, session, now)

    def settle(self, numbers: Iterable[int]) -> None:
        """The courier has heard of each of its own."""
        self._announcer.settle(numbers)

    def speak(self, session: Session, now: float) -> float:
        """When the announcer has something again; the courier wakes the connection by itself."""
        due = self._announcer.speak(session, now)
        self._courier.speak(session)
        return due

    def take_leave(self, session: Session, now: float) -> None:
        """What must arrive waits in the vault."""
        self._announcer.take_leave(session, now)
