"""What the home knows of this device: which entities it has, and how what can be set there stands."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from edge.outlets.mqtt.controls import ControlsPayload
from edge.outlets.mqtt.discovery import discovery, encoded, farewell
from edge.outlets.mqtt.features import Features, Need
from edge.outlets.mqtt.pace import Pace, Rule
from edge.outlets.mqtt.session import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.outlets.mqtt.controls import Controls
    from edge.outlets.mqtt.identity import Identity, Topics
    from edge.outlets.mqtt.settings import MqttSettings

LOOK_S = 1.0
"""Seconds between two looks at what may have been set on the device."""
PROFILES_S = 30.0
"""Seconds between two looks at which profiles there are."""
RESEND_S = 60.0
"""Seconds after which it is said again though nothing has changed, where States do not expire."""
FIELDS = tuple(ControlsPayload.model_fields)


class Registration:
    """For the connection's thread. Times are seconds of one monotonic clock."""

    def __init__(
        self,
        settings: MqttSettings,
        identity: Identity,
        topics: Topics,
        controls: Controls | None,
        *more: Need,
    ) -> None:
        """Nothing is said yet.

        Args:
            settings: how often things are said again.
            identity: of this device.
            topics: of this device.
            controls: what the home may set; None: nothing.
            more: what else the device has.
        """
        self._settings = settings
        self._identity = identity
        self._topics = topics
        self._controls = controls
        self._more = more
        self._pace = Pace(dict.fromkeys(FIELDS, Rule()), resend_s=settings.expire_after_s / 2 or RESEND_S)
        self._features: Features | None = None
        self._looked_at = -inf
        self._profiles_at = -inf

    @property
    def due(self) -> float:
        """When there is something to look at or to say."""
        return inf if self._controls is None else min(self._looked_at + LOOK_S, self._pace.due)

    def introduce(self, now: float) -> Iterator[Message]:
        """Discovery: what there is. The first time, what is there no more is taken back before."""
        first, self._features = self._features is None, self._look_up(now)
        payload = discovery(self._settings, self._identity, self._topics, self._features)
        gone = farewell(payload) if first else None
        for one in (payload,) if gone is None else (gone, payload):
            yield Message(self._topics.discovery, encoded(one), retain=True)
        self._pace.say_anew(now)

    def take(self, now: float) -> Iterator[Message]:
        """What is to be said now: how things stand, also where they were set on the device."""
        controls = self._controls
        if controls is None:
            return
        touched = controls.touched
        if touched or now >= self._looked_at + LOOK_S:
            self._looked_at, controls.touched = now, False
            payload = controls.payload()
            known = Features() if self._features is None else self._features
            if now >= self._profiles_at + PROFILES_S or payload.profile not in {None, *known.profiles}:
                yield from self._see_profiles(now)
            self._pace.offer({name: getattr(payload, name) for name in FIELDS}, now)
            if touched:
                self._pace.say_again(now)
        values = self._pace.take(now)
        if values is not None:
            yield Message(self._topics.controls, ControlsPayload(**values).encode())

    def _see_profiles(self, now: float) -> Iterator[Message]:
        """A choice that the home does not know would be ignored there: it learns of it first."""
        if self._look_up(now) != self._features:
            yield from self.introduce(now)

    def _look_up(self, now: float) -> Features:
        self._profiles_at = now
        return Features(frozenset(self._more)) if self._controls is None else self._controls.features(*self._more)
