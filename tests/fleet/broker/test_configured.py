"""What changes at a broker that runs: renewed, new and revoked certificates, and the bridge to a fleet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge.errors import OutletError
from fleet.broker.configured import CONFIGS, ConfiguredBroker
from fleet.broker.peer import REFUSED_S, Papers, Peer
from fleet.ca.household import Household
from fleet.ca.names import Role
from tests.broker import until

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(120)


def household_of(folder: Path, *devices: str, fleet: bool = False) -> Household:
    made = Household.create(folder, "Test", fleet=fleet)
    made.issue(Role.BROKER, hosts=["127.0.0.1"])
    made.issue(Role.COORDINATOR if fleet else Role.HOME_ASSISTANT)
    made.issue(Role.DEVICE, *devices)
    return made


def accepts(broker: ConfiguredBroker, folder: Path) -> bool:
    peer = Peer(broker.port, Papers.of(folder))
    accepted = peer.connect(REFUSED_S)
    peer.close()
    return accepted


def reloaded(broker: ConfiguredBroker) -> None:
    before = broker.log.read_text().count("Reloading config.")
    broker.install()
    broker.reload()
    until(lambda: broker.log.read_text().count("Reloading config.") > before)


def test_a_new_device_and_renewed_certificates_need_a_reload_alone(tmp_path: Path) -> None:
    household = household_of(tmp_path / "ca", "kitchen")
    kitchen = household.folder / "devices" / "kitchen"
    with (
        ConfiguredBroker(tmp_path / "mosquitto", household) as broker,
        Peer(broker.port, Papers.of(kitchen)) as standing,
    ):
        household.renew("kitchen")
        household.renew("service.broker")
        (attic,) = household.issue(Role.DEVICE, "attic")
        reloaded(broker)
        assert accepts(broker, kitchen)
        with Peer(broker.port, Papers.of(attic)) as peer:
            assert peer.publish("homeassistant/device/rapport_attic/config", b"{}") < 128
            assert peer.publish("homeassistant/device/rapport_kitchen/config", b"{}") == 135
        assert standing.publish("rapport/kitchen/state", b"{}") < 128, "who was connected stays so"


def test_a_revoked_device_is_out_when_the_broker_has_restarted(tmp_path: Path) -> None:
    household = household_of(tmp_path / "ca", "kitchen", "bedroom")
    with ConfiguredBroker(tmp_path / "mosquitto", household) as broker:
        kitchen = household.folder / "devices" / "kitchen"
        assert accepts(broker, kitchen)
        revoked = household.revoke("kitchen")
        assert accepts(broker, revoked), "the broker does not know yet"
        broker.stop()
        broker.install()
        broker.start()
        assert not accepts(broker, revoked)
        assert accepts(broker, household.folder / "devices" / "bedroom")
        (again,) = household.issue(Role.DEVICE, "kitchen")
        assert accepts(broker, again)


def test_through_the_bridge_go_the_fleets_topics_of_that_device_and_nothing_else(tmp_path: Path) -> None:
    home = household_of(tmp_path / "home", "kitchen", "bedroom")
    fleet = household_of(tmp_path / "fleet", "kitchen", fleet=True)
    with ConfiguredBroker(tmp_path / "far", fleet, more="log_type all\n") as far:
        bridge = (CONFIGS / "bridge.conf").read_text(encoding="utf-8")
        bridge = bridge.replace("fleet.example.org:8884", f"127.0.0.1:{far.port}")
        bridge = bridge.replace("/etc/mosquitto/fleet/", f"{fleet.folder}/devices/")
        papers = Papers.of(fleet.folder / "coordinator")
        with (
            ConfiguredBroker(tmp_path / "near", home, more=bridge) as near,
            Peer(near.port, Papers.of(home.folder / "devices" / "kitchen")) as kitchen,
            Peer(near.port, Papers.of(home.folder / "devices" / "bedroom")) as bedroom,
        ):
            with Peer(far.port, papers, keep=True) as coordinator:
                coordinator.subscribe("fleet/+/update")
                coordinator.publish("fleet/round", b"first", retain=True)
                kitchen.subscribe("fleet/round", "fleet/head")
                assert kitchen.wait(lambda *heard: heard == ("fleet/round", b"first"))
                bedroom.publish("fleet/bedroom/update", b"not joined")
                kitchen.publish("rapport/kitchen/state", b"stays at home")
                kitchen.publish("fleet/kitchen/update", b"learned")
                assert coordinator.wait(lambda *heard: heard == ("fleet/kitchen/update", b"learned"))
                assert len(coordinator.heard) == 1
            far.stop()
            kitchen.publish("fleet/kitchen/update", b"while it was away")
            far.start()
            with Peer(far.port, papers, keep=True) as coordinator:
                assert coordinator.wait(lambda *heard: heard == ("fleet/kitchen/update", b"while it was away"))
                assert len(coordinator.heard) == 1
                coordinator.publish("fleet/head", b"second", retain=True)
                assert kitchen.wait(lambda *heard: heard == ("fleet/head", b"second"))
        assert "Denied" not in far.log.read_text()


def test_a_broker_that_cannot_start_is_told(tmp_path: Path) -> None:
    household = household_of(tmp_path / "ca", "kitchen")
    broker = ConfiguredBroker(tmp_path / "mosquitto", household, more="no_such_setting true\n")
    with pytest.raises(OutletError, match="no_such_setting"):
        broker.start()
