"""Capture to State with and without a broker: ``python -m tests.benchmarks.outage [--rounds N] [--json]``.

The whole runtime runs as in the soak, and the broker is killed and started in turn. What is told is the ratio of the
latency while it is away to that while it is there, of the same run: of each round by itself, and the median of those,
with the interval in which it lies by the sign test. 1 means that an outage adds nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.accelerators.model import default_directory
from edge.cli.bench.broker import free_port
from edge.cli.bench.machine import machine
from edge.loop.latency import percentile
from tests.benchmarks.against import interval
from tests.soak.broker import SoakBroker
from tests.soak.control import Wishes
from tests.soak.rig import started, stopped, until_it_runs
from tests.soak.watch import SENSES, Watcher

if TYPE_CHECKING:
    from collections.abc import Iterable

SETTLE_S = 1.0
"""After the broker was killed or has started; the first moments belong to neither."""
Span = tuple[float, float]


def ratios(latencies: list[tuple[float, str, float]], there: list[Span], away: list[Span], share: int) -> list[float]:
    """Of each round and sense: the percentile ``share`` while the broker is away over that while it is there."""
    found = []
    for with_it, without in zip(there, away, strict=True):
        for sense in SENSES:
            pair = [_values(latencies, sense, span) for span in (with_it, without)]
            if all(pair):
                found.append(percentile(pair[1], share) / percentile(pair[0], share))
    return found


def _values(latencies: Iterable[tuple[float, str, float]], sense: str, span: Span) -> list[float]:
    return sorted(ms for at, kind, ms in latencies if kind == sense and span[0] <= at <= span[1])


def _measured(folder: Path, stack: ExitStack, rounds: int, seconds: float) -> dict[str, Any]:
    (folder / "state").mkdir()
    broker = SoakBroker(folder)
    broker.start()
    stack.callback(broker.stop)
    Wishes(folder / "wishes.json")
    metrics = free_port()
    log = stack.enter_context((folder / "runtime.log").open("wb"))
    (folder / "models").symlink_to(default_directory())
    process = started(folder, metrics, broker, log)
    stack.callback(process.wait)
    stack.callback(process.kill)
    watcher = Watcher(process.pid, metrics, broker.port, folder / "events", folder / "notify")
    watcher.start()
    until_it_runs(process, watcher)
    time.sleep(seconds)  # to warm up
    there, away = [], []
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr, flush=True)
        there.append(_span(seconds))
        broker.kill()
        away.append(_span(seconds))
        broker.start()
    stopped(process)
    watcher.stop()
    latencies = list(watcher.seen.latencies)
    figures: dict[str, Any] = {"rounds": rounds, "seconds": seconds, "latencies": len(latencies)}
    for share in (50, 95):
        low, middle, high = interval(ratios(latencies, there, away, share))
        figures[f"p{share}"] = {"ratio": middle, "low": low, "high": high}
    return figures | {"machine": machine(None)}


def _span(seconds: float) -> Span:
    time.sleep(SETTLE_S)
    begin = time.monotonic()
    time.sleep(seconds)
    return begin, time.monotonic()


def main() -> None:
    """Print the ratios, or with --json an object."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.outage", description="What an outage adds.")
    parser.add_argument("--rounds", type=int, default=10, help="how often the broker is killed (default 10)")
    parser.add_argument("--seconds", type=float, default=10.0, help="with it and without it, each (default 10)")
    parser.add_argument("--json", action="store_true", help="print one object")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rapport-outage-") as folder, ExitStack() as stack:
        figures = _measured(Path(folder), stack, arguments.rounds, arguments.seconds)
    if arguments.json:
        print(json.dumps(figures))
        return
    for share in (50, 95):
        told = "p{0}: {ratio:.3f} times that with a broker, 95 % interval {low:.3f} to {high:.3f}"
        print(told.format(share, **figures[f"p{share}"]))


if __name__ == "__main__":
    main()
