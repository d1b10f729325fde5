"""Runs the soak: ``python -m tests.soak --minutes 30``; ``scripts/soak`` sets up what it needs first."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.cli.bench.machine import machine
from tests.soak.faults import Fault, Span, judged
from tests.soak.rig import Rig
from tests.soak.table import FAULTS, REFUSED_S
from tests.soak.verdict import WINDOW_S, against_young, by_minute, record, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.soak.watch import Watcher

WARM_UP_S = 60.0
"""The young device starts so long before it is compared."""
TWICE = {"clock-forward", "clock-back", "disk-full", "malformed-commands", "broker-restarted"}
"""Of one turn of faults; none of them closes a sense, which would rest longer each time."""


def main() -> int:
    """Exit 0 when every fault showed what it must and every bar is met, else 1."""
    parser = argparse.ArgumentParser(prog="scripts/soak", description="The real runtime for long, with faults.")
    parser.add_argument("--minutes", type=float, default=30.0, help="how long (default 30)")
    parser.add_argument("--every", type=float, default=20.0, help="seconds from fault to fault (default 20)")
    parser.add_argument("--only", default="", metavar="NAMES", help="these faults only, with commas; none: no fault")
    parser.add_argument("--core", type=int, help="run the device on this core only, and all that watches it on others")
    parser.add_argument(
        "--young",
        action="store_true",
        help="in the last 5 minutes run a fresh device beside it, with the same faults at the same times, and compare",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the report to FILE")
    parser.add_argument("--log", type=Path, metavar="FILE", help="keep what the runtime logs in FILE")
    arguments = parser.parse_args()
    known = {fault.name: fault for fault in FAULTS}
    wanted = [name for name in arguments.only.split(",") if name and name != "none"]
    if unknown := sorted(set(wanted) - set(known)):
        parser.error(f"no fault is called {', '.join(unknown)}; there are: {', '.join(known)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that everything is put away
    chosen = [known[name] for name in wanted] or ([] if arguments.only == "none" else in_turn())
    _leave(arguments.core)
    with tempfile.TemporaryDirectory(prefix="rapport-soak-") as folder, ExitStack() as stack:
        report = Soak(Path(folder), stack, arguments, chosen).run()
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return int(not report["passed"])


def in_turn() -> list[Fault]:
    """All faults, some of them twice: 25 at 20 s are 500 s.

    So the first and the last 5 minutes of 30 (of 55, 80 …) have the same faults, and a difference is the device's.
    """
    return [*FAULTS, *(fault for fault in FAULTS if fault.name in TWICE)]


def _leave(core: int | None) -> None:
    """Leave ``core`` to the device."""
    others = os.sched_getaffinity(0) - {core}
    if core is not None and others:
        os.sched_setaffinity(0, others)


@dataclass(slots=True)
class Soak:
    """One run. ``rigs``: the device, and, when it is old, the young one."""

    folder: Path
    stack: ExitStack
    arguments: argparse.Namespace
    faults: list[Fault]
    rigs: list[Rig] = field(default_factory=list)

    def run(self) -> dict[str, Any]:
        """The report."""
        arguments = self.arguments
        old = Rig(self.folder / "old", self.stack, core=arguments.core, log=arguments.log)
        self.rigs.append(old)
        if not old.stage.small:
            self.faults = [fault for fault in self.faults if fault.name != "disk-full"]
            print("left out: disk-full, which needs root for a small file system of its own", flush=True)
        begin = time.monotonic()
        rows = list(self._faults(begin))
        end = time.monotonic()
        alive = old.alive
        ended = [rig.stop() for rig in self.rigs]
        _settle(rows, old.watcher, end)
        return self._report(rows, (begin, end), alive=alive, stopped_s=ended[0][1], printed=ended[0][0])

    def _faults(self, begin: float) -> Iterator[dict[str, Any]]:
        """A row per fault, in turn, until the time is up; each row is printed as soon as it is known."""
        every_s, end = self.arguments.every, begin + self.arguments.minutes * 60
        young_s = end - WINDOW_S - WARM_UP_S if self.arguments.young else float("inf")
        names = cycle(self.faults) if self.faults else None
        while time.monotonic() + every_s <= end and self.rigs[0].alive:
            if len(self.rigs) == 1 and time.monotonic() >= young_s:
                self.rigs.append(Rig(self.folder / "young", self.stack, core=self.arguments.core))
            if names is None:
                time.sleep(every_s)
                continue
            yield self._one(next(names), every_s, begin)
        while time.monotonic() < end and self.rigs[0].alive:
            time.sleep(0.2)

    def _one(self, fault: Fault, every_s: float, begin: float) -> dict[str, Any]:
        started = time.monotonic()
        for rig in self.rigs:
            fault.begin(rig.stage)
        time.sleep(max(0.0, started + fault.lasts_s - time.monotonic()))
        for rig in self.rigs:
            fault.heal(rig.stage)
        healed = time.monotonic()
        time.sleep(max(0.0, started + every_s - time.monotonic()))
        seen, wrong = judged(fault, Span(started, healed, time.monotonic(), self.rigs[0].watcher.seen))
        row = {
            "at_s": round(started - begin, 1),
            "fault": fault.name,
            "expected": fault.expected,
            "seen": seen,
            "wrong": wrong,
            "healed": healed,
        }
        print(f"{row['at_s']:7.1f} s  {'ok ' if not wrong else 'NOT'} {fault.name}: {fault.expected}", flush=True)
        print("           " + "; ".join(seen) + "".join(f"; WRONG: {what}" for what in wrong), flush=True)
        return row

    def _report(
        self,
        rows: list[dict[str, Any]],
        span: tuple[float, float],
        *,
        alive: bool,
        stopped_s: float,
        printed: dict[str, Any],
    ) -> dict[str, Any]:
        seen = self.rigs[0].watcher.seen
        bars = verdict(seen, *span)
        if len(self.rigs) > 1:
            bars += against_young(seen, self.rigs[1].watcher.seen, span[1])
        print(f"\n{'bar':<48}{'wanted':<22}found", flush=True)
        for bar in bars:
            print(f"{bar.name:<48}{bar.wanted:<22}{bar.found}  {'ok' if bar.met else 'NOT MET'}")
        failed = sorted({row["fault"] for row in rows if row["wrong"]})
        passed = alive and not failed and all(bar.met for bar in bars)
        print(f"{len(rows)} faults; not as expected: {', '.join(failed) or 'none'}; SIGTERM took {stopped_s:.1f} s")
        if not alive:
            print("THE RUNTIME ENDED BY ITSELF")
        return {
            "machine": machine(self.arguments.core),
            "minutes": self.arguments.minutes,
            "every_s": self.arguments.every,
            "clock": "time.time and time.time_ns are bent in the process",
            "passed": passed,
            "alive": alive,
            "stopped_s": round(stopped_s, 2),
            "bars": [record(bar) for bar in bars],
            "faults": rows,
            "rss_mib": [[round(at - span[0], 1), round(mib, 2)] for at, mib in seen.rss],
            "by_minute": [by_minute(rig.watcher.seen, *span) for rig in self.rigs],
            "notified": sorted({line for _, text in seen.notified for line in text.splitlines() if "=" in line}),
            "summary": printed,
        }


def _settle(rows: list[dict[str, Any]], watcher: Watcher, end: float) -> None:
    """What could not be known at once: that the home was heard again after a refused password."""
    for row in rows:
        healed = row.pop("healed")
        if row["fault"] != "broker-refuses":
            continue
        back = next((at - healed for at, _ in watcher.seen.heard if at > healed), None)
        if back is not None:
            row["seen"].append(f"the home heard again after {back:.0f} s")
        if (back is None and end - healed > REFUSED_S) or (back is not None and back > REFUSED_S):
            row["wrong"].append("the home did not hear again in time")


if __name__ == "__main__":
    sys.exit(main())
