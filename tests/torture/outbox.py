"""10,000 messages through 200 faults: ``python -m tests.torture.outbox [--messages N] [--faults N] [--json FILE]``.

Device, receiver and broker are processes of their own, and are killed with SIGKILL; between the device and the broker,
and between the broker and the receiver, stands a network that is cut, torn in the middle of a message, or swallows all;
the file system with the vault (16 MiB of memory; needs root) is filled to the last byte. Every fault strikes while
messages are on their way. Afterwards each message is looked for: lost, counted once, or counted twice.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack, closing, suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from edge.cli.bench.machine import machine
from edge.privacy.outbox import Outbox
from edge.privacy.vault import open_vault
from tests.mosquitto import ANYBODY, DURABLE, Mosquitto
from tests.relay import Relay

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
AGAIN_S = 60.0
"""How long after a fault something must have arrived again."""
END_S = 600.0
"""How long the rest may take when all faults are over."""


@dataclass(slots=True)
class Program:
    """A process that is killed and started again."""

    module: str
    arguments: tuple[str, ...]
    log: IO[bytes]
    lines: list[str] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None
    ready_before: int = 0
    deaths: list[int] = field(default_factory=list)
    """Exit codes of those that ended by themselves."""

    def start(self) -> None:
        """Start it; what it prints is kept in ``lines``."""
        self.ready_before = self.lines.count("ready\n")
        command = [sys.executable, "-m", self.module, *self.arguments]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=self.log)
        threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True).start()

    @property
    def ready(self) -> bool:
        """Whether it has said so since it was started."""
        return self.lines.count("ready\n") > self.ready_before

    def kill(self) -> None:
        """SIGKILL."""
        if self.process is not None:
            if (code := self.process.poll()) is not None:
                self.deaths.append(code)
            self.process.kill()
            self.process.wait()
            self.process = None

    def _read(self, stdout: IO[bytes]) -> None:
        with stdout:
            for line in stdout:
                self.lines.append(line.decode())


@dataclass(slots=True)
class Scene:
    """All that a fault may strike."""

    broker: Mosquitto
    device: Program
    receiver: Program
    near: Relay
    far: Relay
    state: Path
    small: bool
    database: Path

    def fill(self) -> None:
        """Not a byte is left where the vault is, and its log has none in reserve: it would go on for long in that."""
        cut = self.device.lines.count("cut\n")
        if self.device.process is not None and _until(lambda: self.device.ready, AGAIN_S) is not None:
            self.device.process.send_signal(signal.SIGUSR1)
            _until(lambda: self.device.lines.count("cut\n") > cut, AGAIN_S)
        with (self.state / "filler").open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))

    def empty(self) -> None:
        """There is space again."""
        (self.state / "filler").unlink(missing_ok=True)

    def goes_on(self, before: int, there: int) -> bool:
        """Whether more than ``before`` were counted, or all that are there."""
        return self.counted() > before or before >= there

    def counted(self) -> int:
        """How many messages the receiver has counted."""
        with closing(sqlite3.connect(self.database, timeout=30)) as database:
            return int(database.execute("SELECT count(*) FROM counted").fetchone()[0])


class Fault(NamedTuple):
    """What is done, how it is undone, and the longest time between (s); the shortest is none."""

    act: Callable[[Scene], None]
    undo: Callable[[Scene], None]
    longest_s: float


def _fill_and_kill(scene: Scene) -> None:
    scene.fill()
    scene.device.kill()


def _start_and_empty(scene: Scene) -> None:
    scene.device.start()
    time.sleep(1.0)
    scene.empty()


FAULTS = {
    "broker killed": Fault(lambda it: it.broker.kill(), lambda it: it.broker.start(), 0.6),
    "device killed": Fault(lambda it: it.device.kill(), lambda it: it.device.start(), 0.3),
    "receiver killed": Fault(lambda it: it.receiver.kill(), lambda it: it.receiver.start(), 0.3),
    "device's network cut": Fault(lambda it: it.near.cut(), lambda it: it.near.mend(), 1.0),
    "device's network torn in a message": Fault(lambda it: it.near.tear(), lambda it: it.near.mend(), 1.0),
    "device's network swallows all": Fault(lambda it: it.near.deafen(), lambda it: it.near.mend(), 2.0),
    "receiver's network cut": Fault(lambda it: it.far.cut(), lambda it: it.far.mend(), 1.0),
    "disk full": Fault(Scene.fill, Scene.empty, 1.5),
    "disk full, device killed": Fault(_fill_and_kill, _start_and_empty, 0.3),
}


def main() -> int:
    """Exit 0 when nothing was lost and nothing counted twice, else 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture.outbox", description="The outbox through faults.")
    parser.add_argument("--messages", type=int, default=10_000, help="how many (default 10000)")
    parser.add_argument("--faults", type=int, default=200, help="how many (default 200)")
    parser.add_argument("--seed", type=int, default=1, help="of their order and moments (default 1)")
    parser.add_argument(
        "--minutes", type=float, default=float("inf"), help="no fault after that long (default no limit)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the report to FILE")
    parser.add_argument("--log", type=Path, metavar="FILE", help="keep what device and receiver log in FILE")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that everything is put away
    with tempfile.TemporaryDirectory(prefix="rapport-torture-") as name, ExitStack() as stack:
        report = _run(Path(name), stack, arguments)
    told = json.dumps(report, indent=2, ensure_ascii=False)
    print(told)
    if arguments.json is not None:
        arguments.json.write_text(told + "\n", encoding="utf-8")
    return int(not report["passed"])


