"""Where this device stands in its fleet; and the line by which the fleet's operator knows it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.cli.opened import opened
from edge.settings import load

if TYPE_CHECKING:
    import argparse

    from edge.learning.federated.settings import FederatedSettings
    from edge.privacy.vault import Vault
    from edge.settings import Settings

LATEST = 5
"""Rounds that are told."""
HEADS = {
    "published": "newest of the fleet",
    "fleet": "of the fleet, in use",
    "before": "in use before it, until the trial is over",
    "own": "of this household's own corrections, in use",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``rapport fleet`` takes."""
    parser.add_argument(
        "action",
        nargs="?",
        choices=("status", "key"),
        default="status",
        help="`key` prints the line for the operator's file of devices",
    )
    parser.add_argument("--config", type=Path, help="the settings file of the device")
    parser.add_argument("--json", action="store_true", help="print an object")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0. Raises VaultError where what is kept cannot be read, or the key not be made."""
    settings = load(arguments.config)
    if arguments.action == "key":
        line = key_line(settings)
        print(json.dumps({"key": line}) if arguments.json else line)
        return 0
    with opened(settings) as vault:
        found = standing(settings, vault)
    print(json.dumps(found, ensure_ascii=False) if arguments.json else "\n".join(lines(found)))
    return 0


def key_line(settings: Settings) -> str:
    """``ed25519 KEY DEVICE`` of the key that this device signs its updates with; made where there is none yet."""
    from edge.accelerators.private_key import public_half
    from edge.learning.federated.identity import device_key

    with opened(settings, make=True) as vault:
        return public_half(device_key(vault), settings.device.id).line


def standing(settings: Settings, vault: Vault) -> dict[str, Any]:
    """What is set, what is kept, and what became of the latest rounds; as plain data."""
    wanted = settings.learning.federated
    rounds = vault.rows("SELECT round, joined, why FROM fleet_round ORDER BY round DESC LIMIT ?", LATEST)
    ((examples,),) = vault.rows("SELECT count(*) FROM head_example")
    return {
        "device": settings.device.id,
        "joins": wanted.join,
        "trust": wanted.trust,
        "coordinator": _coordinator(wanted),
        "examples": examples,
        "heads": {str(role): number for role, number in vault.rows("SELECT role, round FROM head ORDER BY role")},
        "rounds": [{"round": number, "joined": bool(joined), "why": why} for number, joined, why in rounds],
    }


def _coordinator(wanted: FederatedSettings) -> str | None:
    from edge.accelerators.keys import parse_key

    if not wanted.coordinator_key:
        return None
    key = parse_key(wanted.coordinator_key)
    return f"{key.id} {key.owner}".rstrip()


def lines(found: dict[str, Any]) -> list[str]:
    """The same for people."""
    joins = f"takes part, trusts {found['trust']}" if found["joins"] else "takes no part (learning.federated.join)"
    told = [
        f"device       {found['device']}: {joins}",
        f"coordinator  {found['coordinator'] or 'none is set (learning.federated.coordinator_key)'}",
        f"corrections  {found['examples']} to learn from",
    ]
    told += [f"head         {HEADS[role]}: of round {number}" for role, number in found["heads"].items()]
    for one in found["rounds"]:
        told.append(f"round {one['round']:<6} {'joined' if one['joined'] else 'not joined'}: {one['why']}")
    return told
