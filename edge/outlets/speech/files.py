"""Where there is no sound card: replies as WAV files that nobody else can read, the last few of them."""

from __future__ import annotations

import io
import os
import stat
import tempfile
import time
import wave
from pathlib import Path
from typing import TYPE_CHECKING

from edge.errors import OutletError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge.outlets.speech.synthesiser import Sound

OURS = "reply-" + "?" * 13 + "-????.wav"
"""Names of the files that are ours to remove."""


class WavFiles:
    """A directory of replies. Raises OutletError when it cannot be made or written."""

    def __init__(self, wanted: Path | None) -> None:
        self.directory = wanted or _private_directory()
        self._written = 0
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            problem = f"the directory for spoken replies {self.directory} cannot be made: {error.strerror}"
            raise OutletError(problem, "Set speech.wav_directory to one that can be written") from error

    def write(self, sounds: Iterable[Sound], most: int) -> Path | None:
        """The file of one reply, whose ``sounds`` have one rate; ``most`` - 1 older ones stay. None for no sound."""
        parts = list(sounds)
        if not parts:
            return None
        self._written += 1
        path = self.directory / f"reply-{time.time_ns() // 1_000_000:013d}-{self._written:04d}.wav"
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(_wav(parts))
            for old in sorted(self.directory.glob(OURS))[:-most]:
                old.unlink(missing_ok=True)
        except OSError as error:
            problem = f"the spoken reply cannot be written to {self.directory}: {error.strerror}"
            raise OutletError(problem, "Free space there, or set speech.wav_directory to another one") from error
        return path


def _wav(parts: list[Sound]) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(parts[0].rate)
        file.writeframes(b"".join(part.samples.astype("<i2", copy=False).tobytes() for part in parts))
    return buffer.getvalue()


def _private_directory() -> Path:
    """A directory that only this user can enter: replies may repeat what was said."""
    usual = Path(tempfile.gettempdir()) / f"rapport-speech-{os.geteuid()}"
    try:
        usual.mkdir(mode=0o700)
    except FileExistsError:
        status = usual.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o077:
            return Path(tempfile.mkdtemp(prefix="rapport-speech-"))  # somebody else made it: keep away from it
    return usual
