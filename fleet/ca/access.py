"""The broker's access list: a file of ``firmware_configs/broker`` and, for a household, lines for each device."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from edge.outlets.mqtt.identity import Identity, Topics
from edge.outlets.mqtt.settings import MqttSettings

if TYPE_CHECKING:
    from collections.abc import Iterable

TEMPLATES = Path(__file__).resolve().parents[2] / "firmware_configs" / "broker"


def access_list(devices: Iterable[str], *, fleet: bool) -> str:
    """The whole file.

    Home Assistant wants the topic of a device's discovery in a form in which the id is only a part of a level, and
    Mosquitto puts names into whole levels alone (mosquitto.conf(5), ``pattern``). So each device has a line of its own.
    """
    text = (TEMPLATES / ("fleet.acl" if fleet else "home.acl")).read_text(encoding="utf-8")
    if fleet:
        return text
    return text + "".join(_block(device) for device in devices)


def _block(device: str) -> str:
    discovery = Topics.of(MqttSettings(), Identity(device, device, "")).discovery
    return f"\nuser {device}\ntopic write {discovery}\n"
