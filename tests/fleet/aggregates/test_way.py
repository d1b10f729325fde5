"""The whole way: a device that runs, a real broker, the receiver, the report."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import pytest

from edge.affect import Sense
from edge.errors import OutletError
from edge.outlets.mqtt.settings import MqttSettings
from edge.privacy.outbox import Outbox
from edge.runtime import Runtime
from edge.safety.consent import Consent
from edge.safety.grants import Purpose
from edge.settings import load
from fleet.aggregates.receive import take_in
from fleet.aggregates.received import Book, read
from fleet.cli import main
from tests.broker import until
from tests.fleet.aggregates.support import encoded, household
from tests.mosquitto import ANYBODY, DURABLE, mosquitto

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.mosquitto import Mosquitto

SECOND = 1_000_000_000


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    place = tmp_path / "broker"
    place.mkdir()
    with mosquitto(place, ANYBODY, *DURABLE) as running:
        yield running


@pytest.fixture
def short_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    """An hour has a second and a half; nothing else is different."""
    outlet, tally = "edge.outlets.aggregates.outlet", "edge.outlets.aggregates.tally"
    monkeypatch.setattr(f"{outlet}.HOUR_NS", 3 * SECOND // 2)
    monkeypatch.setattr(f"{outlet}.LOOK_NS", SECOND // 20)
    monkeypatch.setattr(f"{outlet}.SETTLED_S", 0.0)
    monkeypatch.setattr(f"{tally}.MINUTE_NS", SECOND // 40)
    monkeypatch.setattr(f"{tally}.LEAST_NS", SECOND // 80)


def device(tmp_path: Path, broker: Mosquitto, **environment: str) -> Runtime:
    state = tmp_path / "state"
    words = tmp_path / "words.txt"
    words.write_text("I am so happy today\n", encoding="utf-8")
    settings = load(
        None,
        {
            "RAPPORT_CONSENT__GRANTS": '["text"]',
            "RAPPORT_WORDS__SOURCE": str(words),
            "RAPPORT_DEVICE__STATE_DIRECTORY": str(state),
            "RAPPORT_DEVICE__ID": "dev1",
            "RAPPORT_CONSOLE__ENABLED": "false",
            "RAPPORT_SPEECH__ENGINE": "none",
            "RAPPORT_MQTT__HOST": broker.host,
            "RAPPORT_MQTT__PORT": str(broker.port),
            "RAPPORT_PRIVACY__TOPIC": "fleet/{device}/aggregate",
            "RAPPORT_PRIVACY__REPORT_EVERY_HOURS": "1",
            **environment,
        },
    )
    Consent(settings.consent, state).grant(Sense.TEXT, Purpose.AGGREGATES)
    return Runtime(settings, repeat=True)


@pytest.mark.usefixtures("short_hours")
def test_what_a_device_counts_reaches_the_receiver_and_is_told_of_nobody_alone(
    tmp_path: Path, broker: Mosquitto, capsys: pytest.CaptureFixture[str]
) -> None:
    runtime = device(tmp_path, broker)
    assert "sends counts of one hour" in runtime.disclosure()[0]
    book, stop = Book(tmp_path / "told.db"), threading.Event()
    settings = MqttSettings(host=broker.host, port=broker.port)
    told: list[str] = []
    threads = [
        threading.Thread(target=runtime.run, args=(stop,)),
        threading.Thread(
            target=lambda: told.append(take_in(settings, book, "fleet/+/aggregate", "book", stop)), daemon=True
        ),
    ]
    for thread in threads:
        thread.start()
    try:
        until(lambda: len(read(tmp_path / "told.db").messages) >= 1)
    finally:
        stop.set()
        for thread in threads:
            thread.join(20)
    book.close()
    assert told
    assert told[0].startswith("kept ")
    assert main(["report", str(tmp_path / "told.db")]) == 1
    assert "fewer than 20 households" in capsys.readouterr().out


@pytest.mark.parametrize(
    "environment", [{"RAPPORT_PRIVACY__TOPIC": ""}, {"RAPPORT_MQTT__ENABLED": "false"}], ids=["topic", "broker"]
)
def test_without_a_topic_or_a_broker_nothing_is_counted(
    tmp_path: Path, broker: Mosquitto, environment: dict[str, str]
) -> None:
    runtime = device(tmp_path, broker, **environment)
    assert "sends counts" not in runtime.disclosure()[0]
    runtime._attach_outlets()
    try:
        assert "aggregates" not in [outlet.name for outlet in runtime._outlets]
    finally:
        for outlet in runtime._outlets:
            outlet.stop()
        if runtime._keeping.vault is not None:
            runtime._keeping.vault.close()


def test_a_receiver_that_the_broker_refuses_says_so(tmp_path: Path) -> None:
    place = tmp_path / "broker"
    place.mkdir()
    book = Book(tmp_path / "told.db")
    with mosquitto(place, "allow_anonymous false") as strict, pytest.raises(OutletError, match="Not authorized"):
        take_in(MqttSettings(host=strict.host, port=strict.port), book, "fleet/+/aggregate", "book", threading.Event())
    book.close()


def test_a_settings_file_without_a_broker_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "none.toml").write_text("", encoding="utf-8")
    assert main(["receive", str(tmp_path / "told.db"), "--config", str(tmp_path / "none.toml")]) == 1
    assert "names no broker: mqtt.host is empty" in capsys.readouterr().err


def test_what_the_outbox_stores_is_what_the_receiver_takes(tmp_path: Path) -> None:
    from edge.privacy.vault import open_vault

    vault = open_vault(tmp_path)
    outbox = Outbox(vault)
    (message,) = household(1, 1)
    outbox.put("aggregate", "fleet/dev1/aggregate", message.payload(), lifetime_s=60.0)
    (waiting,) = outbox.waiting(5)
    vault.close()
    assert {**json.loads(waiting.payload), "id": None} == {**json.loads(encoded([message])[0]), "id": None}
