"""Hundreds of devices at a real Mosquitto with the fleet's configuration: what arrives, how late, what it costs.

Exit codes: 0 every message that was acknowledged arrived once, 1 some did not, or the work failed, 2 wrong use.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from edge.errors import RapportError
from fleet.broker.configured import ConfiguredBroker
from fleet.broker.peer import Papers
from fleet.ca.household import Household
from fleet.ca.names import NAMES, Role
from fleet.load.messages import Sayings
from fleet.load.report import Costs, lines, report
from fleet.load.swarm import Line, Swarm
from fleet.load.watch import PeakMemory, cpu_s, rss_mib

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_DEVICES, MOST_MINUTES, MOST_SECONDS, LEAST = 2000, 60.0, 3600.0, 0.01
LISTENERS = {Role.COORDINATOR: "fleet/+/update", Role.RECEIVER: "fleet/+/aggregate"}
FILES_EACH = 4
"""A socket and paho's pair, and some room."""
LAST_S = 20.0
"""How long is waited for what was sent last."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code."""
    given = _parser().parse_args(arguments)
    _allow_files(given.devices * FILES_EACH + 256)
    try:
        with tempfile.TemporaryDirectory(prefix="rapport-load-") as folder:
            found = loaded(Path(folder), given.devices, given.minutes * 60, given.every)
    except RapportError as error:
        print(f"fleet-load: {error}", file=sys.stderr)
        return 1
    print("\n".join(lines(found)))
    if given.json is not None:
        given.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return int(not found["passed"])


def loaded(folder: Path, devices: int, seconds: float, every_s: float) -> dict[str, Any]:
    """The report of one run, in an empty ``folder``. Raises RapportError."""
    household = Household.create(folder / "ca", "Load", fleet=True)
    household.issue(Role.BROKER, hosts=["127.0.0.1"])
    for role in LISTENERS:
        household.issue(role)
    household.issue(Role.DEVICE, *(f"load-{number:04d}" for number in range(devices)))
    with ConfiguredBroker(folder / "mosquitto", household) as broker:
        return _measured(broker, household, seconds, every_s)


def _measured(broker: ConfiguredBroker, household: Household, seconds: float, every_s: float) -> dict[str, Any]:
    idle_mib = rss_mib(broker.pid)
    swarm = Swarm(every_s, random.Random(8))  # noqa: S311 - spreads load, guards nothing
    began = time.monotonic()
    for role, topic in LISTENERS.items():
        swarm.listen(Line(broker.port, Papers.of(household.folder / role.value), NAMES[role]), topic)
    places = sorted((household.folder / "devices").iterdir())
    for number, place in enumerate(places):
        chance = np.random.default_rng(number)
        swarm.add(Line(broker.port, Papers.of(place), place.name), Sayings(place.name, chance))
    connected_s = time.monotonic() - began
    with PeakMemory(broker.pid) as memory:
        start = time.monotonic()
        broker_s, own_s = cpu_s(broker.pid), cpu_s(os.getpid())
        swarm.run(start + seconds)
        took_s = time.monotonic() - start
        broker_s, own_s = cpu_s(broker.pid) - broker_s, cpu_s(os.getpid()) - own_s
        swarm.drain(LAST_S)
    swarm.close()
    costs = Costs(
        took_s=took_s, connected_s=connected_s, broker_s=broker_s, own_s=own_s, idle_mib=idle_mib, peak_mib=memory.mib
    )
    return report(swarm, costs, devices=len(places), every_s=every_s)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/fleet-load", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--devices", type=_devices, default=300, metavar="N", help="how many (default 300)")
    parser.add_argument("--minutes", type=_minutes, default=1.0, metavar="M", help="for how long (default 1)")
    parser.add_argument(
        "--every", type=_seconds, default=5.0, metavar="S", help="seconds between two messages of a device (default 5)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the report to FILE")
    return parser


def _devices(text: str) -> int:
    if not 1 <= (number := int(text)) <= MOST_DEVICES:
        message = f"it is {number}; allowed are 1 to {MOST_DEVICES}"
        raise argparse.ArgumentTypeError(message)
    return number


def _minutes(text: str) -> float:
    return _between(text, MOST_MINUTES)


def _seconds(text: str) -> float:
    return _between(text, MOST_SECONDS)


def _between(text: str, most: float) -> float:
    if not LEAST <= (number := float(text)) <= most:
        message = f"it is {number:g}; allowed are {LEAST:g} to {most:g}"
        raise argparse.ArgumentTypeError(message)
    return number


def _allow_files(wanted: int) -> None:
    """As many open files as the system lets us have; the broker inherits it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


if __name__ == "__main__":
    sys.exit(main())
