"""What a broker keeps of a device is taken back, and nothing else."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

import pytest

from edge.errors import OutletError
from edge.outlets.mqtt.clearing import OWED, clear, clear_owed
from edge.outlets.mqtt.settings import MqttSettings
from tests.broker import Broker, Listener

if TYPE_CHECKING:
    from pathlib import Path

    from edge.outlets.mqtt.identity import Identity


def kept(broker: Broker, *topics: str) -> dict[str, str]:
    """What a newcomer is told that the broker kept."""
    with Listener(broker, *topics) as newcomer:
        end = f"end/{secrets.token_hex(8)}"
        newcomer._client.subscribe(end)
        newcomer.say(end, "x")
        newcomer.on(end)
        time.sleep(0.2)
        return {heard.topic: heard.payload.decode() for heard in newcomer.heard if heard.retain}


def test_fifty_markers_are_gone_and_others_and_availability_stay(broker: Broker, identity: Identity) -> None:
    root = f"rapport/{identity.device_id}"
    markers = {f"{root}/{'a/' * (number % 3)}{number}": secrets.token_hex(12) for number in range(50)}
    other = f"rapport/{identity.device_id}x/state"
    with Listener(broker, f"{root}/none") as home:
        for topic, payload in (markers | {other: "theirs", f"{root}/availability": "online"}).items():
            home.say(topic, payload, retain=True)
        assert kept(broker, f"{root}/#") == markers | {f"{root}/availability": "online"}
        cleared = clear(MqttSettings(host=broker.host, port=broker.plain), identity)
        assert cleared == sorted(markers)
        assert kept(broker, f"{root}/#", other) == {other: "theirs", f"{root}/availability": "online"}
        home.say(other, "", retain=True)


def test_what_could_not_be_cleared_is_cleared_later_and_once(
    broker: Broker, identity: Identity, tmp_path: Path
) -> None:
    root = f"rapport/{identity.device_id}"
    settings = MqttSettings(host=broker.host, port=broker.plain)
    with Listener(broker, f"{root}/none") as home:
        home.say(f"{root}/reply", "said", retain=True)
        clear_owed(settings, identity, tmp_path)
        assert kept(broker, f"{root}/#") != {}, "nothing is owed"
        (tmp_path / OWED).touch()
        with pytest.raises(OutletError):
            clear_owed(MqttSettings(host=broker.host, port=1), identity, tmp_path)
        assert (tmp_path / OWED).exists()
        clear_owed(settings, identity, tmp_path)
        assert kept(broker, f"{root}/#") == {}
        assert not (tmp_path / OWED).exists()


def test_refused_credentials_are_told(broker: Broker, identity: Identity, tmp_path: Path) -> None:
    wrong = tmp_path / "password"
    wrong.write_text("wrong")
    settings = MqttSettings(host=broker.host, port=broker.password, username=broker.user, password_file=wrong)
    with pytest.raises(OutletError, match=r"mqtt\.username"):
        clear(settings, identity)
