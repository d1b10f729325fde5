"""A sound file that behaves as a microphone: paced in real time, read from disk as it is needed."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from edge.affect import Sense
from edge.errors import SensorError, SensorGone
from edge.sensors.audio_file import AudioFile, open_audio
from edge.sensors.clock import Clock
from edge.sensors.resample import Resampler, to_int16
from edge.sensors.signals import SAMPLE_RATE, AudioChunk

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.sensors.settings import MicrophoneSettings


class FileMicrophone:
    """Sound from a WAV or FLAC file, ``hop_s`` seconds at a time; the last chunk is as short as it is.

    ``captured_ns`` is when the chunk's last sample would have been heard, counted from ``attach``. Whoever reads late
    gets chunks at once until real time is reached again, as from a device's own buffer. With ``repeat`` the sound
    begins again at its end, and time goes on; a file that was there and is not any more is then SensorGone, so that
    whoever reads tries again until it returns.
    """

    sense = Sense.VOICE
    live = False

    def __init__(self, settings: MicrophoneSettings, *, repeat: bool, clock: Clock | None = None) -> None:
        self.source = f"file {settings.source}"
        self._path = Path(settings.source)
        self._hop = round(settings.hop_s * SAMPLE_RATE)
        self._repeat = repeat
        self._clock = clock or Clock()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._stream: _Stream | None = None
        self._was_there = False
        self._started_ns = 0
        self._heard = 0

    def attach(self) -> None:
        """Open the file.

        Raises:
            SensorError: it is missing, no sound or without any.
            SensorGone: the same, but with ``repeat`` and after it was there.
        """
        self.stop()
        stream = self._open()
        with self._lock:
            self._stream = stream
            self._stopped.clear()
            self._started_ns = self._clock.now_ns()
            self._heard = 0

    def read(self) -> AudioChunk | None:
        """The next chunk when its last sample is due; None at the end or after ``stop``. Raises as ``attach`` does."""
        # Whoever hears the chunk before goes first: decoding at once would take the core from under them.
        if self._stream is not None:
            before_ns = self._started_ns + (self._heard + self._hop // 2) * 1_000_000_000 // SAMPLE_RATE
            if not self._clock.wait_until(before_ns, self._stopped):
                return None
        with self._lock:
            if self._stream is None:
                return None
            samples = self._stream.take(self._hop)
            if self._repeat and len(samples) < self._hop:
                self._stream.close()
                self._stream = None
                self._stream = self._open()
                samples = np.concatenate((samples, self._stream.take(self._hop - len(samples))))
            if not len(samples):
                self._stream.close()
                self._stream = None
                return None
        self._heard += len(samples)
        captured_ns = self._started_ns + self._heard * 1_000_000_000 // SAMPLE_RATE
        return AudioChunk(samples, captured_ns) if self._clock.wait_until(captured_ns, self._stopped) else None

    def _open(self) -> _Stream:
        """What is missing at first is a mistake in the settings; what was there and is missing may return."""
        try:
            stream = _Stream(self._path)
        except SensorError as error:
            if self._repeat and self._was_there:
                raise SensorGone(error.problem, "Put it back; it is tried again by itself") from error
            raise
        self._was_there = True
        return stream

    def stop(self) -> None:
        """Close the file; a waiting read returns None."""
        self._stopped.set()
        with self._lock:
            if self._stream is not None:
                self._stream.close()
                self._stream = None


class _Stream:
    """The file at 16 kHz. Raises SensorError as ``open_audio`` does."""

    def __init__(self, path: Path) -> None:
        self._file: AudioFile = open_audio(path)
        self._resampler = Resampler(self._file.rate)
        self._block = max(1, self._file.rate // 10)
        self._held: NDArray[np.int16] = np.zeros(0, np.int16)
        self._frames = 0
        self._given = 0
        self._ended = False

    def take(self, count: int) -> NDArray[np.int16]:
        """The next ``count`` samples (n,) int16; fewer only at the end."""
        while len(self._held) < count and not self._ended:
            block = self._file.read(self._block)
            self._frames += len(block)
            self._ended = not len(block)
            more = self._resampler.flush() if self._ended else self._resampler.push(block)
            self._held = np.concatenate((self._held, to_int16(more)))
            if self._ended:
                whole = -(-self._frames * SAMPLE_RATE // self._file.rate)
                self._held = self._held[: whole - self._given]
        samples, self._held = self._held[:count].copy(), self._held[count:]
        self._given += len(samples)
        return samples

    def close(self) -> None:
        self._file.close()
