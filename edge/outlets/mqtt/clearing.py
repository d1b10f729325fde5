"""Takes back from the broker what it keeps of this device: part of forgetting.

What says nothing of a person stays: that the device exists (its discovery), and whether it is there.
"""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

from edge.errors import OutletError
from edge.outlets.mqtt import faults
from edge.outlets.mqtt.identity import Topics
from edge.outlets.mqtt.session import CONNECT_S, Message, Session, open_session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from edge.outlets.mqtt.identity import Identity
    from edge.outlets.mqtt.settings import MqttSettings

QUIET_S = 0.5
"""Kept messages come right after the subscription (MQTT 5.0, section 3.8.4); then there is no more."""
CLEAR_S = 10.0
"""Limit of it all."""
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
    # a name of its own, or the broker would throw out the device that runs
    session = open_session(settings, f"rapport-forget-{uuid.uuid4().hex[:12]}")
    if isinstance(session, faults.Fault):
        raise OutletError(session.problem, session.remedy)
    try:
        _pump(session, settings, CONNECT_S, lambda: session.accepted)
        topics = Topics.of(settings, identity)
        found = _kept(session, settings, topics.availability.rpartition("/")[0])
        found.discard(topics.availability)
        for topic in sorted(found):
            session.publish(Message(topic, b"", retain=True))
        _pump(session, settings, CLEAR_S, lambda: session.settled)
        _require(session.rejections)
        return sorted(found)
    finally:
        session.close()


def _kept(session: Session, settings: MqttSettings, root: str) -> set[str]:
    """The topics below ``root`` of which the broker keeps something."""
    found: set[str] = set()
    session.subscribe(f"{root}/#", kept=True)
    _pump(session, settings, CLEAR_S, lambda: session.settled)
    _require(session.rejections)
    quiet_from = deadline = time.monotonic()
    while time.monotonic() - quiet_from < QUIET_S and time.monotonic() - deadline < CLEAR_S:
        if not session.alive:
            break
        session.pump(quiet_from + QUIET_S)
        while session.heard:
            message = session.heard.popleft()
            if message.retain:
                found.add(message.topic)
                quiet_from = time.monotonic()
    return found


def _pump(session: Session, settings: MqttSettings, within_s: float, done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + within_s
    while session.alive and not done() and time.monotonic() < deadline:
        session.pump(deadline)
    if not done():
        fault = session.fault or faults.of_silence(settings, None)
        raise OutletError(fault.problem, fault.remedy)


def _require(rejections: Iterable[str]) -> None:
    for words in rejections:
        raise OutletError(words, "Let the broker's access list give this device its own topics, to read and to write")
