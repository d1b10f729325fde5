"""Pictures and sound beside a recording, for development, under a consent of their own."""

from __future__ import annotations

import logging
import os
import threading
import wave
from collections import deque
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from edge.affect import Sense
from edge.errors import InputError
from edge.sensors.signals import SAMPLE_RATE, AudioChunk, Frame

if TYPE_CHECKING:
    import io
    from collections.abc import Callable
    from pathlib import Path

    from edge.affect import Reading
    from edge.perception.perceiver import Perceiver

log = logging.getLogger(__name__)

WAITING = 32
"""Signals that may wait for the disk; more are dropped and counted."""
LOOK_S = 0.1
"""How often consent is looked at: what may no longer be kept is gone well within 200 ms."""
JPEG_QUALITY = 95
SOUND = "voice.wav"


class RawStore:
    """``open`` → ``keep`` … → ``stop``. A thread of its own writes ``face-<captured_ns>.jpg`` and ``voice.wav``."""

    def __init__(self, directory: Path, limit_bytes: int, allowed: Callable[[Sense], bool]) -> None:
        """Nothing is written yet.

        Args:
            directory: must not exist; it is made readable by this user only.
            limit_bytes: of all files together; nothing is kept beyond.
            allowed: whether pictures (face) or sound (voice) may be kept now; asked from the store's thread.
        """
        self.directory = directory
        self.bytes = 0
        self.dropped = 0
        self._limit = limit_bytes
        self._allowed = allowed
        self._waiting: deque[Frame | AudioChunk] = deque()
        self._wake = threading.Condition()
        self._stopping = False
        self._full = False
        self._kept: dict[Sense, list[Path]] = {}
        self._sound: wave.Wave_write | None = None
        self._sound_file: io.BufferedWriter | None = None
        self._thread = threading.Thread(target=self._run, name="raw-store", daemon=True)

    def open(self) -> None:
        """Make the directory and start. Raises InputError."""
        try:
            self.directory.mkdir(mode=0o700)
        except OSError as error:
            problem = f"the directory {self.directory} for pictures and sound cannot be made: {error.strerror}"
            raise InputError(problem, "Name one that does not exist yet, in a directory that does") from error
        self._thread.start()

    def keep(self, signal: object) -> None:
        """Hand over a Frame or an AudioChunk; anything else is not raw media. Returns at once; from any thread."""
        if not isinstance(signal, Frame | AudioChunk):
            return
        with self._wake:
            if len(self._waiting) >= WAITING:
                self.dropped += 1
            elif not self._stopping:
                self._waiting.append(signal)
                self._wake.notify()

    def stop(self, within_s: float = 2.0) -> None:
        """Write what waits and close."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join(within_s)

    def _run(self) -> None:
        try:
            while True:
                with self._wake:
                    if not self._waiting and not self._stopping:
                        self._wake.wait(LOOK_S)
                    batch = list(self._waiting)
                    self._waiting.clear()
                    over = self._stopping
                self._obey()
                for signal in batch:
                    self._write(signal)
                if over and not batch:
                    break
        except OSError as error:
            self._full = True
            log.error("no more pictures and sound are kept: %s", error)  # noqa: TRY400 - the sentence says it all
        self._close_sound()

    def _close_sound(self) -> None:
        if self._sound is not None and self._sound_file is not None:
            self._sound.close()
            self._sound_file.close()
            self._sound = self._sound_file = None

    def _obey(self) -> None:
        """Remove what was kept of a sense whose consent is gone."""
        for sense in [sense for sense in self._kept if not self._allowed(sense)]:
            if sense is Sense.VOICE:
                self._close_sound()
            for path in self._kept.pop(sense):
                path.unlink(missing_ok=True)
            log.warning("the consent to record the %s was withdrawn: what was kept of it is removed", sense)

    def _write(self, signal: Frame | AudioChunk) -> None:
        sense = Sense.FACE if isinstance(signal, Frame) else Sense.VOICE
        if self._full or not self._allowed(sense):
            return
        content = _jpeg(signal) if isinstance(signal, Frame) else signal.samples.astype("<i2").tobytes()
        if self.bytes + len(content) > self._limit:
            self._full = True
            log.warning("no more pictures and sound are kept: the limit of %d bytes is reached", self._limit)
            return
        self.bytes += len(content)
        if isinstance(signal, Frame):
            with self._made(Sense.FACE, f"face-{signal.captured_ns}.jpg") as file:
                file.write(content)
            return
        if self._sound is None:
            self._sound_file = self._made(Sense.VOICE, SOUND)
            self._sound = wave.open(self._sound_file, "wb")  # noqa: SIM115 - open as long as the run
            self._sound.setparams((1, 2, SAMPLE_RATE, 0, "NONE", "not compressed"))
        self._sound.writeframes(content)  # mends the header each time, so a crash leaves a sound that plays

    def _made(self, sense: Sense, name: str) -> io.BufferedWriter:
        path = self.directory / name
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        self._kept.setdefault(sense, []).append(path)
        return os.fdopen(os.open(path, flags, 0o600), "wb")


@runtime_checkable
class _Conditioned(Protocol):
    def condition(self) -> str | None: ...


class Beside:
    """A perceiver whose signals are kept, too."""

    def __init__(self, perceiver: Perceiver[object], store: RawStore) -> None:
        self.sense: Sense = perceiver.sense
        self._perceiver = perceiver
        self._store = store

    def condition(self) -> str | None:
        """What the perceiver says of itself."""
        return self._perceiver.condition() if isinstance(self._perceiver, _Conditioned) else None

    def attach(self) -> None:
        """Attach the perceiver. Raises ModelError."""
        self._perceiver.attach()

    def perceive(self, signal: object) -> Reading | None:
        """The perceiver's own Reading. Raises what it raises."""
        self._store.keep(signal)
        return self._perceiver.perceive(signal)

    def stop(self) -> None:
        """Stop the perceiver."""
        self._perceiver.stop()


def _jpeg(frame: Frame) -> bytes:
    import cv2

    done, content = cv2.imencode(".jpg", frame.image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        message = "the picture cannot be packed as JPEG"
        raise OSError(message)
    return content.tobytes()
