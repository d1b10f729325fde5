"""How often the home hears: a rate floor and a deadband, and the latest value always goes out."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.outlets.mqtt.payloads import StatePayload
    from edge.outlets.mqtt.settings import MqttSettings

SETTLING_S = 5.0
"""A change inside the deadband goes out after this long at the latest. Ten times slower than a glance at a dashboard
can tell, and it keeps a noisy face from filling the home's recorder."""
ECHO_S = 2.0
"""A State is said again this long after discovery: Home Assistant subscribes to the state topic only when it has read
the discovery message, and what is not retained is lost until then."""


class Pace:
    """Holds the latest payload and says when it is due. Times are seconds of one monotonic clock; not thread-safe."""

    def __init__(self, settings: MqttSettings) -> None:
        self._floor = settings.min_interval_s
        self._deadband = settings.deadband
        self._settling = max(SETTLING_S, settings.min_interval_s)
        self._resend = settings.expire_after_s / 2 if settings.expire_after_s else inf
        self._latest: StatePayload | None = None
        self._sent: StatePayload | None = None
        self._sent_at = -inf
        self._echo_at = inf
        self.due = inf
        """When ``take`` will give something; infinite when there is nothing to say."""

    def offer(self, payload: StatePayload, now: float) -> None:
        """A newer State replaces the one that waits."""
        self._latest = payload
        if self._sent is None or _moved(self._sent, payload, self._deadband):
            self.due = min(self.due, max(now, self._sent_at + self._floor))
        elif payload != self._sent:
            self.due = min(self.due, self._sent_at + self._settling)

    def say_anew(self, now: float) -> None:
        """Whoever listened has forgotten everything: the latest State goes out now, and once more a moment later."""
        self._echo_at = now + ECHO_S
        if self._latest is not None:
            self.due = now

    def take(self, now: float) -> StatePayload | None:
        """The latest State if it is due, and it then counts as said."""
        if now < self.due or self._latest is None:
            return None
        self._sent, self._sent_at = self._latest, now
        if now >= self._echo_at:
            self._echo_at = inf
        self.due = min(self._echo_at, now + self._resend)
        return self._latest


def _moved(old: StatePayload, new: StatePayload, deadband: float) -> bool:
    if (old.emotion, old.reason, old.senses) != (new.emotion, new.reason, new.senses):
        return True
    pairs = ((old.valence, new.valence), (old.arousal, new.arousal), (old.confidence, new.confidence))
    return any(_apart(before, after, deadband) for before, after in pairs)


def _apart(before: float | None, after: float | None, deadband: float) -> bool:
    if before is None or after is None:
        return before is not after
    return before != after and abs(before - after) >= deadband
