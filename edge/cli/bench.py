"""Measure every stage on this machine: wall and CPU time, memory, import time, time to the first State."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.loop.latency import percentile
from edge.paths import cache_directory
from edge.settings import load

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from edge.accelerators.model import Models
    from edge.settings import Settings

WARM_CALLS = 10
MOST_CALLS = 5000
SENTENCE = "I have been looking forward to this weekend for months and now they tell me that the whole trip is off"
"""Twenty words, ours."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``rapport bench`` takes."""
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each stage is measured (default 4)")
    parser.add_argument("--core", type=int, help="run on this core only")
    parser.add_argument("--config", type=Path, help="a settings file")
    parser.add_argument("--json", action="store_true", help="print one object")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when every stage was measured."""
    if arguments.core is not None:
        os.sched_setaffinity(0, {arguments.core})
    settings = load(arguments.config)
    stages = _stages(settings)
    figures: dict[str, Any] = {"stages": {name: _measure(call, arguments.seconds) for name, call in stages.items()}}
    from edge.cli.running import rss_mib

    figures["rss_mib"] = rss_mib()
    figures["import_s"] = _import_s()
    figures["first_state_s"] = _first_state_s()
    figures["machine"] = {
        "cpu": _cpu(),
        "python": platform.python_version(),
        "load1": round(os.getloadavg()[0], 2),
        "date": time.strftime("%Y-%m-%d"),
    }
    print(json.dumps(figures)) if arguments.json else _print(figures)
    return 0


def _stages(settings: Settings) -> dict[str, Callable[[], object]]:
    from edge.accelerators.choice import choose
    from edge.accelerators.model import device_models

    models = device_models(settings.models, choose(settings.accelerator, settings.models.place).accelerator)
    return {
        "face_detect": _face(settings, models),
        "voice_hop": _voice(settings, models),
        "text": _text(settings, models),
    }


def _face(settings: Settings, models: Models) -> Callable[[], object]:
    """A 640×480 picture with one face → Reading: detection, landmarks, cues, expression."""
    from edge.perception.face.perceiver import FacePerceiver
    from edge.sensors.signals import Frame

    face = FacePerceiver(settings.face, models)
    face.attach()
    frame = Frame(_picture(settings), time.monotonic_ns())
    return lambda: face.perceive(frame)


def _picture(settings: Settings) -> Any:  # noqa: ANN401 - (480, 640, 3) uint8; numpy is imported by the sensors only
    """The portrait at 640×480 as the bundled session frames it: the first frame of its camera."""
    from edge.cli.session import with_session
    from edge.sensors.camera import open_camera

    camera = settings.camera.model_copy(update={"source": "session"})
    filled, _ = with_session(settings.model_copy(update={"camera": camera}), cache_directory())
    sensor = open_camera(filled.camera, repeat=False)
    assert sensor is not None  # noqa: S101 - the source is a file just built
    sensor.attach()
    frame = sensor.read()
    sensor.stop()
    assert frame is not None  # noqa: S101 - the session's camera has frames
    return frame.image.copy()


def _voice(settings: Settings, models: Models) -> Callable[[], object]:
    """Half a second of sound → Reading, over and over, with the window full of harmonic, speech-like sound."""
    import numpy as np

    from edge.perception.voice.perceiver import VoicePerceiver
    from edge.sensors.signals import SAMPLE_RATE, AudioChunk

    voice = VoicePerceiver(settings.voice, models)
    voice.attach()
    seconds = np.arange(SAMPLE_RATE * 3) / SAMPLE_RATE
    pitch = 140 + 25 * np.sin(2 * np.pi * 0.7 * seconds)
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    tone = sum(np.sin(k * phase) / k for k in range(1, 25))
    syllables = 0.5 - 0.5 * np.cos(2 * np.pi * 4 * seconds)
    sound = (tone * syllables * 4000).astype(np.int16)
    hop = SAMPLE_RATE // 2
    chunks = [AudioChunk(sound[i : i + hop], time.monotonic_ns()) for i in range(0, len(sound), hop)]
    turn = iter(range(10**9))
    return lambda: voice.perceive(chunks[next(turn) % len(chunks)])


def _text(settings: Settings, models: Models) -> Callable[[], object]:
    from edge.perception.text.perceiver import TextPerceiver
    from edge.sensors.signals import Utterance

    text = TextPerceiver(settings.text, models)
    text.attach()
    utterance = Utterance(SENTENCE, time.monotonic_ns())
    return lambda: text.perceive(utterance)


def _measure(call: Callable[[], object], seconds: float) -> dict[str, float]:
    for _ in range(WARM_CALLS):
        call()
    wall: list[float] = []
    cpu: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end and len(wall) < MOST_CALLS:
        began, spent = time.perf_counter_ns(), time.process_time_ns()
        call()
        cpu.append((time.process_time_ns() - spent) / 1e6)
        wall.append((time.perf_counter_ns() - began) / 1e6)
    wall.sort()
    cpu.sort()
    return {
        "cpu_ms_p50": round(percentile(cpu, 50), 3),
        "p50_ms": round(percentile(wall, 50), 3),
        "p95_ms": round(percentile(wall, 95), 3),
        "p99_ms": round(percentile(wall, 99), 3),
        "calls": len(wall),
    }


def _import_s() -> float:
    """Seconds that ``import edge`` takes in a fresh interpreter; the median of five."""
    code = "import time; t = time.perf_counter(); import edge; print(time.perf_counter() - t)"
    took = sorted(float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(5))
    return round(took[2], 4)


def _first_state_s() -> float:
    """Seconds from the start of a process that runs the whole device on one sentence to its first State."""
    with tempfile.TemporaryDirectory() as folder:
        words = Path(folder) / "words.txt"
        words.write_text(SENTENCE + "\n", encoding="utf-8")
        environment = os.environ | {
            "RAPPORT_CAMERA__SOURCE": "none",
            "RAPPORT_MICROPHONE__SOURCE": "none",
            "RAPPORT_WORDS__SOURCE": str(words),
            "RAPPORT_CONSENT__GRANTS": '["text"]',
            "RAPPORT_SPEECH__ENGINE": "none",
            "RAPPORT_MQTT__HOST": "",
            "RAPPORT_DEVICE__STATE_DIRECTORY": folder,
            "RAPPORT_DEVICE__LOG_LEVEL": "error",
            "RUNTIME_DIRECTORY": folder,
        }
        printed = subprocess.check_output([sys.executable, "-m", "edge", "run", "--json"], env=environment)
    return float(json.loads(printed)["first_state_s"])


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith(("model name", "Model")):
            return line.partition(":")[2].strip()
    return platform.machine()


def _print(figures: dict[str, Any]) -> None:
    print(f"{'stage':<14}{'CPU p50':>10}{'p50':>10}{'p95':>10}{'p99':>10}   ms")
    for name, row in figures["stages"].items():
        print(f"{name:<14}{row['cpu_ms_p50']:>10}{row['p50_ms']:>10}{row['p95_ms']:>10}{row['p99_ms']:>10}")
    once = f"import edge {figures['import_s']} s · first State {figures['first_state_s']} s"
    print(f"memory {figures['rss_mib']} MiB · {once}")
    machine = figures["machine"]
    print(f"{machine['cpu']}, Python {machine['python']}, load {machine['load1']}, {machine['date']}")
