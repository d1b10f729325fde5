"""The receiver with a real broker: every id once, whoever fails meanwhile."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion

from edge.outlets.mqtt.phase import Phase
from edge.outlets.mqtt.settings import MqttSettings
from fleet.receipts import Receipts
from fleet.receiving import Receiver
from tests.broker import LONGEST_S, until
from tests.mosquitto import ANYBODY, DURABLE, Mosquitto, mosquitto

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fleet.deliveries import Delivery


class Notebook:
    """Counts in SQLite; may be told to fail."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, check_same_thread=False)
        self._receipts = Receipts(self._database)
        self.failing = False
        with self._database:
            self._database.execute("CREATE TABLE IF NOT EXISTS counted (id TEXT)")

    def take(self, delivery: Delivery) -> bool:
        with self._database:
            first = self._receipts.first(delivery.id, time.time())
            if first:
                self._database.execute("INSERT INTO counted VALUES (?)", (delivery.id,))
            if self.failing:
                message = "disk I/O error"
                raise sqlite3.OperationalError(message)
        return first

    @property
    def ids(self) -> list[str]:
        return [ident for (ident,) in self._database.execute("SELECT id FROM counted ORDER BY rowid")]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path, ANYBODY, *DURABLE) as running:
        yield running


@pytest.fixture(autouse=True)
def soon_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.outlets.mqtt.backoff.FIRST_WAIT_S", 0.1)


@contextmanager
def receiving(broker: Mosquitto, book: Notebook) -> Iterator[Receiver]:
    receiver = Receiver(MqttSettings(host=broker.host, port=broker.port), "book", book)
    receiver.start()
    try:
        until(lambda: receiver.status.phase is Phase.ONLINE)
        yield receiver
    finally:
        receiver.stop()


def send(broker: Mosquitto, *payloads: bytes | str, topic: str = "fleet/kitchen/aggregate") -> None:
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv5)
    client.connect(broker.host, broker.port)
    client.loop_start()
    for payload in payloads:
        client.publish(topic, payload, qos=1).wait_for_publish(LONGEST_S)
    client.disconnect()
    client.loop_stop()


def message(number: int) -> str:
    return json.dumps({"id": f"{number:032x}"})


def test_each_id_counts_once_and_what_is_none_of_ours_is_counted_as_that(broker: Mosquitto, tmp_path: Path) -> None:
    book = Notebook(tmp_path / "book.db")
    with receiving(broker, book) as receiver:
        send(broker, message(1), message(2), message(1), b"{", message(3))
        until(lambda: receiver.counted == 3)
        assert (receiver.repeated, receiver.refused) == (1, 1)
    assert book.ids == [f"{n:032x}" for n in (1, 2, 3)]


def test_what_comes_while_it_is_away_is_kept_also_by_a_broker_that_is_killed(broker: Mosquitto, tmp_path: Path) -> None:
    book = Notebook(tmp_path / "book.db")
    with receiving(broker, book):
        pass
    send(broker, *(message(n) for n in range(50)))
    time.sleep(0.3)
    broker.kill()
    broker.start()
    with receiving(broker, book) as receiver:
        until(lambda: receiver.counted == 50)
    assert book.ids == [f"{n:032x}" for n in range(50)]


def test_what_could_not_be_stored_is_not_acknowledged_and_comes_again_in_its_place(
    broker: Mosquitto, tmp_path: Path
) -> None:
    book = Notebook(tmp_path / "book.db")
    with receiving(broker, book) as receiver:
        book.failing = True
        send(broker, message(1), message(2))
        until(lambda: receiver.failures >= 2)
        until(lambda: "could not be stored: disk I/O error" in str(receiver.status.fault))
        assert book.ids == []
        book.failing = False
        until(lambda: receiver.counted == 2)
    assert book.ids == [f"{n:032x}" for n in (1, 2)]


def test_more_than_the_window_waits_for_it(broker: Mosquitto, tmp_path: Path) -> None:
    book = Notebook(tmp_path / "book.db")
    with receiving(broker, book):
        pass
    send(broker, *(message(n) for n in range(70)))
    with receiving(broker, book) as receiver:
        until(lambda: receiver.counted == 70)
    assert len(set(book.ids)) == 70
