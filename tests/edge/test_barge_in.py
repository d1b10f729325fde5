"""The whole device on a real PulseAudio: whoever speaks over it ends what it says, where its echo is cancelled.

Two null sinks are the room: one is the loudspeaker, the other one's monitor is the microphone, in which the device's
own voice is not, as behind an echo canceller.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from ctypes.util import find_library
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.edge.outlets.sound import needs_aplay, needs_espeak

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
PULSE = """
load-module module-native-protocol-unix auth-anonymous=1
load-module module-null-sink sink_name=ears rate=16000 channels=1
load-module module-null-sink sink_name=loudspeaker rate=22050 channels=1
set-default-source ears.monitor
set-default-sink loudspeaker
"""
ALSA = "pcm.!default { type pulse }\nctl.!default { type pulse }\n"
PLAYER = """#!/bin/sh
# what keeps recording from stuttering makes aplay hang
unset PULSE_LATENCY_MSEC
case "$*" in *"-r 16000"*) exec {aplay} "$@" ;; esac  # only a look whether there is a card
echo began >> {log}
{aplay} "$@" && echo ended >> {log}
"""
WITHIN_S = 40.0


def _missing() -> str:
    try:
        import pyaudio  # noqa: F401 - whether it can be imported is the question
    except ImportError:
        return "PyAudio is not installed"
    if not all(map(shutil.which, ("pulseaudio", "pactl", "paplay"))):
        return "pulseaudio is not installed"
    return "" if find_library("asound") else "libasound is not installed"


needs_sound = pytest.mark.skipif(bool(_missing()), reason=_missing() or "all there")


class Room:
    """The device in its room, and somebody in it."""

    def __init__(self, folder: Path, *, cancelled: bool) -> None:
        self.folder, self.log = folder, folder / "played"
        for name in ("home", "run", "bin"):
            (folder / name).mkdir(mode=0o700)
        (folder / "pulse.pa").write_text(PULSE)
        (folder / "asound.conf").write_text(ALSA)
        player = folder / "bin" / "aplay"
        player.write_text(PLAYER.format(log=self.log, aplay=shutil.which("aplay")))
        player.chmod(0o755)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("RAPPORT_", "PULSE_"))}
        self.environment = inherited | {
            "HOME": str(folder / "home"),
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "RUNTIME_DIRECTORY": str(folder / "run"),
            "ALSA_CONFIG_PATH": str(folder / "asound.conf"),
            "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        }
        self.pulse = self._start(
            ["pulseaudio", "-n", "-F", str(folder / "pulse.pa"), "--daemonize=no", "--exit-idle-time=-1"]
        )
        self.until(lambda: "loudspeaker" in self._told("list", "short", "sinks"))
        self.device = self._start_device(cancelled=cancelled)

    def _start(self, command: list[str], **more: str) -> subprocess.Popen[str]:
        quiet = subprocess.DEVNULL
        return subprocess.Popen(
            command,
            env=self.environment | more,
            stdin=subprocess.PIPE,
            stdout=quiet,
            stderr=quiet,
            text=True,
            cwd=ROOT,
        )

    def _start_device(self, *, cancelled: bool) -> subprocess.Popen[str]:
        settings = {
            "CONSENT__GRANTS": '["voice", "text"]',
            "DEVICE__STATE_DIRECTORY": str(self.folder),
            "MICROPHONE__SOURCE": "default",
            "MICROPHONE__HOP_S": "0.1",
            "MICROPHONE__ECHO_CANCELLED": json.dumps(cancelled),
            "WORDS__SOURCE": "stdin",
            "SPEECH__WORDS_PER_MINUTE": "80",
            "CONSOLE__ENABLED": "false",
        }
        more = {f"RAPPORT_{name}": value for name, value in settings.items()} | {"PULSE_LATENCY_MSEC": "100"}
        return self._start([sys.executable, "-m", "edge", "run"], **more)

    def _told(self, *what: str) -> str:
        command = ["pactl", *what]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False).stdout

    def until(self, holds: Callable[[], object]) -> None:
        end = time.monotonic() + WITHIN_S
        while not holds():
            assert time.monotonic() < end
            time.sleep(0.02)

    def hears(self) -> bool:
        return bool(self._told("list", "short", "source-outputs").strip())

    def sounds(self) -> bool:
        return bool(self._told("list", "short", "sink-inputs").strip())

    def type(self, words: str) -> None:
        assert self.device.stdin is not None
        self.device.stdin.write(words + "\n")
        self.device.stdin.flush()

    def say(self, words: str) -> None:
        """Somebody in the room says so."""
        path = self.folder / "words.wav"
        subprocess.run(["espeak-ng", "-w", str(path), words], check=True)
        subprocess.run(["paplay", "--device=ears", str(path)], env=self.environment, check=True)

    def played(self) -> list[str]:
        return self.log.read_text().split() if self.log.exists() else []

    def close(self) -> None:
        for process in (self.device, self.pulse):
            process.terminate()
            process.wait(20)
            if process.stdin is not None:
                process.stdin.close()


@pytest.fixture
def room(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Room]:
    made = Room(tmp_path, cancelled=request.param)
    yield made
    made.close()


@needs_espeak
@needs_aplay
@needs_sound
@pytest.mark.timeout(180)
@pytest.mark.parametrize("room", [True, False], indirect=True, ids=["cancelled", "gated"])
def test_a_voice_ends_what_the_device_says_only_where_its_echo_is_cancelled(
    room: Room, request: pytest.FixtureRequest
) -> None:
    cancelled = "cancelled" in request.node.callspec.id
    room.until(room.hears)
    room.type("My dog died this morning and I feel so terribly sad and alone.")
    room.until(lambda: "began" in room.played())
    room.say("No, no, please be quiet now, I do not want to hear any more of that today.")
    room.until(lambda: not room.sounds())
    assert room.played() == (["began"] if cancelled else ["began", "ended"])
    assert room.device.poll() is None
