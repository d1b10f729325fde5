"""A stand-in for PyAudio at its boundary: one input device at 16 kHz, which does what it is wished to do."""

from __future__ import annotations

import time
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from edge.sensors.audio_file import read_audio

if TYPE_CHECKING:
    from pathlib import Path

    from tests.soak.control import Wished

RATE = 16_000
TOO_FAST = 1.5
"""Factor by which a device with a wrong rate delivers more samples than it says."""
LATE_S = 1.0
"""What a driver keeps; when nobody reads for longer, it overflows, as after a suspension."""
LOUD = 40.0
"""Factor that makes speech clip."""
GONE, OVERFLOWED = -9988, -9981
"""PortAudio's paStreamCallback… codes paStreamIsStopped-like and paInputOverflowed, as PyAudio gives them in errno."""


def module(sound: Path, wished: Wished) -> ModuleType:
    """What ``import pyaudio`` finds."""
    samples = read_audio(sound)

    class PyAudio:
        def get_device_count(self) -> int:
            return int(wished["microphone"] != "gone")

        def get_device_info_by_index(self, index: int) -> dict[str, Any]:
            return {"index": index, "name": "Stand-in", "maxInputChannels": 1, "defaultSampleRate": float(RATE)}

        def get_default_input_device_info(self) -> dict[str, Any]:
            if wished["microphone"] == "gone":
                raise OSError(GONE, "No Default Input Device Available")
            return self.get_device_info_by_index(0)

        def is_format_supported(self, rate: float, **_how: object) -> bool:
            if rate != RATE:
                raise ValueError(rate)
            return True

        def open(self, **_how: object) -> Stream:
            return Stream(samples, wished)

        def terminate(self) -> None: ...

    fake = ModuleType("pyaudio")
    fake.__dict__.update(PyAudio=PyAudio, paInt16=8, paInputOverflowed=OVERFLOWED)
    return fake


class Stream:
    """An open input stream, paced as a device paces it."""

    def __init__(self, samples: np.ndarray[Any, Any], wished: Wished) -> None:
        self._samples = samples
        self._wished = wished
        self._at = 0
        self._due = time.monotonic()

    def read(self, count: int, exception_on_overflow: bool = True) -> bytes:  # noqa: FBT001, FBT002 - PyAudio's own
        """``count`` samples when they are there. Raises OSError as PyAudio does."""
        how = self._wished["microphone"]
        now = time.monotonic()
        if now - self._due > LATE_S:
            self._due = now
            if exception_on_overflow:
                raise OSError(OVERFLOWED, "Input overflowed")
        self._due += count / RATE / (TOO_FAST if how == "rate" else 1.0)
        time.sleep(max(0.0, self._due - now))
        if how == "gone":
            raise OSError(GONE, "Stream closed")
        take = np.take(self._samples, np.arange(self._at, self._at + count), mode="wrap")
        self._at = (self._at + count) % len(self._samples)
        if how == "zeros":
            take = np.zeros_like(take)
        elif how == "clips":
            take = np.clip(take.astype(np.float32) * LOUD, -32768, 32767).astype(np.int16)
        return take.tobytes()

    def get_read_available(self) -> int:
        return max(0, int((time.monotonic() - self._due) * RATE))

    def is_active(self) -> bool:
        return True

    def stop_stream(self) -> None: ...

    def close(self) -> None: ...
