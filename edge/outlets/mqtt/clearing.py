"""Takes back from the broker what it keeps of this device: part of forgetting.

What says nothing of a person stays: that the device exists (its discovery), and whether it is there.
"""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

from edge.outlets.mqtt.errand import errand
from edge.outlets.mqtt.identity import Topics

if TYPE_CHECKING:
    from pathlib import Path

    from edge.outlets.mqtt.errand import Errand
    from edge.outlets.mqtt.identity import Identity
    from edge.outlets.mqtt.settings import MqttSettings

QUIET_S = 0.5
"""Kept messages come right after the subscription (MQTT 5.0, section 3.8.4); then there is no more."""
CLEAR_S = 10.0
"""Limit of each step."""
OWED = "broker.uncleared"
"""A file in the state directory: the broker could not be reached, and still keeps what is to be forgotten."""


def clear_owed(settings: MqttSettings, identity: Identity, state_directory: Path) -> None:
    """Do what an earlier forgetting could not; nothing where there is nothing to do. Raises OutletError."""
    owed = state_directory / OWED
    if owed.exists() and settings.active:
        clear(settings, identity)
        owed.unlink(missing_ok=True)


def clear(settings: MqttSettings, identity: Identity) -> list[str]:
    """Remove every retained message below this device's topic but for its availability.

    Returns:
        the topics that were cleared.

    Raises:
        OutletError: the broker cannot be reached, or does not let this device do it.
    """
    availability = Topics.of(settings, identity).availability
    with errand(settings, f"rapport-forget-{uuid.uuid4().hex[:12]}", CLEAR_S) as gone:
        found = sorted(_kept(gone, availability.rpartition("/")[0]) - {availability})
        gone.clear(found)
    return found


def _kept(gone: Errand, root: str) -> set[str]:
    """The topics below ``root`` of which the broker keeps something."""
    found: set[str] = set()
    session = gone.session
    session.subscribe(f"{root}/#", kept=True)
    gone.settle()
    quiet_from = begun = time.monotonic()
    while session.alive and time.monotonic() - quiet_from < QUIET_S and time.monotonic() - begun < CLEAR_S:
        session.pump(quiet_from + QUIET_S)
        while session.heard:
            message = session.heard.popleft()
            if message.retain:
                found.add(message.topic)
                quiet_from = time.monotonic()
    return found
