"""What opens an utterance: nothing needs to, a push, or a wake word. Without an opening no sound is kept or sent."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Protocol

from edge.sensors.signals import AudioChunk

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Wake(Protocol):
    """Hears a wake word."""

    def attach(self) -> None:
        """Load what it needs. Raises SensorError."""
        ...

    def hear(self, samples: NDArray[np.int16]) -> int | None:
        """Where in ``samples``, (n,) int16 at SAMPLE_RATE, the word has just ended; None when it has not."""
        ...

    def stop(self) -> None:
        """Forget and release everything."""
        ...


class Gate:
    """Which part of each chunk may be kept.

    Args:
        always: nothing has to open it.
        open_s: seconds after an opening within which speech must begin.
        wake: what else may open it than ``push``.
    """

    def __init__(self, *, always: bool, open_s: float, wake: Wake | None = None) -> None:
        self._always = always
        self._open_ns = int(open_s * 1e9)
        self._wake = wake
        self._until_ns = 0
        self._lock = threading.Lock()

    def attach(self) -> None:
        """Load the wake word. Raises SensorError."""
        self.shut()
        if self._wake is not None:
            self._wake.attach()

    def stop(self) -> None:
        """Shut, and release the wake word."""
        self.shut()
        if self._wake is not None:
            self._wake.stop()

    def push(self) -> None:
        """Open it, from any thread."""
        with self._lock:
            self._until_ns = time.monotonic_ns() + self._open_ns

    def shut(self) -> None:
        """An utterance is over, or nothing of the past counts any more."""
        with self._lock:
            self._until_ns = 0

    def admit(self, chunk: AudioChunk, *, speaking: bool) -> AudioChunk | None:
        """What of ``chunk`` may be kept; None for nothing. ``speaking`` says that an admitted utterance goes on."""
        if self._always or speaking:
            return chunk
        with self._lock:
            is_open = time.monotonic_ns() < self._until_ns
        if is_open:
            return chunk
        at = None if self._wake is None else self._wake.hear(chunk.samples)
        if at is None:
            return None
        self.push()
        rest = chunk.samples[at:]
        return AudioChunk(rest, chunk.captured_ns, chunk.gap) if len(rest) else None