def _run(folder: Path, stack: ExitStack, arguments: argparse.Namespace) -> dict[str, Any]:
    chance = random.Random(arguments.seed)  # noqa: S311 - no secret
    scene, allowed = _scene(folder, stack, arguments.log)
    names = [name for name in FAULTS if scene.small or not name.startswith("disk")]
    if not scene.small:
        print("left out: a full disk, which needs root for a small file system of its own", flush=True)
    began, faults, dead = time.monotonic(), Counter[str](), 0
    there = 0
    for strike in range(1, arguments.faults + 1):
        if time.monotonic() - began > 60 * arguments.minutes:
            break
        name = names[strike % len(names)] if strike <= len(names) else chance.choice(names)
        there = arguments.messages * strike // arguments.faults
        if name.startswith("disk"):
            FAULTS[name].act(scene)
            _allow(allowed, there)
        else:
            _allow(allowed, there)
            time.sleep(chance.uniform(0, 0.25))
            FAULTS[name].act(scene)
        time.sleep(chance.uniform(0, FAULTS[name].longest_s))
        FAULTS[name].undo(scene)
        faults[name] += 1
        took = _until(partial(scene.goes_on, scene.counted(), there), AGAIN_S)
        dead += took is None
        slow = "nothing arrived any more" if took is None else f"{took:.1f} s"
        print(f"{strike:4} {name:<40} counted {scene.counted():6} {slow}", flush=True)
        if scene.device.process is None or scene.device.process.poll() is not None:
            print("     the device has ended by itself, and is started again", flush=True)
            scene.device.kill()
            scene.device.start()
    rest = _until(lambda: scene.counted() >= there, END_S)
    time.sleep(2.0)  # what is counted twice would come now
    took_s = time.monotonic() - began
    for program in (scene.device, scene.receiver):
        program.kill()
    found = _found(scene, there)
    deaths = [*scene.device.deaths, *scene.receiver.deaths]
    passed = not dead and not deaths and not found["lost"] and not found["missing"] and not found["counted_twice"]
    return {
        "passed": passed,
        "messages": there,
        "seed": arguments.seed,
        "faults": dict(sorted(faults.items())),
        "faults_after_which_nothing_arrived": dead,
        "ended_by_themselves": deaths,
        "seconds": round(took_s, 1),
        "rest_s": rest if rest is None else round(rest, 1),
        **found,
        "machine": machine(None),
    }


def _scene(folder: Path, stack: ExitStack, kept_log: Path | None) -> tuple[Scene, Path]:
    state, store, allowed, database = (folder / name for name in ("state", "broker", "allowed", "book.db"))
    state.mkdir(mode=0o700)
    store.mkdir()
    small = _small_file_system(state)
    if small:
        stack.callback(lambda: subprocess.run(["umount", "-l", str(state)], check=False))
    broker = Mosquitto(store, ANYBODY, *DURABLE)
    broker.start()
    stack.callback(broker.stop)
    log = stack.enter_context((kept_log or folder / "log").open("wb"))
    near, far = Relay(broker.port), Relay(broker.port)
    _allow(allowed, 0)
    device = Program("tests.torture.device", (str(state), str(near.port), str(allowed)), log)
    receiver = Program("tests.torture.receiver", (str(database), str(far.port)), log)
    for relay in (near, far):
        stack.callback(relay.close)
    for program in (receiver, device):
        program.start()
        stack.callback(program.kill)
    scene = Scene(broker, device, receiver, near, far, state, small, database)
    if _until(lambda: "torture-receiver" in broker.log.read_text(errors="replace"), AGAIN_S) is None:
        raise SystemExit("the receiver did not start")  # noqa: EM101, TRY003 - a script
    if _until(lambda: any(line == "idle\n" for line in device.lines), AGAIN_S) is None:
        raise SystemExit("the device did not start")  # noqa: EM101, TRY003 - a script
    return scene, allowed


def _small_file_system(path: Path) -> bool:
    if os.geteuid() != 0:
        return False
    command = ["mount", "-t", "tmpfs", "-o", "size=16m,mode=0700", "rapport-torture", str(path)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _allow(file: Path, number: int) -> None:
    fresh = file.with_suffix(".new")
    fresh.write_text(str(number), encoding="ascii")
    fresh.replace(file)


def _until(happened: Callable[[], bool], within_s: float) -> float | None:
    """Seconds until it happened; None when it did not."""
    began = time.monotonic()
    while time.monotonic() - began < within_s:
        if happened():
            return time.monotonic() - began
        time.sleep(0.05)
    return None


def _found(scene: Scene, messages: int) -> dict[str, Any]:
    """What became of every message."""
    acknowledged = {line.split()[1] for line in scene.device.lines if line[0].isdigit() and line.endswith("\n")}
    with closing(sqlite3.connect(scene.database)) as database:
        rows = database.execute("SELECT n, id FROM counted").fetchall()
        ((again,),) = database.execute("SELECT count(*) FROM again")
    vault = open_vault(scene.state)
    outbox = Outbox(vault)
    counts, left = outbox.counts(), {waiting.id for waiting in outbox.waiting(messages)}
    vault.close()
    counted = {ident for _, ident in rows}
    lost = acknowledged - counted - left
    return {
        "acknowledged_by_put": len(acknowledged),
        "counted": len(rows),
        "lost": len(lost) - counts.expired - counts.pushed_out,
        "missing": messages - len({n for n, _ in rows}),
        "still_waiting": len(left),
        "counted_twice": len(rows) - min(len({n for n, _ in rows}), len(counted)),
        "copies_that_were_not_counted": again,
        "vault_not_opened": sum(line.startswith("#") for line in scene.device.lines),
        "put_refused_by_a_full_disk": sum(line.startswith("!") for line in scene.device.lines),
        "outbox": asdict(counts),
    }


if __name__ == "__main__":
    sys.exit(main())
