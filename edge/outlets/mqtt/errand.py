"""Goes to the broker for one thing, beside the device's own connection, and comes back."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from edge.errors import OutletError
from edge.outlets.mqtt import faults
from edge.outlets.mqtt.session import CONNECT_S, Message, open_session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from edge.outlets.mqtt.session import Session
    from edge.outlets.mqtt.settings import MqttSettings


class Errand:
    """One session. Every method raises OutletError: the broker is away, silent, or does not let it be done."""

    def __init__(self, session: Session, settings: MqttSettings, within_s: float) -> None:
        self.session = session
        self._settings = settings
        self._within_s = within_s

    def until(self, done: Callable[[], bool]) -> None:
        """Go on until ``done``, for at most the time that is set."""
        deadline = time.monotonic() + self._within_s
        session = self.session
        while session.alive and not done() and time.monotonic() < deadline:
            session.pump(deadline)
        if not done():
            fault = session.fault or faults.of_silence(self._settings, None)
            raise OutletError(fault.problem, fault.remedy)

    def settle(self) -> None:
        """Have what was sent answered."""
        self.until(lambda: self.session.settled)
        for words in self.session.rejections:
            remedy = "Let the broker's access list give this device its own topics, to read and to write"
            raise OutletError(words, remedy)

    def clear(self, topics: Iterable[str]) -> None:
        """Have the broker keep nothing of ``topics``, in that order."""
        for topic in topics:
            self.session.publish(Message(topic, b"", retain=True))
        self.settle()


@contextmanager
def errand(settings: MqttSettings, client_id: str, within_s: float = CONNECT_S) -> Iterator[Errand]:
    """A session that the broker has accepted; closed at the end. Raises OutletError.

    Args:
        settings: of the broker.
        client_id: not the device's own, or the broker would throw out the device that runs.
        within_s: seconds that each step may take.
    """
    session = open_session(settings, client_id)
    if isinstance(session, faults.Fault):
        raise OutletError(session.problem, session.remedy)
    found = Errand(session, settings, within_s)
    try:
        found.until(lambda: session.accepted)
        yield found
    finally:
        session.close()
