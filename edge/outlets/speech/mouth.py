"""How far the mouth of a face that speaks is open: the loudness of what sounds at this very moment."""

from __future__ import annotations

import threading
import time
from collections import deque
from math import log10
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from edge.outlets.speech.synthesiser import Sound

FRAME_S = 0.04
"""25 a second: as fast as lips move in speech (syllables come at 2 to 8 Hz; Chandrasekaran et al. 2009, PLoS Comput.
Biol. 5(7)), and as fast as a small display is drawn."""
CLOSED_DBFS, OPEN_DBFS = -42.0, -14.0
"""RMS of a frame at which the mouth is shut and wide open. Speech at -18 LUFS has its vowels at about -14, its quiet
consonants at about -40 dBFS."""
FRAMES = 1024
"""Most that wait: 40 s, more than is ever given to a sound card ahead of time."""


class Mouth:
    """What is handed to the sound card is noted with the time at which it will be heard. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._frames: deque[tuple[int, float]] = deque(maxlen=FRAMES)
        self._due_ns = 0
        self._rest = np.zeros(0, np.int16)

    def hear(self, sound: Sound) -> None:
        """``sound`` is being handed over now, and is heard after what was handed over before."""
        size = max(1, round(FRAME_S * sound.rate))
        rest = np.concatenate((self._rest, sound.samples))
        count = len(rest) // size
        frames = rest[: count * size].reshape(count, size).astype(np.float64)
        self._rest = rest[count * size :]
        levels = [_opening(value) for value in np.sqrt(np.mean(frames * frames, axis=1))]
        with self._lock:
            self._due_ns = max(self._due_ns, time.monotonic_ns())
            for level in levels:
                self._frames.append((self._due_ns, level))
                self._due_ns += round(FRAME_S * 1e9)

    def shut(self) -> None:
        """What was handed over is not heard any more."""
        with self._lock:
            self._frames.clear()
            self._due_ns = 0
        self._rest = np.zeros(0, np.int16)

    def opening(self, now_ns: int | None = None) -> float:
        """0 (shut, or silence) to 1, now or at ``now_ns`` of ``time.monotonic_ns``, which must not go back."""
        now = time.monotonic_ns() if now_ns is None else now_ns
        with self._lock:
            while len(self._frames) > 1 and self._frames[1][0] <= now:
                self._frames.popleft()
            if not self._frames or not self._frames[0][0] <= now < self._frames[0][0] + round(FRAME_S * 1e9):
                return 0.0
            return self._frames[0][1]


def _opening(rms: float) -> float:
    if rms <= 0:
        return 0.0
    part = (20.0 * log10(rms / 32768.0) - CLOSED_DBFS) / (OPEN_DBFS - CLOSED_DBFS)
    return min(1.0, max(0.0, part))
