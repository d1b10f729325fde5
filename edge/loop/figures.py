"""What the metrics page tells, gathered from the parts of the loop that know it."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from edge.affect import Sense
from edge.loop.states import LaneState
from edge.outlets.metrics.figures import Figures, LaneFigures, LatencyFigures

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge.loop.lane import LaneStatus
    from edge.loop.latency import Latencies
    from edge.loop.tally import Tally
    from edge.outlets.outlet import Outlet

STATES = tuple(state.value for state in LaneState)


def figures_of(
    lanes: Iterable[LaneStatus],
    latencies: Latencies,
    tally: Tally,
    *,
    version: str,
    accelerator: str,
    outlets: Iterable[Outlet],
    turns: int,
) -> Figures:
    """The device as it is now; from any thread."""
    return Figures(
        version=version,
        accelerator=accelerator,
        lanes=tuple(LaneFigures(lane.sense.value, lane.state.value, lane.restarts, lane.dropped) for lane in lanes),
        states=STATES,
        latencies={kind: _latency(latencies, kind) for kind in latencies.kinds},
        readings={sense.value: tally.readings[sense] for sense in Sense},
        abstained={sense.value: tally.abstained[sense] for sense in Sense},
        outlets={outlet.name: outlet.dropped for outlet in outlets},
        turns=turns,
        rss_bytes=rss_bytes(),
        cpu_s=time.process_time(),
    )


def _latency(latencies: Latencies, kind: str) -> LatencyFigures:
    count, sum_ms = latencies.total(kind)
    recent = latencies.percentiles(kind) or {}
    return LatencyFigures({float(rank.removeprefix("p")) / 100: ms for rank, ms in recent.items()}, count, sum_ms)


def rss_bytes() -> int:
    """Resident memory of this process now (proc(5): statm, second field, in pages)."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
