"""The coordinator as a process, on a real Mosquitto."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra fleet")
pytest.importorskip("flwr", reason="needs the extra fleet")

from edge.accelerators.keys import parse_key
from edge.errors import FleetError
from edge.learning.federated import head
from edge.learning.federated.messages import Result, read, verify
from fleet.coordinator.database import open_database
from fleet.coordinator.key import key_file
from fleet.coordinator.link import Link
from fleet.coordinator.loading import load
from fleet.coordinator.rounds import Rounds
from fleet.coordinator.service import Service
from fleet.coordinator.store import Store
from tests.broker import Broker, running_broker
from tests.fleet.coordinator.household import announced, device, fleet, write_files
from tests.fleet.coordinator.process import ROOT, Coordinator, Household

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fleet.coordinator.checks import Incoming

DEVICES = fleet(6)
ROUNDS = "[rounds]\ncohort = 5\nenough = 5\nduration_s = 600\npause_s = 0\n"


@pytest.fixture
def broker() -> Iterator[Broker]:
    with running_broker() as running:
        yield running


def config(folder: Path, broker: Broker, rounds: str = ROUNDS, **changes: object) -> Path:
    mqtt = {"host": broker.host, "port": broker.plain, "tls": False} | changes
    lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in mqtt.items())
    return write_files(folder, DEVICES, f"[mqtt]\n{lines}{rounds}")


def command(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fleet", "coordinate", *map(str, words)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def status(path: Path) -> dict[str, Any]:
    done = command(path, "--status", "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_two_rounds_from_announcement_to_signed_head(tmp_path: Path, broker: Broker) -> None:
    path = config(tmp_path, broker)
    line = json.loads(command(path, "--check", "--json").stdout)["key"]
    with Household(broker) as household, Coordinator(path, "--results", "2") as coordinator:
        for number in (1, 2):
            one = household.announced(number)
            verify(one, parse_key(line))
            household.send(DEVICES[number - 1 :][:5], one)
            result = read(Result, household.result(number))
            verify(result, parse_key(line))
            assert result.devices == 5
            assert result.vector(head.SIZE).any()
        assert coordinator.finish() == 0
        assert coordinator.wait("stopped")["results"] == 2
    kept = status(path)
    assert (kept["rounds"], kept["head"], kept["refused"]) == ({"done": 2}, result.head, {})
    with Household(broker) as later:
        assert later.result(2)
        assert later.announced(2), "both are retained for whoever comes later"


def test_what_must_not_count_does_not_and_is_counted_by_its_reason(tmp_path: Path, broker: Broker) -> None:
    path = config(tmp_path, broker)
    with Household(broker) as household, Coordinator(path, "--results", "1"):
        one = household.announced(1)
        household.send([device(99)], one)
        household.say(DEVICES[0].topic, "no update")
        household.say(DEVICES[0].topic, "x" * 50_000)
        household.say(DEVICES[1].topic, DEVICES[0].update(one).payload().decode())
        household.send(DEVICES[:3], one)
        household.send(DEVICES[:1], one)
        household.send(DEVICES[3:5], one)
        assert read(Result, household.result(1)).devices == 5
    assert status(path)["refused"] == {
        "absurd size": 1,
        "another's name": 1,
        "malformed": 1,
        "stranger": 1,
        "twice in a round": 1,
    }


def test_a_round_that_misses_its_cohort_is_announced_anew(tmp_path: Path, broker: Broker) -> None:
    path = config(tmp_path, broker, ROUNDS.replace("duration_s = 600", "duration_s = 3"))
    with Household(broker) as household, Coordinator(path) as coordinator:
        first = household.announced(1)
        household.send(DEVICES[:2], first)
        assert coordinator.wait("missed")["round"] == 1
        assert household.announced(2).head == first.head
        assert coordinator.stop() == 0


def test_sigterm_ends_it_in_two_seconds_and_the_next_process_goes_on(tmp_path: Path, broker: Broker) -> None:
    path = config(tmp_path, broker)
    with Household(broker) as household:
        with Coordinator(path) as coordinator:
            one = household.announced(1)
            household.send(DEVICES[:3], one)
            while status(path)["accepted"] < 3:
                time.sleep(0.05)
            assert coordinator.stop() == 0
        household.send(DEVICES[3:5], one)  # while nobody is there, the broker keeps them
        with Coordinator(path, "--results", "1"):
            assert read(Result, household.result(1)).devices == 5
    assert status(path)["refused"] == {}


def test_a_disk_that_is_full_ends_it_and_nothing_that_was_acknowledged_is_lost(tmp_path: Path, broker: Broker) -> None:
    path = config(tmp_path, broker)
    with Household(broker) as household:
        with Coordinator(path) as coordinator:
            one = household.announced(1)
            coordinator.wait("opened")
            size = max(kept.stat().st_size for kept in tmp_path.glob("coordinator.sqlite*"))
            resource.prlimit(coordinator.process.pid, resource.RLIMIT_FSIZE, (size, size))
            household.send(DEVICES[:5], one)
            assert coordinator.finish() == 1
            assert "nothing that was accepted is lost" in coordinator.errors()
        with Coordinator(path, "--results", "1"):
            assert read(Result, household.result(1)).devices == 5


def test_nothing_is_acknowledged_before_it_is_kept(tmp_path: Path, broker: Broker) -> None:
    """A stand-in for the line shows the order; it hands over one update and a database that fails."""
    settings = load(config(tmp_path, broker))
    store = Store(open_database(settings.database))
    rounds = Rounds(settings, store, key_file(settings.coordinator.key).read(), head.nothing())
    rounds.begin()
    rounds.turn(time.time(), quiet=True)
    one = announced(rounds.to_publish()["fleet/round"])
    acknowledged: list[Incoming] = []

    class Line(Link):
        def pump(self, timeout_s: float) -> list[Incoming]:
            del timeout_s
            with store.transaction() as transaction:
                transaction._connection.exec_driver_sql("DROP TABLE accepted")
            return [DEVICES[0].sends(one)]

        def acknowledge(self, messages: list[Incoming]) -> None:
            acknowledged.extend(messages)

    service = Service(settings, rounds, Line(settings.mqtt.mqtt(), "stand-in"), lambda _event: None)
    with pytest.raises(FleetError, match="no such table"):
        service._hear()
    store.close()
    assert acknowledged == []


def test_a_broker_that_comes_late_and_goes_is_waited_for(tmp_path: Path) -> None:
    with running_broker() as first:
        ports = first.plain
    path = tmp_path / "coordinator.toml"
    write_files(tmp_path, DEVICES, f'[mqtt]\nhost = "127.0.0.1"\nport = {ports}\ntls = false\n{ROUNDS}')
    with Coordinator(path) as coordinator:
        assert "nothing listens at" in coordinator.wait("offline")["why"]
        with running_broker("--plain", str(ports)) as broker, Household(broker) as household:
            coordinator.wait("online")
            assert household.announced(1).cohort == 5
        coordinator.wait("offline")
        with running_broker("--plain", str(ports)) as broker, Household(broker) as household:
            assert household.announced(1), "a broker that forgot everything is told again"
        assert coordinator.stop() == 0


def test_a_broker_that_refuses_the_certificate_ends_it_with_the_remedy(tmp_path: Path, broker: Broker) -> None:
    path = config(tmp_path, broker, port=broker.password, username="nobody")
    with Coordinator(path) as coordinator:
        assert coordinator.finish() == 1
        assert "Correct mqtt.username" in coordinator.errors()


def test_with_a_certificate_over_tls(tmp_path: Path, broker: Broker) -> None:
    files = {"tls_ca": broker.ca, "tls_cert": broker.cert, "tls_key": broker.key}
    path = config(tmp_path, broker, port=broker.tls, tls=True, **files)
    with Coordinator(path) as coordinator:
        coordinator.wait("opened")
        assert coordinator.stop() == 0


def test_a_device_that_joins_the_fleet_is_known_in_the_next_round(tmp_path: Path, broker: Broker) -> None:
    path = config(tmp_path, broker)
    newcomer = device(50)
    with Household(broker) as household, Coordinator(path, "--results", "2"):
        one = household.announced(1)
        with (tmp_path / "devices.txt").open("a") as file:
            file.write(f"{newcomer.line}\n")
        household.send([newcomer, *DEVICES[:5]], one)
        household.send([newcomer, *DEVICES[:4]], household.announced(2))
        assert read(Result, household.result(2)).devices == 5
    assert status(path)["refused"] == {"stranger": 1}


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ((), 2, "no settings file is given"),
        (("nowhere.toml",), 2, "cannot be read"),
        (("--new-key", "/nowhere/key.pem"), 2, "cannot be made"),
    ],
)
def test_wrong_use_is_told(words: tuple[str, ...], code: int, told: str) -> None:
    done = command(*words)
    assert done.returncode == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_new_key_is_told_as_devices_take_it(tmp_path: Path) -> None:
    done = command("--new-key", tmp_path / "key.pem", "--owner", "the fleet of the north")
    assert parse_key(done.stdout.strip()).owner == "the fleet of the north"


def test_a_database_that_fails_ends_it_with_1(tmp_path: Path, broker: Broker) -> None:
    path = config(tmp_path, broker)
    (tmp_path / "coordinator.sqlite").write_bytes(b"no database " * 100)
    done = command(path)
    assert (done.returncode, "file is not a database" in done.stderr) == (1, True)


def test_an_announcement_says_when_the_round_closes(tmp_path: Path, broker: Broker) -> None:
    path = config(tmp_path, broker)
    with Household(broker) as household, Coordinator(path) as coordinator:
        one = household.announced(1)
        assert coordinator.wait("opened")["closes_utc"] == one.closes_utc
        assert abs(one.closes_s - time.time() - 600) < 60
