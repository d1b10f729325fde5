"""Sound is heard: through ``aplay``, as its own process that can be killed in the middle of a word."""

from __future__ import annotations

import fcntl
import os
import select
import shutil
import subprocess
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from edge.errors import OutletError
from edge.outlets.speech.process import kill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from edge.outlets.speech.synthesiser import Sound

CARDS = Path("/proc/asound/cards")
PAGE = 4096
"""Bytes. The pipe to the player holds one page, so a second page that fits tells that sound is being taken."""
PROBE_S = 5.0
"""A sound server plays out its buffer of 2 s before it lets go."""
GRACE_S = 5.0
"""A player that takes no sound for so long, or does not end so long after the last one, hangs and is killed. What a
sound card holds lasts for half a second, or two with a sound server."""


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
        try:
            done = subprocess.run(
                self._command(16_000), input=bytes(640), capture_output=True, timeout=PROBE_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return f"the ALSA device {self._device!r} does not answer"
        return (
            None
            if done.returncode == 0
            else f"there is no sound card and the ALSA device {self._device!r} does not open"
        )

    def play(self, sounds: Iterable[Sound], started: Callable[[], None], cancelled: Callable[[], bool]) -> bool:
        """Play to the end; False when it was stopped.

        Args:
            sounds: of one rate, taken as fast as they are heard.
            started: called when the device takes the first sound.
            cancelled: asked before each part, the first time once the player can be stopped, so that a stop just
                before is not missed.

        Raises:
            OutletError: the player fails or hangs, or ``sounds`` raises it.
        """
        process: subprocess.Popen[bytes] | None = None
        feed = _Feed(started)
        whole = False
        try:
            for sound in sounds:
                if process is None:
                    process = self._start(sound.rate)
                    feed.open(process)
                if cancelled():
                    break
                if not feed.give(memoryview(sound.samples.astype("<i2", copy=False).tobytes())):
                    feed.wait()
                    break
            else:
                whole = process is not None and not cancelled() and feed.finish()
        finally:
            complaint = "" if process is None else self._end(process)
        if process is None:
            return not cancelled()
        if whole and process.returncode == 0:
            return True
        if cancelled() or (process.returncode < 0 and not feed.hung):
            return False
        why = "it hung and was killed" if feed.hung else complaint
        problem = f"aplay cannot play on {self._device!r}: {why}"
        raise OutletError(problem, "Type: aplay -L, and set speech.device to a device that works")

    def stop(self) -> None:
        """Kill the player at once, if one runs."""
        with self._lock:
            if self._process is not None:
                kill(self._process)

    def _command(self, rate: int) -> list[str]:
        return ["aplay", "-q", "-D", self._device, "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", str(rate)]

    def _start(self, rate: int) -> subprocess.Popen[bytes]:
        try:
            process = subprocess.Popen(
                self._command(rate),
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


class _Feed:
    """The pipe to one player, a page at a time."""

    def __init__(self, started: Callable[[], None]) -> None:
        self.hung = False
        self._started: Callable[[], None] | None = started
        self._taken = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe = -1

    def open(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        if process.stdin is not None:
            self._pipe = process.stdin.fileno()
            fcntl.fcntl(self._pipe, fcntl.F_SETPIPE_SZ, PAGE)
            os.set_blocking(self._pipe, False)

    def give(self, rest: memoryview) -> bool:
        """Hand over all of ``rest``; False when the player has ended, was stopped, or hangs."""
        while rest:
            _, ready, _ = select.select([], [self._pipe], [], GRACE_S)
            if not ready:
                self.hung = True
                return False
            try:
                written = os.write(self._pipe, rest[:PAGE])
            except BlockingIOError:  # less than a whole write fits
                continue
            except BrokenPipeError:
                return False
            rest = rest[written:]
            self._taken += written
            if self._taken > PAGE:
                self._tell()
        return True

    def finish(self) -> bool:
        """Wait until all is heard; False when the player hangs."""
        self._tell()
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
        return self.wait()

    def wait(self) -> bool:
        """Let the player end by itself, so that it says why; False when it does not."""
        if self._process is not None and not self.hung:
            try:
                self._process.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                self.hung = True
        return not self.hung

    def _tell(self) -> None:
        if self._started is not None:
            self._started()
            self._started = None
