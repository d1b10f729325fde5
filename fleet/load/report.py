"""What a run of the load found, as one tree of plain data and as lines for people."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edge.cli.bench.machine import machine

if TYPE_CHECKING:
    from fleet.load.swarm import Swarm

BUSY = 0.5
"""Load average per core: above it other programs count in every time that was taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Times in s of wall clock and of CPU, and resident memory of the broker in MiB."""

    took_s: float
    connected_s: float
    broker_s: float
    own_s: float
    idle_mib: float
    peak_mib: float


def report(swarm: Swarm, costs: Costs, *, devices: int, every_s: float) -> dict[str, Any]:
    """Everything; ``passed`` is whether each message that was sent was acknowledged and arrived."""
    ordered = sorted(swarm.latencies_s)
    sent, acknowledged = sum(swarm.sent.values()), len(ordered)
    found = machine(None)
    busy = found["load1"] > BUSY * (os.cpu_count() or 1)
    return {
        "machine": found,
        "note": "other programs ran meanwhile: the times are upper bounds" if busy else "",
        "devices": devices,
        "every_s": every_s,
        "seconds": round(costs.took_s, 1),
        "connected_s": round(costs.connected_s, 2),
        "sent": dict(swarm.sent),
        "bytes_each": {kind: round(swarm.bytes[kind] / swarm.sent[kind]) for kind in swarm.sent},
        "per_s": round(sent / costs.took_s, 1),
        "acknowledged": acknowledged,
        "refused": swarm.refused,
        "lines_lost": swarm.lost,
        "arrived": len(swarm.arrived),
        "arrived_twice": sum(times - 1 for times in swarm.arrived.values()),
        "puback_ms": {name: _ms(ordered, share) for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0))},
        "broker": {
            "cpu_percent_of_a_core": round(100 * costs.broker_s / costs.took_s, 1),
            "cpu_ms_per_message": round(1000 * costs.broker_s / max(sent, 1), 3),
            "rss_idle_mib": round(costs.idle_mib, 1),
            "rss_peak_mib": round(costs.peak_mib, 1),
            "kib_per_device": round((costs.peak_mib - costs.idle_mib) * 1024 / devices, 1),
        },
        "generator_cpu_percent_of_a_core": round(100 * costs.own_s / costs.took_s, 1),
        "passed": acknowledged == sent == len(swarm.arrived) and not swarm.refused and not swarm.lost,
    }


def lines(found: dict[str, Any]) -> list[str]:
    """The same for people."""
    sizes = ", ".join(
        f"{count} {kind}s of {found['bytes_each'][kind]} bytes" for kind, count in sorted(found["sent"].items())
    )
    puback, broker = found["puback_ms"], found["broker"]
    told = [
        f"{found['devices']} devices, each a message every {found['every_s']:g} s, for {found['seconds']} s: {sizes}",
        f"  connected in {found['connected_s']} s, one after the other; {found['lines_lost']} lines lost",
        (
            f"  {found['acknowledged']} acknowledged, {found['arrived']} arrived, "
            f"{found['arrived_twice']} a second time, {found['refused']} refused; {found['per_s']} a second"
        ),
        f"  to PUBACK p50 {puback['p50']} ms, p99 {puback['p99']} ms, longest {puback['max']} ms",
        (
            f"  broker: {broker['cpu_percent_of_a_core']} % of a core, {broker['cpu_ms_per_message']} ms a message; "
            f"{broker['rss_idle_mib']} MiB before, {broker['rss_peak_mib']} MiB at most, "
            f"{broker['kib_per_device']} KiB a device"
        ),
        f"  the clients themselves: {found['generator_cpu_percent_of_a_core']} % of a core",
    ]
    return [*told, f"  {found['note']}"] if found["note"] else told


def _ms(ordered: list[float], share: float) -> float | None:
    return round(1000 * ordered[max(0, math.ceil(share * len(ordered)) - 1)], 2) if ordered else None
