"""Topics and schemas of what is said to the home and heard from it; take a device out of the home."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from edge.errors import OutletError
from edge.settings import load

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``rapport mqtt`` takes."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    schema = actions.add_parser("schema", help="print the part of docs/mqtt.md that is made from the code")
    schema.add_argument("--json", action="store_true", help="print topics with their JSON schemas instead")
    remove = actions.add_parser(
        "remove", help="remove what the broker keeps of a device, so that the home forgets it; stop the device before"
    )
    remove.add_argument("--config", type=Path, help="the settings file of the device")
    remove.add_argument("--id", help="of the device, where it was another than device.id is now")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when it was done, 1 when the broker is out of reach or refuses."""
    if arguments.action == "remove":
        return _remove(arguments.config, arguments.id)
    from edge.cli.mqtt_page import catalogue, page

    print(json.dumps(catalogue(), ensure_ascii=False, indent=1) if arguments.json else page(), end="")
    return 0


def _remove(config: Path | None, device_id: str | None) -> int:
    from edge import __version__
    from edge.outlets.mqtt.identity import Identity, Topics
    from edge.outlets.mqtt.removal import remove

    settings = load(config)
    if not settings.mqtt.active:
        problem = "mqtt.host is empty or mqtt.enabled is false, so there is no home to tell"
        raise OutletError(problem, "Set mqtt.host to the broker's name or address")
    identity = Identity(device_id or settings.device.id, settings.device.name, __version__)
    for topic in remove(settings.mqtt, identity, Topics.of(settings.mqtt, identity)):
        print(f"removed {topic}")
    return 0
