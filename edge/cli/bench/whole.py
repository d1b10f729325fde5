"""The whole runtime, as ``rapport run`` starts it, watched from outside."""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.cli.bench.broker import mosquitto
from edge.errors import RapportError
from edge.paths import cache_directory
from edge.settings import PREFIX

if TYPE_CHECKING:
    from edge.settings import Settings

STARTING_S = 20.0
"""Longest that the first State may take before the measuring begins anyway."""
WARM_S = 3.0
"""After the first State buffers fill; CPU and memory are watched from then on."""
LOOK_S = 0.5
STOP_S = 20.0


def import_s() -> float:
    """Seconds that ``import edge`` takes in a fresh interpreter; the median of five."""
    code = "import time; t = time.perf_counter(); import edge; print(time.perf_counter() - t)"
    took = [float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(5)]
    return round(statistics.median(took), 4)


def whole_runtime(settings: Settings, seconds: float) -> dict[str, Any]:
    """Figures of the bundled session on the whole device: camera at 10 FPS, microphone, words, speech and MQTT.

    Args:
        settings: the accelerator, models and thresholds; sources and outlets are the bench's own.
        seconds: how long it is watched after it has warmed up.

    Returns:
        ``cpu_share`` of one core by this process alone, ``speech_cpu_share`` of espeak-ng's own processes,
        ``rss_mib`` at the end, ``rss_slope_mib_h`` (least squares; of a run this short it only shows the grossest
        growth, ``scripts/soak`` is for the rest), ``latency_ms`` from capture to State by sense and to the first
        sound, ``outside`` (see ``edge.loop.tally.outside``), ``first_state_s`` from the start of the process,
        ``dropped``, ``restarts``, and in ``without`` what was not there to be measured.

    Raises:
        RapportError: the runtime ended by itself.
    """
    from edge.cli.session import with_session

    sources = ("camera", "microphone", "words")
    update = {name: getattr(settings, name).model_copy(update={"source": "session"}) for name in sources}
    filled, without = with_session(settings.model_copy(update=update), cache_directory())
    with tempfile.TemporaryDirectory(prefix="rapport-bench-") as folder, mosquitto(Path(folder)) as port:
        if port is None:
            without = [*without, "MQTT: mosquitto is not installed (sudo apt install mosquitto)"]
        config = _write(filled, Path(folder))
        environment = _environment(Path(folder), port)
        command = [sys.executable, "-m", "edge", "run", str(config), "--repeat", "--json"]
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as it:
            try:
                watched = _watch(it, seconds, Path(folder) / "bench.json")
                it.send_signal(signal.SIGTERM)
                printed, complaint = it.communicate(timeout=STOP_S)
            except BaseException:
                it.kill()
                raise
    if it.returncode != 0 or not printed:
        problem = f"the runtime ended with {it.returncode} while it was measured: {complaint.strip()[-300:]}"
        raise RapportError(problem, "Run `rapport doctor`, then `rapport run` by hand")
    summary = json.loads(printed)
    kept = ("latency_ms", "outside", "first_state_s", "dropped", "restarts", "readings", "abstained")
    return {"seconds": seconds, **watched, **{name: summary[name] for name in kept}, "without": list(without)}


def _write(settings: Settings, folder: Path) -> Path:
    """The settings as a file: what pydantic dumps as JSON is read back from the environment, table by table."""
    path = folder / "bench.toml"
    tree = settings.model_dump(mode="json", exclude_defaults=True)
    path.write_text("\n".join(_toml(tree, ())), encoding="utf-8")
    return path


def _toml(table: dict[str, Any], names: tuple[str, ...]) -> list[str]:
    """``table`` as TOML; for these kinds of value JSON's notation is TOML's."""
    plain = {key: value for key, value in table.items() if not isinstance(value, dict) and value is not None}
    lines = [f"[{'.'.join(names)}]"] if names and plain else []
    lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in plain.items()]
    for key, value in table.items():
        if isinstance(value, dict):
            lines += _toml(value, (*names, key))
    return lines


def _environment(folder: Path, port: int | None) -> dict[str, str]:
    ours = {
        "CONSENT__GRANTS": '["face", "voice", "text"]',
        "DEVICE__ID": "bench",
        "DEVICE__STATE_DIRECTORY": str(folder),
        "DEVICE__LOG_LEVEL": "error",
        "SPEECH__WAV_DIRECTORY": str(folder / "speech"),
        "MQTT__ENABLED": "true" if port else "false",
        "MQTT__HOST": "127.0.0.1",
        "MQTT__PORT": str(port or 1883),
        "MQTT__TLS": "false",
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return inherited | {PREFIX + name: value for name, value in ours.items()} | {"RUNTIME_DIRECTORY": str(folder)}


def _watch(process: subprocess.Popen[str], seconds: float, state: Path) -> dict[str, float]:
    """CPU and memory of ``process`` over ``seconds``, from WARM_S after its first State."""
    deadline = time.monotonic() + STARTING_S
    while not state.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(WARM_S)
    began, spent = time.monotonic(), _cpu_s(process.pid)
    times: list[float] = []
    sizes: list[float] = []
    while process.poll() is None:
        times.append(time.monotonic() - began)
        sizes.append(_rss_mib(process.pid))
        if times[-1] >= seconds:
            break
        time.sleep(min(LOOK_S, max(0.0, seconds - times[-1])))
    if process.poll() is not None:
        return {}
    took = time.monotonic() - began
    own, children = (now - before for now, before in zip(_cpu_s(process.pid), spent, strict=True))
    slope = statistics.linear_regression(times, sizes).slope if len(set(times)) > 1 else 0.0
    return {
        "cpu_share": round(own / took, 4),
        "speech_cpu_share": round(children / took, 4),
        "rss_mib": round(sizes[-1], 1),
        "rss_slope_mib_h": round(slope * 3600, 2),
    }


def _cpu_s(pid: int) -> tuple[float, float]:
    """CPU seconds of a process, and of its children that have ended (proc(5): stat, fields 14 to 17)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    user, system, children_user, children_system = (int(field) for field in fields[11:15])
    ticks = os.sysconf("SC_CLK_TCK")
    return (user + system) / ticks, (children_user + children_system) / ticks


def _rss_mib(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
