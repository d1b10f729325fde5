"""Take a device out of the home: what the broker keeps of it is removed, and Home Assistant forgets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.outlets.mqtt.errand import errand
from edge.outlets.mqtt.session import CONNECT_S

if TYPE_CHECKING:
    from edge.outlets.mqtt.identity import Identity, Topics
    from edge.outlets.mqtt.settings import MqttSettings


def remove(settings: MqttSettings, identity: Identity, topics: Topics, within_s: float = CONNECT_S) -> tuple[str, ...]:
    """Publish an empty retained message on each topic of which the broker may keep one; the topics.

    Discovery goes first, so that no home takes the rest for news of a device that it knows.

    Raises:
        OutletError: the broker cannot be reached, does not admit us, or forbids it.
    """
    with errand(settings, f"rapport-{identity.device_id}-remove", within_s) as gone:
        gone.clear(topics.retained)
    return topics.retained
