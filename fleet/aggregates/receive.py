"""Take in what households tell with noise: each message is on the disk once before the broker is told that it came."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from edge.errors import InputError, OutletError
from edge.settings import load

if TYPE_CHECKING:
    import argparse

    from paho.mqtt.client import Client, MQTTMessage
    from paho.mqtt.reasoncodes import ReasonCode

    from edge.outlets.mqtt.settings import MqttSettings
    from fleet.aggregates.received import Receiver

log = logging.getLogger(__name__)

TOPIC = "fleet/+/aggregate"
SESSION_S = 7 * 86_400
"""The broker keeps what comes while this one is away, for so long; devices keep it in their outbox, too."""
TURN_S = 0.2
CONNECT_S = 10.0
LOG_EVERY = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``python -m fleet receive`` takes."""
    parser.add_argument("file", type=Path, help="the SQLite file to keep them in; made where there is none")
    parser.add_argument(
        "--config", type=Path, required=True, help="a settings file with [mqtt]: host, TLS, certificates"
    )
    parser.add_argument("--topic", default=TOPIC, help="topic or filter to listen to")
    parser.add_argument("--client-id", default="rapport-aggregates", help="by which the broker knows this receiver")


def run(arguments: argparse.Namespace) -> int:
    """Runs until it is stopped: exit 0; 1 when the broker refuses or the file cannot be written."""
    from fleet.aggregates.received import Receiver

    settings = load(arguments.config).mqtt
    if not settings.host:
        problem = f"{arguments.config} names no broker: mqtt.host is empty"
        raise InputError(problem, "Set mqtt.host")
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stderr)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    receiver = Receiver(arguments.file)
    try:
        intake = Intake(settings, receiver, arguments.topic, arguments.client_id)
        intake.run(stop)
    finally:
        receiver.close()
    print(f"kept {intake.kept}, came again {intake.repeated}, of no use {intake.malformed}")
    return 0


class Intake:
    """Listens until it is stopped; all on the thread of ``run``."""

    def __init__(self, settings: MqttSettings, receiver: Receiver, topic: str, client_id: str) -> None:
        """Connects to nothing yet. Raises OutletError for credentials that cannot be used."""
        self.kept = self.repeated = self.malformed = 0
        self._settings, self._receiver, self._topic = settings, receiver, topic
        self._trouble: Exception | None = None
        self._client = self._make(client_id)

    def run(self, stop: threading.Event) -> None:
        """Take in until ``stop``. Raises OutletError where the broker refuses, InputError where nothing can be kept."""
        from paho.mqtt.packettypes import PacketTypes
        from paho.mqtt.properties import Properties

        wishes = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        wishes.SessionExpiryInterval = SESSION_S
        client, settings = self._client, self._settings
        wait_s = 1.0
        while not stop.is_set() and self._trouble is None:
            try:
                client.connect(settings.host, settings.port, settings.keepalive_s, clean_start=False, properties=wishes)
            except OSError as error:
                log.warning("%s:%d cannot be reached: %s", settings.host, settings.port, error)
            while not stop.is_set() and self._trouble is None and client.socket() is not None:
                client.loop(TURN_S)
                wait_s = 1.0 if client.is_connected() else wait_s
            if self._trouble is None and not stop.is_set():
                stop.wait(wait_s)
                wait_s = min(2 * wait_s, 60.0)
        client.disconnect()
        if self._trouble is not None:
            raise self._trouble

    def _make(self, client_id: str) -> Client:
        from paho.mqtt.client import Client, MQTTv5
        from paho.mqtt.enums import CallbackAPIVersion

        from edge.outlets.mqtt import credentials

        settings = self._settings
        client = Client(
            CallbackAPIVersion.VERSION2, client_id, protocol=MQTTv5, reconnect_on_failure=False, manual_ack=True
        )
        client.connect_timeout = CONNECT_S
        if settings.username:
            client.username_pw_set(settings.username, credentials.password(settings))
        context = credentials.tls_context(settings)
        if context is not None:
            client.tls_set_context(context)
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        return client

    def _on_connect(self, client: Client, _u: object, _f: object, code: ReasonCode, _p: object) -> None:
        if code.is_failure:
            problem = f"the broker {self._settings.host}:{self._settings.port} refuses this receiver: {code}"
            self._trouble = OutletError(problem, "Check its certificate or user name, and the broker's access list")
            return
        log.info("listening to %s", self._topic)
        client.subscribe(self._topic, qos=1)

    def _on_message(self, client: Client, _u: object, message: MQTTMessage) -> None:
        """Acknowledged only once it is kept, or known to be of no use: else the broker sends it again."""
        try:
            new = self._receiver.take(bytes(message.payload))
        except ValueError as error:
            self.malformed += 1
            if self.malformed % LOG_EVERY == 1:
                log.warning("a message on %s is refused (%d so far): %s", message.topic, self.malformed, error)
        except InputError as error:
            self._trouble = error
            return
        else:
            self.kept += new
            self.repeated += not new
        client.ack(message.mid, message.qos)
