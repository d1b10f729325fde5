"""A device that is soaked: the runtime's process with broker, stand-ins, state directory and watcher of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.accelerators.model import default_directory
from edge.cli.bench.broker import free_port
from edge.cli.session import with_session
from edge.paths import cache_directory
from edge.settings import load
from tests.soak.acts import small_file_system
from tests.soak.broker import USER, SoakBroker
from tests.soak.control import Wishes
from tests.soak.faults import Stage
from tests.soak.watch import Watcher

if TYPE_CHECKING:
    from contextlib import ExitStack

ROOT = Path(__file__).resolve().parents[2]
START_S, STOP_S = 30.0, 20.0


class Rig:
    """Runs once it is made; ``stop`` at the end. What it holds is put away by ``stack``."""

    def __init__(self, folder: Path, stack: ExitStack, *, core: int | None = None, log: Path | None = None) -> None:
        """Start it, and wait until every sense has told something.

        Args:
            folder: empty, for all that it writes.
            stack: puts everything away.
            core: where the device runs; None: anywhere.
            log: where what it logs is kept; None: in the folder.
        """
        self._state = folder / "state"
        self._state.mkdir(parents=True)
        small = small_file_system(self._state)
        if small:
            stack.callback(lambda: subprocess.run(["umount", "-l", str(self._state)], check=False))
        models = folder / "models"
        shutil.copytree(default_directory(), models)
        broker = SoakBroker(folder)
        broker.start()
        stack.callback(broker.stop)
        stack.callback(broker.go_on)
        wishes = Wishes(folder / "wishes.json")
        metrics = free_port()
        file = stack.enter_context((log or folder / "runtime.log").open("wb"))
        self.process = started(folder, metrics, broker, file, core)
        stack.callback(self.process.wait)
        stack.callback(self.process.kill)
        self.watcher = Watcher(self.process.pid, metrics, broker.port, folder / "events", folder / "notify")
        self.watcher.start()
        self.stage = Stage(wishes, broker, self.watcher, self.process.pid, models, self._state, small=small, kept={})
        until_it_runs(self.process, self.watcher)

    @property
    def alive(self) -> bool:
        """Whether it has not ended by itself."""
        return self.process.poll() is None

    def stop(self) -> tuple[dict[str, Any], float]:
        """What it printed at its end, and how many seconds it took to end."""
        began = time.monotonic()
        printed = stopped(self.process)
        took = time.monotonic() - began
        self.watcher.stop()
        return printed, took


def started(
    folder: Path,
    metrics: int,
    broker: SoakBroker,
    log: Any,  # noqa: ANN401 - a file
    core: int | None = None,
) -> subprocess.Popen[bytes]:
    """The process of a device that senses the session through the stand-ins."""
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


def until_it_runs(process: subprocess.Popen[bytes], watcher: Watcher) -> None:
    """Wait until every sense has told something."""
    deadline = time.monotonic() + START_S
    while not (watcher.seen.samples and all(watcher.seen.samples[-1].told.values())):
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"the runtime did not start: {watcher.seen.samples[-1:]}")  # noqa: EM102, TRY003 - a script
        time.sleep(0.2)


def stopped(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    """The summary that the runtime prints at its end."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        printed, _ = process.communicate(timeout=STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        return {}
    return dict(json.loads(printed)) if printed else {}
