"""Take in what households tell with noise: each message is on the disk once before the broker is told that it came."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from edge.errors import InputError, OutletError
from edge.outlets.mqtt.phase import Phase
from edge.settings import load

if TYPE_CHECKING:
    import argparse

    from edge.outlets.mqtt.settings import MqttSettings
    from fleet.aggregates.received import Book

TOPIC = "fleet/+/aggregate"
LOOK_S = 0.2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``python -m fleet receive`` takes."""
    parser.add_argument("file", type=Path, help="the SQLite file to keep them in; made where there is none")
    parser.add_argument(
        "--config", type=Path, required=True, help="a settings file with [mqtt]: host, TLS, certificates"
    )
    parser.add_argument("--topic", default=TOPIC, help="topic or filter to listen to")
    parser.add_argument("--client-id", default="rapport-aggregates", help="always the same for the same file")


def run(arguments: argparse.Namespace) -> int:
    """Runs until it is stopped: exit 0; 1 when the broker refuses it."""
    from fleet.aggregates.received import Book

    settings = load(arguments.config).mqtt
    if not settings.host:
        problem = f"{arguments.config} names no broker: mqtt.host is empty"
        raise InputError(problem, "Set mqtt.host")
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stderr)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    book = Book(arguments.file)
    try:
        print(take_in(settings, book, arguments.topic, arguments.client_id, stop))
    finally:
        book.close()
    return 0


def take_in(settings: MqttSettings, book: Book, topic: str, client_id: str, stop: threading.Event) -> str:
    """Listen until ``stop``; what was taken in, as a sentence. Raises OutletError where the broker refuses."""
    from fleet.receiving import Receiver

    receiver = Receiver(settings, client_id, book, (topic,))
    receiver.start()
    try:
        while not stop.wait(LOOK_S):
            status = receiver.status
            if status.phase is Phase.REFUSED and status.fault is not None:
                raise OutletError(status.fault.problem, status.fault.remedy)
    finally:
        receiver.stop()
    useless = book.malformed + receiver.refused
    return f"kept {receiver.counted - book.malformed}, came again {receiver.repeated}, of no use {useless}"
