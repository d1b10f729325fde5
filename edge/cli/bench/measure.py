"""Times one call again and again, and looks at what it allocates in a pass of its own."""

from __future__ import annotations

import gc
import sys
import time
import tracemalloc
from typing import TYPE_CHECKING

from edge.cli.running import rss_mib
from edge.loop.latency import percentile

if TYPE_CHECKING:
    from collections.abc import Callable

WARM_CALLS = 10
LEAST_CALLS, MOST_CALLS = 20, 5000
TRACED_CALLS = 50


def measured(call: Callable[[], object], seconds: float) -> dict[str, float]:
    """Figures of ``call``.

    Args:
        call: the stage; it is warmed up by WARM_CALLS calls first.
        seconds: how long it is timed; at least LEAST_CALLS and at most MOST_CALLS calls.

    Returns:
        ``wall_ms_*`` and ``cpu_ms_*`` (CPU time of the whole process: p50, p95, p99, max), ``calls``, ``alloc_kib``
        (median over calls of the largest memory that Python and numpy hold during a call beyond what they held before),
        ``blocks_kept`` (blocks of Python's allocator that a call leaves behind, on average) and ``rss_mib``.
    """
    for _ in range(WARM_CALLS):
        call()
    wall: list[float] = []
    cpu: list[float] = []
    end = time.perf_counter() + seconds
    while len(wall) < LEAST_CALLS or (time.perf_counter() < end and len(wall) < MOST_CALLS):
        began, spent = time.perf_counter_ns(), time.process_time_ns()
        call()
        cpu.append((time.process_time_ns() - spent) / 1e6)
        wall.append((time.perf_counter_ns() - began) / 1e6)
    return {
        **_spread("wall_ms", wall),
        **_spread("cpu_ms", cpu),
        "calls": len(wall),
        "alloc_kib": _alloc_kib(call),
        "blocks_kept": _blocks_kept(call),
        "rss_mib": rss_mib(),
    }


def _spread(name: str, values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    figures = {f"{name}_p{rank}": round(percentile(ordered, rank), 3) for rank in (50, 95, 99)}
    return {**figures, f"{name}_max": round(ordered[-1], 3)}


def _alloc_kib(call: Callable[[], object]) -> float:
    """Apart from the timing, as tracing makes every allocation several times as dear."""
    peaks = []
    tracemalloc.start()
    try:
        for _ in range(TRACED_CALLS):
            tracemalloc.reset_peak()
            before, _ = tracemalloc.get_traced_memory()
            call()
            peaks.append((tracemalloc.get_traced_memory()[1] - before) / 1024)
    finally:
        tracemalloc.stop()
    return round(percentile(sorted(peaks), 50), 1)


def _blocks_kept(call: Callable[[], object]) -> float:
    gc.collect()
    before = sys.getallocatedblocks()
    for _ in range(TRACED_CALLS):
        call()
    gc.collect()
    return round((sys.getallocatedblocks() - before) / TRACED_CALLS, 2)
