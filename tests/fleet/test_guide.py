"""docs/fleet.md, done as it stands: a device comes to Home Assistant's client, and a fleet to its first head."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from edge.accelerators.keys import parse_key
from edge.learning.federated.messages import Announcement, Result, read, verify
from edge.settings import load
from fleet.broker.peer import Papers, Peer
from tests.fleet.coordinator.household import fleet
from tests.fleet.machine import ROOT, Machine, blocks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOME, FLEET = "Ten minutes: a device and Home Assistant", "Ten minutes more: a fleet"
NAME = "localhost"
"""What the names on the page are here."""
SESSION = {f"RAPPORT_{source}__SOURCE": "session" for source in ("CAMERA", "MICROPHONE", "WORDS")}
"""The bundled session in place of sensors; the household's grant is given as in the demo."""


@contextmanager
def machine(folder: Path) -> Iterator[Machine]:
    made = Machine(folder)
    try:
        yield made
    finally:
        made.stop()


def install_home_broker(house: Machine) -> None:
    make, install, _ = blocks(HOME)
    assert house.type(make) == []
    assert house.type(install)[-1] == "systemctl restart mosquitto"
    house.edit("/etc/mosquitto/conf.d/rapport.conf", ("listener 8883", f"listener {house.port} 127.0.0.1"))
    house.restart_broker()


def install_device(house: Machine) -> Path:
    (settings,) = blocks(HOME, "toml")
    config = house.root / "etc/rapport/device.toml"
    config.write_text(settings, encoding="utf-8")
    house.edit("/etc/rapport/device.toml", ("port = 8883", f"port = {house.port}"))
    assert house.type(blocks(HOME)[2])[-2:] == [
        "rapport doctor /etc/rapport/device.toml",
        "rapport run /etc/rapport/device.toml",
    ]
    return config


