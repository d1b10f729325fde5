"""Runs the soak: ``python -m tests.soak --minutes 30``; ``scripts/soak`` sets up what it needs first."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.accelerators.model import default_directory
from edge.cli.bench.broker import free_port
from edge.cli.bench.machine import machine
from edge.cli.session import with_session
from edge.paths import cache_directory
from edge.settings import load
from tests.soak.acts import small_file_system
from tests.soak.broker import USER, SoakBroker
from tests.soak.control import Wishes
from tests.soak.faults import Fault, Span, Stage, judged
from tests.soak.table import FAULTS, REFUSED_S
from tests.soak.verdict import by_minute, record, verdict
from tests.soak.watch import Watcher

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
START_S, STOP_S = 30.0, 20.0
TWICE = {"camera-gone", "microphone-gone", "inference-raises", "suspended", "broker-killed"}
"""Of one turn of faults."""


def main() -> int:
    """Exit 0 when every fault showed what it must and every bar is met, else 1."""
    parser = argparse.ArgumentParser(prog="scripts/soak", description="The real runtime for long, with faults.")
    parser.add_argument("--minutes", type=float, default=30.0, help="how long (default 30)")
    parser.add_argument("--every", type=float, default=20.0, help="seconds from fault to fault (default 20)")
    parser.add_argument("--only", default="", metavar="NAMES", help="these faults only, with commas; none: no fault")
    parser.add_argument("--core", type=int, help="run the device on this core only, and all that watches it on others")
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
        report = _soak(Path(folder), stack, arguments, chosen)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return int(not report["passed"])


def _soak(folder: Path, stack: ExitStack, arguments: argparse.Namespace, faults: list[Fault]) -> dict[str, Any]:
    state, models = folder / "state", folder / "models"
    state.mkdir()
    small = small_file_system(state)
    if small:
        stack.callback(lambda: subprocess.run(["umount", "-l", str(state)], check=False))
    else:
        faults = [fault for fault in faults if fault.name != "disk-full"]
        print("left out: disk-full, which needs root for a small file system of its own", flush=True)
    shutil.copytree(default_directory(), models)
    broker = SoakBroker(folder)
    broker.start()
    stack.callback(broker.stop)
    stack.callback(broker.go_on)
    wishes = Wishes(folder / "wishes.json")
    metrics = free_port()
    log = stack.enter_context((arguments.log or folder / "runtime.log").open("wb"))
    process = _started(folder, metrics, broker, log, arguments.core)
    stack.callback(process.wait)
    stack.callback(process.kill)
    watcher = Watcher(process.pid, metrics, broker.port, folder / "events", folder / "notify")
    watcher.start()
    stage = Stage(wishes, broker, watcher, process.pid, models, state, small=small, kept={})
    _until_it_runs(process, watcher)
    begin = time.monotonic()
    rows = list(_faults(stage, process, arguments, faults, begin))
    end = time.monotonic()
    alive = process.poll() is None
    printed = _stopped(process)
    stopped_s = time.monotonic() - end
    watcher.stop()
    _settle(rows, watcher, end)
    return _report(arguments, rows, watcher, (begin, end), alive=alive, stopped_s=stopped_s, printed=printed)


def in_turn() -> list[Fault]:
    """All faults, some of them twice: 25 at 20 s are 500 s.

    So the first and the last 5 minutes of 30 (of 55, 80 …) have the same faults, and a difference is the device's.
    """
    again = [fault for fault in FAULTS if fault.name in TWICE]
    return [*FAULTS, *again]


def _leave(core: int | None) -> None:
    """Leave ``core`` to the device."""
    others = os.sched_getaffinity(0) - {core}
    if core is not None and others:
        os.sched_setaffinity(0, others)


def _started(
    folder: Path,
    metrics: int,
    broker: SoakBroker,
    log: Any,  # noqa: ANN401 - a file
    core: int | None = None,
) -> subprocess.Popen[bytes]:
    sources = ("camera", "microphone", "words")
    plain = load(None, {})
    update = {name: getattr(plain, name).model_copy(update={"source": "session"}) for name in sources}
    session, left_out = with_session(plain.model_copy(update=update), cache_directory())
    for line in left_out:
        print(f"left out: {line}", flush=True)
    config = folder / "soak.toml"
    config.write_text(
        f"""
