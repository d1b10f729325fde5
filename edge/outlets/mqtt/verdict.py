"""What the broker says to a message that must arrive, and when such a message is tried again."""

from __future__ import annotations

from enum import StrEnum
from math import inf
from typing import TYPE_CHECKING

from edge.outlets.mqtt.backoff import GROWTH, JITTER

if TYPE_CHECKING:
    import random

NO_SUBSCRIBER, FAILURE, NOT_AUTHORIZED, TOPIC_INVALID, TOO_LARGE, FORMAT_INVALID = 16, 128, 135, 144, 149, 153
"""Reason codes of PUBACK and DISCONNECT (MQTT 5.0, OASIS Standard, section 2.4)."""
HOLDS = 64
"""Topics that may be held back; there are three or four."""


class Verdict(StrEnum):
    """What becomes of the message."""

    TAKEN = "taken"
    """The broker has it, and somebody to give it to."""
    NOBODY = "nobody takes it"
    """The broker acknowledged it and threw it away: it has nobody to give it to (MQTT 5.0, section 3.4.2.1)."""
    BUSY = "not now"
    FORBIDDEN = "not allowed"
    """A human must change the access list; until then it is hardly ever tried."""
    SPOILT = "never"
    """No broker like this one takes it, however often it is sent."""


WAITS_S = {Verdict.NOBODY: (5.0, 300.0), Verdict.BUSY: (1.0, 60.0), Verdict.FORBIDDEN: (60.0, 3600.0)}
"""First and longest wait before anything is sent to the topic again."""


def verdict(code: int) -> Verdict:
    """Of a reason code in a PUBACK."""
    if code == NO_SUBSCRIBER:
        return Verdict.NOBODY
    if code < FAILURE:
        return Verdict.TAKEN
    if code == NOT_AUTHORIZED:
        return Verdict.FORBIDDEN
    return Verdict.SPOILT if code in {TOPIC_INVALID, TOO_LARGE, FORMAT_INVALID} else Verdict.BUSY


class Holds:
    """Which topics are held back, and until when. Times are seconds of one monotonic clock; not thread-safe."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._held: dict[str, tuple[float, float]] = {}
        """Until when, and how long the next wait is."""

    def hold(self, topic: str, why: Verdict, now: float) -> float | None:
        """Hold ``topic`` back, longer each time; how long (s), or None where it is held: several were on their way."""
        first, longest = WAITS_S[why]
        until, wait_s = self._held.get(topic, (-inf, first))
        if until > now:
            return None
        wait_s = min(max(wait_s, first), longest)
        if topic not in self._held and len(self._held) >= HOLDS:
            del self._held[next(iter(self._held))]
        waits = wait_s * self._chance.uniform(1 - JITTER, 1 + JITTER)
        self._held[topic] = (now + waits, min(wait_s * GROWTH, longest))
        return waits

    def free(self, topic: str) -> None:
        """The broker took something on ``topic``."""
        self._held.pop(topic, None)

    def held(self, now: float) -> list[str]:
        """Topics to which nothing is sent now."""
        return [topic for topic, (until, _) in self._held.items() if until > now]

    def due(self, now: float) -> float:
        """When the next of them is free again; infinite when none is held."""
        return min((until for until, _ in self._held.values() if until > now), default=inf)
