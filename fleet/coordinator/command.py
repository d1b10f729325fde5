"""Run the rounds in which devices learn together: announce, collect, put together, sign."""

from __future__ import annotations

import json
import logging
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.errors import SettingsError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from fleet.coordinator.rounds import Event
    from fleet.coordinator.settings import CoordinatorSettings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``python -m fleet coordinate``."""
    parser.add_argument(
        "config", type=Path, nargs="?", metavar="CONFIG", help="TOML file, see docs/fleet/coordinator.md"
    )
    parser.add_argument(
        "--results", type=int, default=0, metavar="N", help="end when the database has N heads made of updates"
    )
    parser.add_argument("--check", action="store_true", help="look at settings, key, devices and database, and end")
    parser.add_argument(
        "--status", action="store_true", help="say where the rounds stand and what was refused, and end"
    )
    parser.add_argument("--new-key", type=Path, metavar="FILE", help="make a key, print the line that devices trust")
    parser.add_argument("--owner", default="fleet", help="with --new-key: whose key it is")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when it was stopped or is done."""
    if arguments.new_key is not None:
        from fleet.coordinator.key import key_file

        print(key_file(arguments.new_key).new(arguments.owner).line)
        return 0
    if arguments.config is None:
        problem = "no settings file is given"
        raise SettingsError(problem, "Type: python -m fleet coordinate CONFIG")
    from fleet.coordinator.loading import load

    settings = load(arguments.config)
    logging.basicConfig(level=settings.coordinator.log_level.upper(), format="%(levelname)s %(name)s: %(message)s")
    if arguments.status:
        _print(_status(settings), as_json=arguments.json)
        return 0
    if arguments.check:
        _print(_checked(settings), as_json=arguments.json)
        return 0
    return _serve(settings, arguments.results, _teller(as_json=arguments.json))


def _serve(settings: CoordinatorSettings, wanted: int, tell: Callable[[Event], None]) -> int:
    from edge.learning.federated.head import nothing
    from fleet.coordinator import flower
    from fleet.coordinator.database import open_database
    from fleet.coordinator.key import key_file
    from fleet.coordinator.link import Link
    from fleet.coordinator.rounds import Rounds
    from fleet.coordinator.service import Service
    from fleet.coordinator.store import Store

    flower.prepare()  # now, so that a round of a day does not end in finding that it is not installed
    key = key_file(settings.coordinator.key).read()
    store = Store(open_database(settings.database))
    try:
        rounds = Rounds(settings, store, key, nothing())
        Service(settings, rounds, Link(settings.mqtt.mqtt(), settings.coordinator.id), tell, wanted).run()
    finally:
        store.close()
    return 0


def _checked(settings: CoordinatorSettings) -> dict[str, Any]:
    from edge.accelerators.private_key import public_half
    from fleet.coordinator.database import open_database, shown
    from fleet.coordinator.key import key_file
    from fleet.coordinator.registry import read_registry

    key = public_half(key_file(settings.coordinator.key).read(), settings.coordinator.id)
    engine = open_database(settings.database)
    engine.dispose()
    return {
        "key": key.line,
        "devices": len(read_registry(settings.coordinator.devices)),
        "cohort": settings.rounds.cohort,
        "database": shown(engine),
    }


def _status(settings: CoordinatorSettings) -> dict[str, Any]:
    from fleet.coordinator.database import open_database
    from fleet.coordinator.privacy import YEAR_S, epsilon
    from fleet.coordinator.store import Store

    store = Store(open_database(settings.database))
    try:
        with store.transaction() as transaction:
            latest, head = transaction.latest_round(), transaction.latest_head()
            states, refused = transaction.states(), transaction.refused()
            multipliers = transaction.noise_multipliers(time.time() - YEAR_S)
    finally:
        store.close()
    found: dict[str, Any] = {"rounds": states, "refused": refused}
    if latest is not None:
        found |= {"round": latest.number, "state": latest.state.value, "accepted": latest.accepted}
    if head is not None:
        found |= {"head": head.digest, "head_round": head.round, "head_devices": head.devices}
    if multipliers and all(multipliers):
        found["epsilon_year"] = round(epsilon(multipliers), 3)
    return found


def _teller(*, as_json: bool) -> Callable[[Event], None]:
    def tell(event: Event) -> None:
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if as_json:
            print(json.dumps({"utc": now, "event": event.kind, **event.what}, ensure_ascii=False), flush=True)
            return
        print(f"{now} {event.kind}", *(f"{key}={_plain(value)}" for key, value in event.what.items()), flush=True)

    return tell


def _print(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        json.dump(found, sys.stdout, ensure_ascii=False)
        print()
        return
    for key, value in found.items():
        print(f"{key:<16} {_plain(value)}")


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {count}" for key, count in value.items()) or "none"
    return str(value)
