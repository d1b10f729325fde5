"""Whether a live microphone's sound can be sound: not zeros, not clipped, not offset, at the rate that was declared.

Costs some tens of microseconds a block, and keeps nothing of what was heard but sums.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log10
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.sensors.settings import MicrophoneHealth

FULL = 32767
"""Full scale of int16; a converter that clips stays at it or at -32768."""
CLIP_S = 2.0
"""Seconds over which clipping and offset are judged."""
LEVEL_S = 1.0
"""Seconds over which a level is measured."""
BREAK_NS = 1_000_000_000
"""Nanoseconds between two blocks after which the rate is measured anew: the process or the device stood still."""
QUIETEST_DBFS = -120.0
"""What silence is called; 16 bits reach -98."""


@dataclass(frozen=True, slots=True)
class SoundLevel:
    """How loud the last second was. ``dbfs`` is the root mean square, 0 for a full-scale square wave.

    ``clipped`` is the share of samples at full scale.
    """

    dbfs: float
    clipped: float


@dataclass(slots=True)
class _Tally:
    samples: int = 0
    clipped: int = 0
    total: float = 0.0
    squares: float = 0.0

    def add(self, samples: int, clipped: int, total: float, squares: float) -> None:
        self.samples += samples
        self.clipped += clipped
        self.total += total
        self.squares += squares

    def clear(self) -> None:
        self.samples = self.clipped = 0
        self.total = self.squares = 0.0


class SoundHealth:
    """Judges the sound of one opened microphone.

    Args:
        settings: the table [microphone.health].
        name: the microphone, in words for the user.
        rate: Hz, as declared.
    """

    def __init__(self, settings: MicrophoneHealth, name: str, rate: int) -> None:
        self._settings = settings
        self._name = name
        self._rate = rate
        self._told: str | None = None
        self.level: SoundLevel | None = None
        self._second, self._clips = _Tally(), _Tally()
        self._clipping = self._offset = self._wrong = ""
        self._still = 0
        self._value: int | None = None
        self._since_ns: int | None = None
        self._last_ns = 0
        self._counted = 0
        self._full = np.empty(0, np.bool_)

    def condition(self) -> str | None:
        """What is wrong, and the remedy; None when nothing is."""
        return self._told

    def hear(self, raw: NDArray[np.int16], mono: NDArray[np.float32], heard_ns: int, *, gap: bool = False) -> None:
        """Judge a block.

        Args:
            raw: (samples, channels) int16, the channels that are listened to, before they are mixed.
            mono: (samples,) float32 in [-1, 1], mixed.
            heard_ns: CLOCK_MONOTONIC of the last sample.
            gap: sound was lost before this block.
        """
        low, high = int(raw.min()), int(raw.max())
        clipped = self._at_full(raw) if high >= FULL or low <= -FULL else 0
        samples = len(mono)
        share = clipped / raw.shape[1]
        total, squares = float(mono.sum()), float(np.dot(mono, mono))
        self._second.add(samples, round(share), total, squares)
        self._clips.add(samples, round(share), total, squares)
        if self._second.samples >= LEVEL_S * self._rate:
            power = self._second.squares / self._second.samples
            dbfs = max(QUIETEST_DBFS, 10 * log10(power)) if power else QUIETEST_DBFS
            self.level = SoundLevel(dbfs, self._second.clipped / self._second.samples)
            self._second.clear()
        self._hear_still(low, high, samples)
        self._hear_clips()
        self._hear_rate(samples, heard_ns, gap=gap)
        self._told = self._find()

    def _find(self) -> str | None:
        if self._still >= self._settings.silent_s * self._rate:
            return (
                f"{self._name} delivers nothing but the value {self._value}. Switch its mute off, turn its gain up in"
                " alsamixer, or plug it in again."
            )
        return self._clipping or self._offset or self._wrong or None

    def _hear_still(self, low: int, high: int, samples: int) -> None:
        self._still = (self._still if low == self._value else 0) + samples if low == high else 0
        self._value = low if low == high else None

    def _hear_clips(self) -> None:
        tally = self._clips
        if tally.samples < CLIP_S * self._rate:
            return
        share, offset = tally.clipped / tally.samples, tally.total / tally.samples
        tally.clear()
        self._clipping = self._offset = ""
        if share > self._settings.clipped_share:
            self._clipping = (
                f"{self._name} clips: {share:.1%} of its samples are at full scale. Turn its gain down in alsamixer, or"
                " move it away."
            )
        if abs(offset) > self._settings.offset:
            self._offset = (
                f"{self._name} has an offset of {offset:+.0%} of full scale. Plug it in again, or use another one:"
                " its converter or its cable is faulty."
            )

    def _hear_rate(self, samples: int, heard_ns: int, *, gap: bool) -> None:
        """Samples that come after the first block of a window, over the time in which they come."""
        if self._since_ns is None or gap or heard_ns - self._last_ns > BREAK_NS:
            self._since_ns, self._counted, self._last_ns = heard_ns, 0, heard_ns
            return
        self._counted += samples
        self._last_ns = heard_ns
        seconds = (heard_ns - self._since_ns) / 1e9
        if seconds < self._settings.rate_s:
            return
        found = self._counted / seconds
        self._wrong = ""
        if abs(found / self._rate - 1) > self._settings.rate_error:
            self._wrong = (
                f"{self._name} delivers {found:.0f} samples a second, {self._rate} were declared. Plug it in again, or"
                " name another device in microphone.source."
            )
        self._since_ns, self._counted = heard_ns, 0

    def _at_full(self, raw: NDArray[np.int16]) -> int:
        if self._full.shape != raw.shape:
            self._full = np.empty(raw.shape, np.bool_)
        above = np.count_nonzero(np.greater_equal(raw, FULL, out=self._full))
        return int(above + np.count_nonzero(np.less_equal(raw, -FULL, out=self._full)))
