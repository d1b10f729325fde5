"""A WAV is heard: through ``aplay``, as its own process that can be killed in the middle of a word."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import threading
import wave
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from edge.errors import OutletError
from edge.outlets.speech import kill

if TYPE_CHECKING:
    from collections.abc import Callable

CARDS = Path("/proc/asound/cards")
PAGE = 4096
"""Bytes. The pipe to the player holds one page, so a second page that fits tells that sound is being taken."""
PROBE_S = 2.0
GRACE_S = 5.0
"""A player may need this much longer than the sound lasts; then it hangs and is killed."""


class Player:
    """``aplay`` on one ALSA device. One sound at a time; ``stop`` may be called from any thread."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def probe(self) -> str | None:
        """None when sound can be heard, else why not: a card is listed, or the device takes 20 ms of silence."""
        if shutil.which("aplay") is None:
            return "aplay is not installed (sudo apt install alsa-utils)"
        try:
            if "[" in CARDS.read_text(encoding="utf-8", errors="replace"):
                return None
        except OSError:
            pass  # without the file there is no card; the default device may still lead to a sound server
        command = [*self._command(), "-t", "raw", "-f", "S16_LE", "-r", "16000", "-c", "1"]
        try:
            done = subprocess.run(command, input=bytes(640), capture_output=True, timeout=PROBE_S, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return f"the ALSA device {self._device!r} does not answer"
        return (
            None
            if done.returncode == 0
            else f"there is no sound card and the ALSA device {self._device!r} does not open"
        )

    def play(self, wav: bytes, started: Callable[[], None], cancelled: Callable[[], bool]) -> bool:
        """Play to the end; False when it was stopped.

        Args:
            wav: a whole WAV file.
            started: called when the device takes the first sound.
            cancelled: asked once the player can be stopped, so that a stop just before is not missed.

        Raises:
            OutletError: the player fails or hangs.
        """
        process = self._start()
        hung = threading.Event()

        def expire() -> None:
            hung.set()
            kill(process)

        limit = threading.Timer(_seconds(wav) + GRACE_S, expire)
        limit.daemon = True  # a stop does not wait for a sound that hangs
        limit.start()
        try:
            if not cancelled():
                _feed(process, wav, started)
                process.wait()
        finally:
            limit.cancel()
            complaint = self._end(process)
        if process.returncode == 0:
            return True
        if process.returncode < 0 and not hung.is_set():
            return False
        why = "it hung and was killed" if hung.is_set() else complaint
        problem = f"aplay cannot play on {self._device!r}: {why}"
        raise OutletError(problem, "Type: aplay -L, and set speech.device to a device that works")

    def stop(self) -> None:
        """Kill the player at once, if one runs."""
        with self._lock:
            if self._process is not None:
                kill(self._process)

    def _command(self) -> list[str]:
        return ["aplay", "-q", "-D", self._device]

    def _start(self) -> subprocess.Popen[bytes]:
        try:
            process = subprocess.Popen(
                self._command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
                bufsize=0,
            )
        except OSError as error:
            problem = f"aplay cannot be started: {error.strerror}"
            raise OutletError(problem, "Type: sudo apt install alsa-utils") from error
        with self._lock:
            self._process = process
        return process

    def _end(self, process: subprocess.Popen[bytes]) -> str:
        kill(process)
        process.wait()
        with self._lock:
            self._process = None
        complaint = b"" if process.stderr is None else process.stderr.read(PAGE)
        for pipe in (process.stdin, process.stderr):
            if pipe is not None:
                pipe.close()
        return complaint.decode(errors="replace").strip().splitlines()[0] if complaint.strip() else "no reason given"


def _feed(process: subprocess.Popen[bytes], wav: bytes, started: Callable[[], None]) -> None:
    pipe = process.stdin
    if pipe is None:
        return
    fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PAGE)
    rest = memoryview(wav)
    taken = 0
    try:
        while rest:
            written = pipe.write(rest[:PAGE]) or 0
            rest = rest[written:]
            if taken <= PAGE < taken + written or (not rest and taken + written <= PAGE):
                started()
            taken += written
        pipe.close()
    except BrokenPipeError:
        return  # the player ended early: its return code says why


def _seconds(wav: bytes) -> float:
    with wave.open(BytesIO(wav), "rb") as file:
        return file.getnframes() / file.getframerate()
