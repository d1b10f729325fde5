"""The stream becomes tracks: every 10 ms spectrum, level, pitch, periodicity and clipping, each computed once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.perception.voice import log_mel, pitch
from edge.perception.voice.tracks import Tracks
from edge.sensors.signals import SAMPLE_RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.perception.voice.settings import VoiceSettings

HOP = 160
"""Samples between frames: 10 ms."""
FRAME_RATE = SAMPLE_RATE / HOP
WINDOW = 300
"""Frames that the device keeps: 3 s."""
BLOCK = 16
"""Frames that are computed together: few enough that the spectra stay in the cache, that the matrix product stays on
one thread (OpenBLAS starts more above 2^18 multiplications: five times the CPU for nothing), and that temporaries stay
below the 128 KiB from which glibc gives freed memory back to the system, to fault it in again at the next hop."""
FULL_SCALE = 32_700
"""Absolute sample value (of 32,767) from which a sample counts as clipped."""
_OFFSET = (pitch.FRAME - log_mel.FRAME) // 2
"""Samples by which the spectrum's frame starts later, so that both frames have the same middle."""


class Analysis:
    """Keeps the last ``window`` frames of each track. What lies before ``filled`` frames from the end is unheard."""

    def __init__(self, settings: VoiceSettings, window: int = WINDOW) -> None:
        self._log_mel = log_mel.LogMel(BLOCK)
        self._pitch = pitch.Pitch(BLOCK, settings.pitch_low_hz, settings.pitch_high_hz)
        self._samples = np.zeros(pitch.FRAME + (BLOCK - 1) * HOP, np.float32)
        self._frames = np.lib.stride_tricks.sliding_window_view(self._samples, pitch.FRAME)[::HOP]
        self._held = 0
        self._window = window
        self._tracks = Tracks(
            np.zeros((window, log_mel.BANDS), np.float32), *(np.zeros(window, np.float32) for _ in range(4))
        )
        self.filled = 0

    @property
    def tracks(self) -> Tracks:
        """The last ``filled`` frames; views, which the next ``push`` moves on."""
        return self._tracks[self._window - self.filled :]

    def forget(self) -> None:
        """Drop what was heard: the next sample does not continue the last one."""
        self._held = 0
        self.filled = 0
        self._samples.fill(0.0)

    def needed(self, frames: int) -> int:
        """Samples that must still come until ``frames`` more frames are complete."""
        return pitch.FRAME + (frames - 1) * HOP - self._held

    def push(self, samples: NDArray[np.int16]) -> int:
        """Continue the tracks by ``samples`` (n,) int16 of any length; returns how many frames that completed."""
        done = 0
        start = 0
        while start < len(samples):
            piece = samples[start : start + len(self._samples) - self._held]
            end = self._held + len(piece)
            np.divide(piece, 32768.0, out=self._samples[self._held : end], casting="unsafe")
            start += len(piece)
            self._held = end
            done += self._complete()
        return done

    def _complete(self) -> int:
        """Compute all frames that the held samples complete and keep only the samples that later frames need."""
        n = (self._held - pitch.FRAME) // HOP + 1 if self._held >= pitch.FRAME else 0
        if n <= 0:
            return 0
        every = self._frames[:n]
        rows, levels = self._log_mel(every[:, _OFFSET : _OFFSET + log_mel.FRAME])
        hz, strength = self._pitch(every)
        middle = (pitch.FRAME - HOP) // 2
        tens = self._samples[middle : middle + n * HOP].reshape(n, HOP)
        clipped = np.mean(np.abs(tens) >= FULL_SCALE / 32768.0, axis=1)
        self.filled = min(self._window, self.filled + n)
        kept = self._tracks
        _shift_in(kept.log_mels, rows)
        _shift_in(kept.levels, levels)
        _shift_in(kept.pitches, hz)
        _shift_in(kept.periodicities, strength)
        _shift_in(kept.clipped, clipped)
        used = n * HOP
        self._samples[: self._held - used] = self._samples[used : self._held].copy()
        self._held -= used
        return n


def _shift_in(track: NDArray[np.float32], new: NDArray[np.generic]) -> None:
    """Move ``track`` back by ``len(new)`` rows and put ``new`` at its end; numpy's assignment allows the overlap."""
    n = min(len(new), len(track))
    track[:-n] = track[n:]
    track[-n:] = new[-n:]