def rapport(house: Machine, *words: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")} | {
        "STATE_DIRECTORY": str(house.root / "state"),
        "RUNTIME_DIRECTORY": str(house.root / "run"),
        "RAPPORT_SPEECH__ENGINE": "none",
        "RAPPORT_CONSENT__GRANTS": '["face", "voice", "text"]',
    }
    return subprocess.Popen(
        [sys.executable, "-m", "edge", *words],
        cwd=ROOT,
        env=environment | SESSION,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.timeout(180)
def test_a_device_comes_to_home_assistant_by_the_page(tmp_path: Path) -> None:
    with machine(tmp_path / "house") as house:
        install_home_broker(house)
        config = install_device(house)
        told, _ = rapport(house, "doctor", str(config)).communicate(timeout=60)
        assert f"localhost:{house.port} accepts us" in told
        assert "certificate            of kitchen, valid until " in told
        with Peer(house.port, Papers.of(house.home / "rapport-ca/homeassistant"), host=NAME) as home_assistant:
            home_assistant.subscribe("homeassistant/#", "rapport/#")
            device = rapport(house, "run", str(config), "--repeat", "--json")
            try:
                discovery = first(home_assistant, "homeassistant/device/rapport_kitchen/config")
                state = first(home_assistant, "rapport/kitchen/state")
                assert first(home_assistant, "rapport/kitchen/availability") == b"online"
            finally:
                device.send_signal(signal.SIGTERM)
                _, logged = device.communicate(timeout=20)
            assert home_assistant.wait(lambda *heard: heard == ("rapport/kitchen/availability", b"offline"))
        assert json.loads(discovery)["components"]["emotion"]["platform"] == "sensor"
        assert "emotion" in json.loads(state)
        assert "refused by the broker" not in logged


def first(peer: Peer, topic: str) -> bytes:
    assert peer.wait(lambda heard, _: heard == topic, 60), (topic, peer.heard)
    return next(payload for heard, payload in peer.heard if heard == topic)


def test_a_device_joins_by_the_settings_of_the_page(tmp_path: Path) -> None:
    config = tmp_path / "device.toml"
    config.write_text("\n".join((*blocks(HOME, "toml"), *blocks(FLEET, "toml"))), encoding="utf-8")
    settings = load(config)
    assert settings.learning.federated.join
    assert settings.privacy.topic == "fleet/{device}/aggregate"
    words = [line.split()[1:] for line in blocks(FLEET)[-1].splitlines()]
    assert words[0][:2] == ["consent", "grant"]
    assert words[1][0] == "fleet"


@pytest.mark.timeout(180)
def test_a_fleet_comes_to_its_first_head_by_the_page(tmp_path: Path) -> None:
    pytest.importorskip("sqlalchemy", reason="needs the extra fleet")
    pytest.importorskip("flwr", reason="needs the extra fleet")
    kitchen, parlour = (type(one)(name, one.key) for one, name in zip(fleet(2), ("kitchen", "parlour"), strict=True))
    make, install, serve, join, _ = blocks(FLEET)
    with machine(tmp_path / "operator") as operator, machine(tmp_path / "house") as house:
        assert operator.type(make) == []
        operator.type(install)
        listens = ("listener 8884", f"listener {operator.port} 127.0.0.1")
        operator.edit("/etc/mosquitto/conf.d/rapport-fleet.conf", listens)
        operator.restart_broker()
        before, _, check = serve.partition("sudo /opt/rapport-fleet/.venv/bin/python -m fleet coordinate --check")
        operator.type(before)
        registry = operator.root / "etc/rapport-fleet/devices.txt"
        registry.write_text(f"{kitchen.line}\n{parlour.line}\n", encoding="utf-8")
        small = (("port = 8884", f"port = {operator.port}"), ("cohort = 100", "cohort = 2\nenough = 2"))
        config = operator.edit("/etc/rapport-fleet/coordinator.toml", *small)
        operator.type(f"/opt/rapport-fleet/.venv/bin/python -m fleet coordinate --check{check}")
        unit = (operator.root / "etc/systemd/system/rapport-fleet.service").read_text(encoding="utf-8")
        start = next(line for line in unit.splitlines() if line.startswith("ExecStart="))
        command = operator.here(start.partition("=")[2]).split()
        assert command[-1] == str(config)

        install_home_broker(house)
        given = house.home / "rapport-fleet-ca/devices/kitchen"
        shutil.copytree(operator.home / "rapport-fleet-ca/devices/kitchen", given)
        house.type(join)
        house.edit("/etc/mosquitto/conf.d/rapport-bridge.conf", ("localhost:8884", f"localhost:{operator.port}"))
        house.restart_broker()

        papers = operator.home / "rapport-fleet-ca/devices/parlour"
        with (
            (tmp_path / "coordinator.log").open("wb") as log,
            Peer(house.port, Papers.of(house.home / "rapport-ca/devices/kitchen"), host=NAME) as at_home,
            Peer(operator.port, Papers.of(papers), host=NAME) as on_the_road,
        ):
            coordinator = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
            try:
                for device, peer in ((kitchen, at_home), (parlour, on_the_road)):
                    peer.subscribe("fleet/round", "fleet/head")
                    announcement = read(Announcement, first(peer, "fleet/round"))
                    peer.publish(device.topic, device.update(announcement).payload())
                results = [result(peer) for peer in (at_home, on_the_road)]
            finally:
                coordinator.send_signal(signal.SIGTERM)
                code = coordinator.wait(30)
        assert code == 0, (tmp_path / "coordinator.log").read_text()
        assert results[0] == results[1]
        head = read(Result, results[0])
        assert head.devices == 2
        verify(head, parse_key(key_of(config)))


def result(peer: Peer) -> bytes:
    """The first head that was made of updates."""

    def made(topic: str, payload: bytes) -> bool:
        return topic == "fleet/head" and json.loads(payload)["devices"] > 0

    assert peer.wait(made, 60), peer.heard
    return next(payload for topic, payload in peer.heard if made(topic, payload))


def key_of(config: Path) -> str:
    """The line that devices trust, as the coordinator tells it."""
    command = [sys.executable, "-m", "fleet", "coordinate", "--check", "--json", str(config)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return str(json.loads(done.stdout)["key"])
