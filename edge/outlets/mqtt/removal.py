"""Take a device out of the home: what the broker keeps of it is removed, and Home Assistant forgets it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from edge.errors import OutletError
from edge.outlets.mqtt.faults import Fault
from edge.outlets.mqtt.session import CONNECT_S, Message, open_session

if TYPE_CHECKING:
    from edge.outlets.mqtt.identity import Identity, Topics
    from edge.outlets.mqtt.settings import MqttSettings


def remove(settings: MqttSettings, identity: Identity, topics: Topics, within_s: float = CONNECT_S) -> tuple[str, ...]:
    """Publish an empty retained message on each topic of which the broker may keep one; the topics.

    Discovery goes first, so that no home takes the rest for news of a device that it knows.

    Raises:
        OutletError: the broker cannot be reached, does not admit us, or forbids it.
    """
    session = open_session(settings, f"rapport-{identity.device_id}-remove")
    if isinstance(session, Fault):
        raise OutletError(session.problem, session.remedy)
    deadline = time.monotonic() + within_s
    try:
        while session.alive and not session.accepted and time.monotonic() < deadline:
            session.pump(deadline)
        if session.alive and session.accepted:
            for topic in topics.retained:
                session.publish(Message(topic, b"", retain=True))
        while session.alive and not session.settled and time.monotonic() < deadline:
            session.pump(deadline)
        if session.fault is not None:
            raise OutletError(session.fault.problem, session.fault.remedy)
        if session.rejections:
            problem = f"the broker does not let it be removed: {session.rejections[0]}"
            raise OutletError(problem, "Allow this user to write there, in the broker's access list")
        if not session.accepted or not session.settled:
            problem = f"the broker did not answer within {within_s:g} s"
            raise OutletError(problem, "Try again; look at the broker's log")
    finally:
        session.close()
    return topics.retained
