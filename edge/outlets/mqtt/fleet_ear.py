"""Listens to the fleet's coordinator beside whoever speaks: the round that is open, and the head that was published."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from edge.outlets.mqtt.connection import Speaker
    from edge.outlets.mqtt.session import Message, Session

log = logging.getLogger(__name__)

ROUND, HEAD = "fleet/round", "fleet/head"
LARGEST = 32 * 1024
"""Bytes; what is longer is not handed on (``edge.learning.federated.messages``)."""


class FleetEar:
    """A Speaker, that hands the coordinator's messages on and leaves all else to the one within.

    Args:
        speaker: the one within.
        heard: takes the topic and the payload; returns at once. Who signed it is looked at there.
    """

    def __init__(self, speaker: Speaker, heard: Callable[[str, bytes], None]) -> None:
        self._speaker = speaker
        self._heard = heard

    def greet(self, session: Session, now: float) -> None:
        """Both topics are retained: whoever comes back hears where the fleet stands."""
        self._speaker.greet(session, now)
        for topic in (HEAD, ROUND):
            session.subscribe(topic, kept=True)

    def hear(self, message: Message, session: Session, now: float) -> None:
        """The coordinator's is handed on, all else is the speaker's."""
        if message.topic not in {ROUND, HEAD}:
            self._speaker.hear(message, session, now)
        elif len(message.payload) <= LARGEST:
            self._heard(message.topic, message.payload)
        else:
            log.warning("mqtt: a message on %s is refused: it has %d bytes", message.topic, len(message.payload))

    def settle(self, numbers: Iterable[int]) -> None:
        """The speaker's."""
        self._speaker.settle(numbers)

    def speak(self, session: Session, now: float) -> float:
        """The speaker's."""
        return self._speaker.speak(session, now)

    def take_leave(self, session: Session, now: float) -> None:
        """The speaker's."""
        self._speaker.take_leave(session, now)
