"""A device is taken out of the home, at a real broker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge.cli import main
from edge.errors import OutletError
from edge.outlets.mqtt.identity import Identity, Topics
from edge.outlets.mqtt.outlet import MqttOutlet
from edge.outlets.mqtt.removal import remove
from edge.outlets.outlet import Portrait
from tests.broker import Broker, Listener
from tests.edge.outlets.mqtt.samples import state
from tests.edge.outlets.mqtt.test_outlet import settings_for

if TYPE_CHECKING:
    from pathlib import Path


def test_nothing_of_a_device_is_left_at_the_broker(broker: Broker, identity: Identity) -> None:
    settings = settings_for(broker, identity, expire_after_s=0)
    topics = Topics.of(settings, identity)
    outlet = MqttOutlet(settings, identity, picture=True)
    with Listener(broker, *topics.retained) as listener:
        outlet.attach()
        outlet.offer(state())
        outlet.offer(Portrait(b"a picture"))
        for topic in topics.retained:
            listener.on(topic)
        outlet.stop()
        listener.on(topics.availability, "offline")
        assert remove(settings, identity, topics) == topics.retained
        for topic in topics.retained:
            listener.on(topic, "")
    with Listener(broker, "#") as late:
        late.say(f"end/{identity.device_id}", "x")
        late.on(f"end/{identity.device_id}")
        assert not [m for m in late.heard if identity.device_id in m.topic and m.retain]


def test_the_command_takes_out_an_old_device_by_its_id(
    broker: Broker, tmp_path: Path, identity: Identity, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "device.toml"
    config.write_text(
        f'[device]\nid = "new"\n[mqtt]\nhost = "{broker.host}"\nport = {broker.plain}\n', encoding="utf-8"
    )
    topic = f"homeassistant/device/rapport_{identity.device_id}/config"
    with Listener(broker, topic) as listener:
        listener.say(topic, "{}", retain=True)
        assert main(["mqtt", "remove", "--config", str(config), "--id", identity.device_id]) == 0
        listener.on(topic, "")
    assert f"removed {topic}" in capsys.readouterr().out


def test_what_stands_in_the_way_is_told(broker: Broker, identity: Identity, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mqtt", "remove"]) == 1
    assert "mqtt.host" in capsys.readouterr().err
    settings = settings_for(broker, identity, port=1)
    with pytest.raises(OutletError, match="nothing listens"):
        remove(settings, identity, Topics.of(settings, identity))
    account = {"port": broker.password, "username": broker.user, "password_file": broker.password_file}
    forbidden = settings_for(broker, identity, base_topic="forbidden", **account)
    with pytest.raises(OutletError, match="Not authorized"):
        remove(forbidden, identity, Topics.of(forbidden, identity))
