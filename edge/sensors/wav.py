"""A WAV file, read block by block as mono float samples at its own rate.

The standard library's ``wave`` refuses floating point and, before Python 3.12, the extensible header that recorders
write; it also trusts the header's length. The few fields that matter are read here instead. Layout of the header:
Microsoft, "Multiple Channel Audio Data and WAVE Files" (2007); format tags: RFC 2361.
"""

from __future__ import annotations

import logging
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from edge.errors import SensorError
from edge.sensors.resample import FASTEST, SLOWEST

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

log = logging.getLogger(__name__)

PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE
STREAMED_BYTES = 0x7FFF_0000
"""A program that writes a WAV into a pipe does not know its length and puts a number from here on in its header."""
MOST_CHANNELS = 32
REMEDY = "Use a WAV (8, 16, 24 or 32 bit, or float) or a FLAC file"


def require_rate(rate: int, path: Path) -> None:
    """Raise SensorError when a sound file's rate is outside what is resampled."""
    if not SLOWEST <= rate <= FASTEST:
        problem = f"{path} has a rate of {rate} Hz, {SLOWEST} to {FASTEST} are allowed"
        raise SensorError(problem, "Resample it to 16000 Hz")


def mono(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean (n,) of the channels of ``frames`` (n, channels)."""
    return frames[:, 0] if frames.shape[1] == 1 else frames.mean(axis=1, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class _Format:
    tag: int
    channels: int
    rate: int
    bits: int

    @property
    def frame_bytes(self) -> int:
        return self.channels * self.bits // 8


class Wav:
    """An open WAV file, as the protocol ``AudioFile`` says.

    One that is shorter than its header claims is played as far as it goes, with a log line.

    Raises:
        SensorError: the header is damaged or of an unknown kind, or there is no sound; ``file`` is then closed.
    """

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path = path
        self._file = file
        try:
            self._format, said = _wav_header(file, path)
            self.rate = self._format.rate
            self._left = self._frames(said)
        except struct.error as error:
            file.close()
            problem = f"{path} begins as a WAV but is cut short before any sound"
            raise SensorError(problem, "Copy it again from where it came from") from error
        except SensorError:
            file.close()
            raise

    def read(self, frames: int) -> NDArray[np.float32]:
        """The next samples."""
        wanted = min(frames, self._left)
        raw = self._file.read(wanted * self._format.frame_bytes)
        got = len(raw) // self._format.frame_bytes
        self._left = self._left - got if got == wanted else 0
        samples = _decode(raw[: got * self._format.frame_bytes], self._format)
        return mono(samples.reshape(got, self._format.channels))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _frames(self, said: int) -> int:
        """Frames that are there, of ``said`` bytes. Raises SensorError when there are none."""
        start = self._file.tell()
        there = self._file.seek(0, 2) - start
        self._file.seek(start)
        size = self._format.frame_bytes
        if min(said, there) < size:
            problem = f"{self._path} is a WAV without any sound in it"
            raise SensorError(problem, "Copy it again from where it came from")
        if there < said < STREAMED_BYTES:
            seconds = there // size / self.rate, said // size / self.rate
            log.warning("%s is cut short: %.1f of %.1f s are there", self._path, *seconds)
        return min(said, there) // size


def _wav_header(file: BinaryIO, path: Path) -> tuple[_Format, int]:
    """Format, and bytes of sound as the header says; the file then stands at the first sample."""
    found: _Format | None = None
    while True:
        name, size = struct.unpack("<4sI", file.read(8))
        if name == b"data":
            if found is None:
                problem = f"{path} is a WAV whose sound comes before its format"
                raise SensorError(problem, REMEDY)
            return found, size
        if name == b"fmt ":
            found = _wav_format(file.read(min(size, 40)), path)
            size -= min(size, 40)
        file.seek(size + size % 2, 1)


def _wav_format(raw: bytes, path: Path) -> _Format:
    tag, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", raw)
    if tag == EXTENSIBLE:
        (tag,) = struct.unpack_from("<H", raw, 24)
    known = (tag == PCM and bits in {8, 16, 24, 32}) or (tag == FLOAT and bits in {32, 64})
    if not known or not 1 <= channels <= MOST_CHANNELS:
        problem = f"{path} is a WAV of format {tag} with {bits} bits and {channels} channels"
        raise SensorError(problem, REMEDY)
    require_rate(rate, path)
    return _Format(tag, channels, rate, bits)


def _decode(raw: bytes, form: _Format) -> NDArray[np.float32]:
    """Samples (n,) float32 in [-1, 1]; what a float file has beyond that is clipped, what is no number is silent."""
    if form.tag == FLOAT:
        values = np.frombuffer(raw, f"<f{form.bits // 8}").astype(np.float32)
        return np.clip(np.nan_to_num(values, nan=0.0), -1.0, 1.0)
    if form.bits == 8:  # noqa: PLR2004 - the only width that WAV stores without a sign
        return (np.frombuffer(raw, np.uint8).astype(np.float32) - 128.0) / 128.0
    if form.bits == 24:  # noqa: PLR2004 - the only width that numpy has no type for
        padded = np.zeros((len(raw) // 3, 4), np.uint8)
        padded[:, 1:] = np.frombuffer(raw, np.uint8).reshape(-1, 3)
        return (padded.view("<i4")[:, 0] / 2.0**31).astype(np.float32)
    values = np.frombuffer(raw, f"<i{form.bits // 8}")
    return (values / 2.0 ** (form.bits - 1)).astype(np.float32)
