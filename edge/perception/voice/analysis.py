"""The stream becomes tracks: every 10 ms spectrum, level, pitch, periodicity and clipping, each computed once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.perception.voice import log_mel, pitch
from edge.perception.voice.derived import derive
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
BLOCK = 25
"""Frames that are computed together at most, half a hop: few enough that the spectra stay in the cache, that the matrix
product stays on one thread (OpenBLAS starts more above 2^18 multiplications: five times the CPU for nothing), and that
temporaries stay below the 128 KiB from which glibc gives freed memory back to the system, to fault it in again at the
next hop."""
SLACK = 300
"""Frames by which the tracks' memory is longer than the window, so that it is moved seldom."""
FULL_SCALE = 32_700
"""Absolute sample value (of 32,767) from which a sample counts as clipped."""
_PER_STEP = np.float32(1 / 32768)
_OFFSET = (pitch.FRAME - log_mel.FRAME) // 2
"""Samples by which the spectrum's frame starts later, so that both frames have the same middle."""


class Analysis:
    """Keeps the last ``window`` frames of each track; what came before is gone.

    Samples wait until a block of frames is full or the tracks are asked for; then each frame is computed, once. Its
    values do not depend on how the samples came in, bit for bit.
    """

    def __init__(self, settings: VoiceSettings, window: int = WINDOW) -> None:
        self._log_mel = log_mel.LogMel(BLOCK)
        self._pitch = pitch.Pitch(BLOCK, settings.pitch_low_hz, settings.pitch_high_hz)
        self._samples = np.zeros(pitch.FRAME + (BLOCK - 1) * HOP, np.float32)
        self._frames = np.lib.stride_tricks.sliding_window_view(self._samples, pitch.FRAME)[::HOP]
        self._loud = np.zeros((BLOCK, HOP), np.float32)
        self._held = 0
        self._window = window
        self._kept = Tracks.empty(max(window, BLOCK) + SLACK)
        self._end = 0
        self._filled = 0
        self._fresh = 0

    @property
    def tracks(self) -> Tracks:
        """The last frames, ``window`` at most; views, which the next ``push`` moves on."""
        self._complete()
        found = self._kept[self._end - self._filled : self._end]
        derive(found, min(self._fresh, self._filled))
        self._fresh = 0
        return found

    def forget(self) -> None:
        """Drop what was heard: the next sample does not continue the last one."""
        self._held = self._end = self._filled = self._fresh = 0

    def needed(self, frames: int) -> int:
        """Samples that must still come until ``frames`` more frames are complete."""
        return pitch.FRAME + (self._waiting() + frames - 1) * HOP - self._held

    def push(self, samples: NDArray[np.int16]) -> int:
        """Continue the tracks by ``samples`` (n,) int16 of any length; returns how many frames that completed."""
        done = -self._waiting()
        start = 0
        while start < len(samples):
            piece = samples[start : start + len(self._samples) - self._held]
            end = self._held + len(piece)
            np.multiply(piece, _PER_STEP, out=self._samples[self._held : end], dtype=np.float32)
            start += len(piece)
            self._held = end
            if end == len(self._samples):
                done += self._complete()
        return done + self._waiting()

    def _waiting(self) -> int:
        """Frames that the held samples complete."""
        return max(0, (self._held - pitch.FRAME) // HOP + 1)

    def _complete(self) -> int:
        """Compute the frames that wait and keep only the samples that later frames need; returns how many it were."""
        n = self._waiting()
        if n == 0:
            return 0
        self._make_room(n)
        new = slice(self._end, self._end + n)
        kept, every = self._kept, self._frames[:n]
        kept.log_mels[new], kept.levels[new] = self._log_mel(every[:, _OFFSET : _OFFSET + log_mel.FRAME])
        kept.pitches[new], kept.periodicities[new] = self._pitch(every)
        middle = (pitch.FRAME - HOP) // 2
        tens = self._samples[middle : middle + n * HOP].reshape(n, HOP)
        loud = np.abs(tens, out=self._loud[:n]) >= FULL_SCALE / 32768.0
        kept.clipped[new] = np.count_nonzero(loud, axis=1) / HOP
        self._end += n
        self._filled = min(self._window, self._filled + n)
        self._fresh += n
        used = n * HOP
        self._samples[: self._held - used] = self._samples[used : self._held].copy()
        self._held -= used
        return n

    def _make_room(self, frames: int) -> None:
        """Move what the window still needs to the beginning, when there is no room for ``frames`` more."""
        if self._end + frames <= len(self._kept):
            return
        for track in self._kept.all():
            track[: self._filled] = track[self._end - self._filled : self._end]
        self._end = self._filled
