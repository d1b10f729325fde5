"""Whether a broker would take this device, for ``rapport doctor``."""

from __future__ import annotations

import threading
import time
import uuid
from typing import TYPE_CHECKING

from edge.outlets.mqtt import faults
from edge.outlets.mqtt.session import open_session

if TYPE_CHECKING:
    from edge.outlets.mqtt.settings import MqttSettings

PROBE_S = 3.0
"""Limit of a probe as a whole."""


def probe(settings: MqttSettings) -> str | None:
    """None when the broker accepts a connection within PROBE_S; else the reason and the remedy, in words."""
    if not settings.active:
        return "MQTT is off. Set mqtt.enabled = true and mqtt.host."
    answers: list[faults.Fault | None] = []
    # resolving a name cannot be interrupted, so it happens aside
    asking = threading.Thread(target=lambda: answers.append(_ask(settings)), name="mqtt-probe", daemon=True)
    asking.start()
    asking.join(PROBE_S)
    if not answers:
        return str(faults.of_exception(TimeoutError(), settings))
    return None if answers[0] is None else str(answers[0])


def _ask(settings: MqttSettings) -> faults.Fault | None:
    # a name of its own, or the broker would throw out the device that runs already
    session = open_session(settings, f"rapport-doctor-{uuid.uuid4().hex[:12]}")
    if isinstance(session, faults.Fault):
        return session
    deadline = time.monotonic() + PROBE_S
    try:
        while session.alive and not session.accepted and time.monotonic() < deadline:
            session.pump(deadline)
        if session.accepted:
            return None
        return session.fault or faults.of_silence(settings, None)
    finally:
        session.close()
