"""Times the hot paths: ``python -m tests.benchmarks [NAME …] [--seconds S] [--core N] [--json]``."""

from __future__ import annotations

import argparse
import gc
import json
import time
from typing import TYPE_CHECKING

from edge.cli.bench.load import pinned
from edge.loop.latency import percentile
from tests.benchmarks.paths import PATHS

if TYPE_CHECKING:
    from collections.abc import Callable

WARM_CALLS = 20
BATCH_NS = 200_000
"""A reading of the CPU clock takes a microsecond or less; calls are timed in batches that last this long at least."""


def cpu_us(call: Callable[[], object], seconds: float) -> float:
    """Median CPU time of one call in microseconds, over batches."""
    for _ in range(WARM_CALLS):
        call()
    began = time.process_time_ns()
    call()
    batch = max(1, BATCH_NS // max(1, time.process_time_ns() - began))
    took: list[float] = []
    gc.collect()
    end = time.perf_counter() + seconds
    while not took or time.perf_counter() < end:
        began = time.process_time_ns()
        for _ in range(batch):
            call()
        took.append((time.process_time_ns() - began) / batch / 1000)
    return percentile(sorted(took), 50)


def main() -> None:
    """Print a line, or with --json an entry, for each path."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Median CPU time of each hot path.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"all of: {', '.join(PATHS)}")
    parser.add_argument("--seconds", type=float, default=1.0, help="for each (default 1)")
    parser.add_argument("--core", type=int, help="run on this core only")
    parser.add_argument("--json", action="store_true", help="print one object; what cannot be made is null")
    arguments = parser.parse_args()
    if unknown := sorted(set(arguments.names) - set(PATHS)):
        parser.error(f"no path is called {', '.join(unknown)}; there are: {', '.join(PATHS)}")
    figures: dict[str, float | None] = {}
    with pinned(arguments.core):
        for name in arguments.names or PATHS:
            figures[name] = cpu_us(PATHS[name](), arguments.seconds)
            if not arguments.json:
                print(f"{name:<16}{figures[name]:>12.2f} µs CPU", flush=True)
    if arguments.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
