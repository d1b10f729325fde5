"""A microphone that goes wrong, with a real PulseAudio and a real ALSA in the place of the sound card."""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from ctypes.util import find_library
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[3]
PULSE = """
load-module module-native-protocol-unix auth-anonymous=1
load-module module-null-sink sink_name=room rate=16000 channels=1
set-default-source room.monitor
"""
ALSA_PULSE = """
pcm.!default { type pulse }
ctl.!default { type pulse }
"""
ALSA_FILE = """
pcm.micfile { type file slave.pcm { type null } file "/dev/null" infile "%s" format "raw" }
pcm.!default { type asym capture.pcm "micfile" }
"""
HEALTH = {"silent_s": 1.0, "rate_s": 1.0}
WITHIN_S = 25.0


def _missing() -> str:
    try:
        import pyaudio  # noqa: F401 - whether it can be imported is the question
    except ImportError:
        return "PyAudio is not installed"
    return "" if find_library("asound") else "libasound is not installed"


needs_alsa = pytest.mark.skipif(bool(_missing()), reason=_missing() or "all there")
needs_pulse = pytest.mark.skipif(
    not all(map(shutil.which, ("pulseaudio", "pactl", "pacat"))), reason="pulseaudio is not installed"
)


class _Listener:
    """The process of live.py and what it tells."""

    def __init__(self, environment: dict[str, str], source: str = "default") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.edge.sensors.live", source, json.dumps(HEALTH)],
            env=environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.told: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._collect, daemon=True).start()

    def _collect(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.told.put(json.loads(line))

    def until(self, holds: Callable[[dict[str, Any]], object], what: str) -> dict[str, Any]:
        ended, last = time.monotonic() + WITHIN_S, {}
        while (left := ended - time.monotonic()) > 0:
            try:
                last = self.told.get(timeout=left)
            except queue.Empty:
                break
            if holds(last):
                return last
        pytest.fail(f"{what} was never seen; last: {last}")

    def end(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(10)
        finally:
            self.process.kill()
            self.process.wait()
            if self.process.stdout is not None:
                self.process.stdout.close()


class _Room:
    """A PulseAudio of its own, with a null sink as the room whose sound the microphone hears."""

    def __init__(self, folder: Path) -> None:
        for name in ("home", "run"):
            (folder / name).mkdir(mode=0o700)
        (folder / "pulse.pa").write_text(PULSE)
        (folder / "asound.conf").write_text(ALSA_PULSE)
        self.folder = folder
        self.environment = os.environ | {
            "HOME": str(folder / "home"),
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "ALSA_CONFIG_PATH": str(folder / "asound.conf"),
            "PULSE_LATENCY_MSEC": "100",
        }
        self.daemon: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        command = ["pulseaudio", "-n", "-F", str(self.folder / "pulse.pa"), "--daemonize=no", "--exit-idle-time=-1"]
        self.daemon = subprocess.Popen(
            [*command, "--use-pid-file=no"], env=self.environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        ended = time.monotonic() + WITHIN_S
        while self.control("info", check=False).returncode != 0:
            assert time.monotonic() < ended, "PulseAudio does not start"
            time.sleep(0.05)

    def control(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[bytes]:
        command = ["pactl", *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, timeout=20, check=check)

    def play(self, samples: NDArray[np.int16]) -> subprocess.Popen[bytes]:
        path = self.folder / "sound.raw"
        path.write_bytes(samples.tobytes())
        form = ["--format=s16le", "--rate=16000", "--channels=1", "--device=room"]
        return subprocess.Popen(
            ["pacat", "--playback", "--raw", *form, str(path)], env=self.environment, stderr=subprocess.DEVNULL
        )

    def kill(self) -> None:
        if self.daemon is not None:
            self.daemon.kill()
            self.daemon.wait()


@pytest.fixture
def room(tmp_path: Path) -> Iterator[_Room]:
    found = _Room(tmp_path)
    found.open()
    yield found
    found.kill()


@pytest.fixture
def listener(room: _Room) -> Iterator[_Listener]:
    found = _Listener(room.environment)
    yield found
    found.end()


@needs_alsa
@needs_pulse
def test_zeros_clipping_and_a_voice_are_told_apart(room: _Room, listener: _Listener) -> None:
    listener.until(lambda told: "nothing but the value 0" in told.get("condition", ""), "the silence of an empty room")
    square = np.tile(np.repeat(np.array([32767, -32768], np.int16), 20), 16_000 * 12 // 40)
    player = room.play(square)
    told = listener.until(lambda told: "clips" in told.get("condition", ""), "clipping")
    assert "of its samples are at full scale. Turn its gain down" in told["condition"]
    told = listener.until(lambda told: (told.get("clipped") or 0) > 0.9, "a clipped second")
    assert told["dbfs"] > -0.5
    player.kill()
    player.wait()
    hiss = np.random.default_rng(3).integers(-3000, 3001, 16_000 * 30).astype(np.int16)
    player = room.play(hiss)
    told = listener.until(lambda told: told.get("condition") == "" and told.get("clipped") == 0, "a sound that is well")
    assert 0 < told["peak"] <= 3000
    player.kill()
    player.wait()


@needs_alsa
@needs_pulse
@pytest.mark.parametrize("how", ["killed", "unloaded"])
def test_a_microphone_that_goes_is_told_and_heard_again_when_it_is_back(
    room: _Room, listener: _Listener, how: str
) -> None:
    listener.until(lambda told: "peak" in told, "sound")
    if how == "killed":
        room.kill()
    else:
        room.control("unload-module", "module-null-sink")
    told = listener.until(lambda told: "gone" in told, "the loss")
    assert told["gone"].startswith("microphone")
    if how == "killed":
        room.open()
    else:
        room.control("load-module", "module-null-sink", "sink_name=room", "rate=16000", "channels=1")
        room.control("set-default-source", "room.monitor")
    player = room.play(np.random.default_rng(3).integers(-3000, 3001, 16_000 * 30).astype(np.int16))
    listener.until(lambda told: told.get("peak", 0) > 1000, "sound after the return")
    player.kill()
    player.wait()


@needs_alsa
def test_a_device_that_runs_at_another_rate_than_it_says_is_told(tmp_path: Path) -> None:
    """ALSA's null device has no clock: what it captures comes as fast as it is read."""
    hiss = np.random.default_rng(3).integers(-3000, 3001, 16_000 * 60).astype("<i2")
    (tmp_path / "mic.raw").write_bytes(hiss.tobytes())
    (tmp_path / "asound.conf").write_text(ALSA_FILE % (tmp_path / "mic.raw"))
    listener = _Listener(os.environ | {"ALSA_CONFIG_PATH": str(tmp_path / "asound.conf")})
    try:
        told = listener.until(lambda told: "samples a second" in told.get("condition", ""), "the wrong rate")
    finally:
        listener.end()
    assert "16000 were declared. Plug it in again" in told["condition"]