[device]
id = "soak"
state_directory = "{folder / "state"}"
[consent]
grants = ["face", "voice", "text"]
[camera]
source = "0"
fps = 10
[microphone]
source = "default"
[words]
source = "{session.words.source}"
[models]
directory = "{folder / "models"}"
[speech]
wav_directory = "{folder / "speech"}"
[mqtt]
host = "127.0.0.1"
port = {broker.port}
username = "{USER}"
password_file = "{broker.password_file}"
keepalive_s = 5
[metrics]
port = {metrics}
""",
        encoding="utf-8",
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")}
    environment |= {"RUNTIME_DIRECTORY": str(folder / "state"), "NOTIFY_SOCKET": str(folder / "notify")}
    places = [str(folder / "wishes.json"), str(folder / "events"), session.camera.source, session.microphone.source]
    command = [sys.executable, "-m", "tests.soak.launcher", *places, "--", "run", str(config), "--repeat", "--json"]
    if core is not None:
        command = ["taskset", "--cpu-list", str(core), *command]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log)


def _until_it_runs(process: subprocess.Popen[bytes], watcher: Watcher) -> None:
    deadline = time.monotonic() + START_S
    while not (watcher.seen.samples and all(watcher.seen.samples[-1].told.values())):
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"the runtime did not start: {watcher.seen.samples[-1:]}")  # noqa: EM102, TRY003 - a script
        time.sleep(0.2)


def _faults(
    stage: Stage, process: subprocess.Popen[bytes], arguments: argparse.Namespace, faults: list[Fault], begin: float
) -> Iterator[dict[str, Any]]:
    """A row per fault, in turn, until the time is up; each row is printed as soon as it is known."""
    end = begin + arguments.minutes * 60
    names = cycle(faults) if faults else None
    while time.monotonic() + arguments.every <= end and process.poll() is None:
        if names is None:
            time.sleep(arguments.every)
            continue
        yield _one(stage, next(names), arguments.every, begin)
    while time.monotonic() < end and process.poll() is None:
        time.sleep(0.2)


def _one(stage: Stage, fault: Fault, every_s: float, begin: float) -> dict[str, Any]:
    started = time.monotonic()
    fault.begin(stage)
    time.sleep(max(0.0, started + fault.lasts_s - time.monotonic()))
    fault.heal(stage)
    healed = time.monotonic()
    time.sleep(max(0.0, started + every_s - time.monotonic()))
    seen, wrong = judged(fault, Span(started, healed, time.monotonic(), stage.watcher.seen))
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


def _stopped(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    """The summary that the runtime prints at its end."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        printed, _ = process.communicate(timeout=STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        return {}
    return dict(json.loads(printed)) if printed else {}


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


def _report(
    arguments: argparse.Namespace,
    rows: list[dict[str, Any]],
    watcher: Watcher,
    span: tuple[float, float],
    *,
    alive: bool,
    stopped_s: float,
    printed: dict[str, Any],
) -> dict[str, Any]:
    seen = watcher.seen
    bars = verdict(seen, *span)
    print(f"\n{'bar':<48}{'wanted':<22}found", flush=True)
    for bar in bars:
        print(f"{bar.name:<48}{bar.wanted:<22}{bar.found}  {'ok' if bar.met else 'NOT MET'}")
    failed = sorted({row["fault"] for row in rows if row["wrong"]})
    passed = alive and not failed and all(bar.met for bar in bars)
    print(f"{len(rows)} faults; not as expected: {', '.join(failed) or 'none'}; SIGTERM took {stopped_s:.1f} s")
    if not alive:
        print("THE RUNTIME ENDED BY ITSELF")
    return {
        "machine": machine(arguments.core),
        "minutes": arguments.minutes,
        "every_s": arguments.every,
        "clock": "time.time and time.time_ns are bent in the process",
        "passed": passed,
        "alive": alive,
        "stopped_s": round(stopped_s, 2),
        "bars": [record(bar) for bar in bars],
        "faults": rows,
        "rss_mib": [[round(at - span[0], 1), round(mib, 2)] for at, mib in seen.rss],
        "by_minute": by_minute(seen, *span),
        "notified": sorted({line for _, text in seen.notified for line in text.splitlines() if "=" in line}),
        "summary": printed,
    }


if __name__ == "__main__":
    sys.exit(main())
