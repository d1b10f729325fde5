"""A WAV or FLAC file, read block by block as mono float samples at its own rate; or whole, at 16 kHz."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from edge.errors import SensorError
from edge.sensors.regular import open_regular
from edge.sensors.resample import Resampler, to_int16
from edge.sensors.wav import REMEDY, Wav, mono, require_rate

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

log = logging.getLogger(__name__)

BLOCK_FRAMES = 8192
LONGEST_S = 600.0
"""Seconds of sound that ``read_audio`` holds in memory: 19 MB."""


class AudioFile(Protocol):
    """An open sound file. ``read`` gives at most ``frames`` mono samples (n,) float32 in [-1, 1]; (0,) at the end."""

    rate: int

    def read(self, frames: int) -> NDArray[np.float32]:
        """The next samples. Raises SensorError."""
        ...

    def close(self) -> None:
        """Close the file."""
        ...


def open_audio(path: Path) -> AudioFile:
    """Open ``path`` by what it contains, whatever its name. Raises SensorError naming it."""
    try:
        file = open_regular(path)
    except OSError as error:
        problem = f"the sound {path} cannot be read: {error.strerror}"
        raise SensorError(problem, "Check the path and its permissions") from error
    head = file.read(12)
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return Wav(path, file)
    file.close()
    if head[:4] == b"fLaC":
        return _Flac(path)
    problem = f"{path} is no sound: it begins as neither a WAV nor a FLAC does" if head else f"{path} is empty"
    raise SensorError(problem, REMEDY)


def read_audio(path: Path, longest_s: float = LONGEST_S) -> NDArray[np.int16]:
    """The whole file as (n,) int16 at 16 kHz, mono.

    Raises:
        SensorError: the file is missing, no sound, empty, or longer than ``longest_s`` seconds.
    """
    file = open_audio(path)
    resampler = Resampler(file.rate)
    blocks: list[NDArray[np.int16]] = []
    heard = 0
    try:
        while len(block := file.read(BLOCK_FRAMES)):
            heard += len(block)
            if heard > longest_s * file.rate:
                problem = f"{path} is longer than {longest_s:g} s"
                raise SensorError(problem, "Cut it, or play it as a microphone: set microphone.source to its path")
            blocks.append(to_int16(resampler.push(block)))
    finally:
        file.close()
    blocks.append(to_int16(resampler.flush()))
    return np.concatenate(blocks)[: -(-heard * 16_000 // file.rate)]


class _Flac:
    def __init__(self, path: Path) -> None:
        try:
            import soundfile
        except (ImportError, OSError) as error:  # OSError: the module is there, its library libsndfile is not
            problem = f"{path} is a FLAC file, and soundfile, which decodes it, cannot be imported: {error}"
            raise SensorError(problem, "Type: pip install 'rapport-edge[flac]', or convert it to WAV") from error
        self._path = path
        self._error: type[Exception] = soundfile.SoundFileError
        try:
            self._file: Any = soundfile.SoundFile(str(path))
        except self._error as error:
            problem = f"{path} begins as a FLAC but cannot be opened: {error}"
            raise SensorError(problem, "Copy it again from where it came from") from error
        self.rate = int(self._file.samplerate)
        self._read = 0
        if self._file.frames == 0:
            self.close()
            problem = f"{path} is a FLAC without any sound in it"
            raise SensorError(problem, "Copy it again from where it came from")
        try:
            require_rate(self.rate, path)
        except SensorError:
            self.close()
            raise

    def read(self, frames: int) -> NDArray[np.float32]:
        try:
            block: NDArray[np.float32] = self._file.read(frames, dtype="float32", always_2d=True)
        except self._error:
            block = np.zeros((0, 1), np.float32)
        self._read += len(block)
        if not len(block) and self._read < self._file.frames:
            log.warning("%s is cut short: %d of %d samples are there", self._path, self._read, self._file.frames)
            self._read = self._file.frames
        return mono(block)

    def close(self) -> None:
        self._file.close()
