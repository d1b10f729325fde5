"""Counts what arrives: ``python -m tests.torture.receiver DATABASE PORT``, until it is killed."""

from __future__ import annotations

import sqlite3
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from edge.outlets.mqtt import backoff
from edge.outlets.mqtt.settings import MqttSettings
from fleet.receipts import Receipts
from fleet.receiving import Receiver
from tests.torture.device import SHORT_S

if TYPE_CHECKING:
    from fleet.deliveries import Delivery

TABLE = "CREATE TABLE IF NOT EXISTS counted (n INTEGER NOT NULL, id TEXT NOT NULL)"
"""Nothing in it is unique: what is counted twice stands there twice."""


class TortureBook:
    """The id and the count in one commit."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, check_same_thread=False)
        self._receipts = Receipts(self._database)
        with self._database:
            self._database.execute(TABLE)
            self._database.execute("CREATE TABLE IF NOT EXISTS again (id TEXT)")

    def take(self, delivery: Delivery) -> bool:
        """Count it, or note that it came again."""
        with self._database as database:
            first = self._receipts.first(delivery.id, time.time())
            if first:
                database.execute("INSERT INTO counted VALUES (?, ?)", (delivery.body["n"], delivery.id))
            else:
                database.execute("INSERT INTO again VALUES (?)", (delivery.id,))
        return first


def main() -> None:
    """Go on until it is killed."""
    backoff.FIRST_WAIT_S, backoff.LONGEST_WAIT_S = 0.1, SHORT_S
    settings = MqttSettings(host="127.0.0.1", port=int(sys.argv[2]), keepalive_s=5)
    receiver = Receiver(settings, "torture-receiver", TortureBook(Path(sys.argv[1])))
    receiver.start()
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main()
