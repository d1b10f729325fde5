"""Hundreds of devices at a real Mosquitto with the fleet's configuration: what arrives, how late, what the broker needs.

Exit codes: 0 every message that was acknowledged arrived once, 1 some did not, or the work failed, 2 wrong use.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from edge.cli.bench.machine import machine
from edge.errors import RapportError
from fleet.broker.configured import ConfiguredBroker
from fleet.broker.peer import Papers
from fleet.ca.household import Household
from fleet.ca.names import NAMES, Role
from fleet.load.messages import Sayings
from fleet.load.swarm import Line, Swarm
from fleet.load.watch import PeakMemory, cpu_s, rss_mib

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_DEVICES, MOST_MINUTES = 2000, 60.0
FILES_EACH = 4
"""A socket and paho's pair, and some room."""
LAST_S = 20.0
"""How long is waited for what was sent last."""
BUSY = 0.5
"""Of the cores: above it other programs count in every time that was taken."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code."""
    given = _parser().parse_args(arguments)
    _allow_files(given.devices * FILES_EACH + 256)
    try:
        with tempfile.TemporaryDirectory(prefix="rapport-load-") as folder:
            report = loaded(Path(folder), given.devices, given.minutes * 60, given.every)
    except RapportError as error:
        print(f"fleet-load: {error}", file=sys.stderr)
        return 1
    _print(report)
    if given.json is not None:
        given.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return int(not report["passed"])


def loaded(folder: Path, devices: int, seconds: float, every_s: float) -> dict[str, Any]:
    """The report of one run, in an empty ``folder``. Raises RapportError."""
    household = Household.create(folder / "ca", "Load", fleet=True)
    household.issue(Role.BROKER, hosts=["127.0.0.1"])
    (coordinator,) = household.issue(Role.COORDINATOR)
    names = [f"load-{number:04d}" for number in range(devices)]
    places = household.issue(Role.DEVICE, *names)
    with ConfiguredBroker(folder / "mosquitto", household) as broker:
        idle_mib = rss_mib(broker.pid)
        swarm = Swarm(every_s, random.Random(8))  # noqa: S311 - spreads load, guards nothing
        began = time.monotonic()
        swarm.listen(
            Line(broker.port, Papers.of(coordinator), NAMES[Role.COORDINATOR]), "fleet/+/update", "fleet/+/aggregate"
        )
        for number, (name, place) in enumerate(zip(names, places, strict=True)):
            swarm.add(Line(broker.port, Papers.of(place), name), Sayings(name, np.random.default_rng(number)))
        connected_s = time.monotonic() - began
        with PeakMemory(broker.pid) as memory:
            start = time.monotonic()
            broker_s, own_s = cpu_s(broker.pid), cpu_s(os.getpid())
            swarm.run(start + seconds)
            took_s = time.monotonic() - start
            broker_s, own_s = cpu_s(broker.pid) - broker_s, cpu_s(os.getpid()) - own_s
            swarm.drain(LAST_S)
        swarm.close()
    return _report(swarm, devices, every_s, took_s, connected_s, broker_s, own_s, (idle_mib, memory.mib))


def _report(
    swarm: Swarm,
    devices: int,
    every_s: float,
    took_s: float,
    connected_s: float,
    broker_s: float,
    own_s: float,
    mib: tuple[float, float],
) -> dict[str, Any]:
    ordered = sorted(swarm.latencies_s)
    sent, acknowledged = sum(swarm.sent.values()), len(ordered)
    found = machine(None)
    busy = found["load1"] > BUSY * (os.cpu_count() or 1)
    return {
        "machine": found,
        "note": "other programs ran meanwhile: the times are upper bounds" if busy else "",
        "devices": devices,
        "every_s": every_s,
        "seconds": round(took_s, 1),
        "connected_s": round(connected_s, 2),
        "sent": dict(swarm.sent),
        "bytes_each": {kind: round(swarm.bytes[kind] / swarm.sent[kind]) for kind in swarm.sent},
        "per_s": round(sent / took_s, 1),
        "acknowledged": acknowledged,
        "refused": swarm.refused,
        "lines_lost": swarm.lost,
        "arrived": len(swarm.arrived),
        "arrived_twice": sum(times - 1 for times in swarm.arrived.values()),
        "puback_ms": {name: _ms(ordered, share) for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0))},
        "broker": {
            "cpu_percent_of_a_core": round(100 * broker_s / took_s, 1),
            "cpu_ms_per_message": round(1000 * broker_s / max(sent, 1), 3),
            "rss_idle_mib": round(mib[0], 1),
            "rss_peak_mib": round(mib[1], 1),
            "kib_per_device": round((mib[1] - mib[0]) * 1024 / devices, 1),
        },
        "generator_cpu_percent_of_a_core": round(100 * own_s / took_s, 1),
        "passed": acknowledged == sent == len(swarm.arrived) and not swarm.refused and not swarm.lost,
    }


def _ms(ordered: list[float], share: float) -> float | None:
    return round(1000 * ordered[max(0, math.ceil(share * len(ordered)) - 1)], 2) if ordered else None


def _print(report: dict[str, Any]) -> None:
    sizes = ", ".join(
        f"{count} {kind}s of {report['bytes_each'][kind]} bytes" for kind, count in sorted(report["sent"].items())
    )
    puback, broker = report["puback_ms"], report["broker"]
    print(
        f"{report['devices']} devices, each a message every {report['every_s']:g} s, for {report['seconds']} s: {sizes}"
    )
    print(f"  connected in {report['connected_s']} s, one after the other; {report['lines_lost']} lines lost")
    print(
        f"  {report['acknowledged']} acknowledged, {report['arrived']} arrived, {report['arrived_twice']} a second time, "
        f"{report['refused']} refused; {report['per_s']} a second"
    )
    print(f"  to PUBACK p50 {puback['p50']} ms, p99 {puback['p99']} ms, longest {puback['max']} ms")
    print(
        f"  broker: {broker['cpu_percent_of_a_core']} % of a core, {broker['cpu_ms_per_message']} ms a message; "
        f"{broker['rss_idle_mib']} MiB before, {broker['rss_peak_mib']} MiB at most, {broker['kib_per_device']} KiB a device"
    )
    print(f"  the clients themselves: {report['generator_cpu_percent_of_a_core']} % of a core")
    if report["note"]:
        print(f"  {report['note']}")


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
    return _between(text, 3600.0)


def _between(text: str, most: float) -> float:
    if not 0.01 <= (number := float(text)) <= most:
        message = f"it is {number:g}; allowed are 0.01 to {most:g}"
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
