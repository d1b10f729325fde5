"""Any sampling rate becomes 16 kHz, or another one: a polyphase filter that keeps its state between blocks."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

import numpy as np

from edge.sensors.signals import SAMPLE_RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

SLOWEST, FASTEST = 4_000, 192_000
"""Hz. Rates of real microphones and files; what lies outside is refused by whoever opens them."""
CROSSINGS = 24
"""Periods of the lower rate on either side of the filter's middle."""
BETA = 6.2
"""Kaiser window for A = 65 dB: 0.1102 (A - 8.7). Source: Oppenheim & Schafer, Discrete-Time Signal Processing, 7.62."""
CUTOFF = 0.46
"""Middle of the transition band over the lower rate, so that the band ends at half of it: with 48 periods and 65 dB the
transition is (A - 8) / (2.285 · 2π · 48) = 0.083 wide (the same source, 7.63)."""


class Resampler:
    """Float samples at ``rate`` Hz in, float samples at ``to`` Hz out; nothing is lost or doubled between blocks.

    Output sample m lies at the time of input sample m · rate / to: the filter adds no delay, it waits for the
    ``reach`` samples to come instead, and ``flush`` gives the rest.
    """

    def __init__(self, rate: int, to: int = SAMPLE_RATE) -> None:
        divisor = gcd(rate, to)
        self._up, self._down = to // divisor, rate // divisor
        lower = min(1.0, to / rate)
        self.reach = int(np.ceil(CROSSINGS / lower))
        self._phases = _phases(self._up, self.reach, CUTOFF * lower)
        self._held = np.zeros(self.reach - 1, np.float32)
        self._next = 0

    def push(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Output (m,) that the input (n,) so far allows. The caller may use ``samples`` again."""
        if self._up == self._down:
            return samples.astype(np.float32)
        held = np.concatenate((self._held, samples))
        taps = 2 * self.reach
        # an output at position p (in up-sampled steps after held[reach - 1]) needs held[p // up : p // up + taps]
        ready = max(0, len(held) - taps + 1) * self._up
        positions = np.arange(self._next, ready, self._down)
        starts = positions // self._up
        windows = np.lib.stride_tricks.sliding_window_view(held, taps)[starts] if len(starts) else held[:0]
        out = np.einsum("nk,nk->n", windows, self._phases[positions % self._up]) if len(starts) else held[:0]
        self._next = int(positions[-1]) + self._down if len(positions) else self._next
        used = min(self._next // self._up, len(held))
        self._held, self._next = held[used:].copy(), self._next - used * self._up
        return out.astype(np.float32)

    def flush(self) -> NDArray[np.float32]:
        """The last outputs, with silence after the end."""
        silence = np.zeros(0 if self._up == self._down else self.reach, np.float32)
        return self.push(silence)


def _phases(up: int, reach: int, cutoff: float) -> NDArray[np.float32]:
    """Filters (up, 2 · reach) float32, one for each position between two input samples; each has a gain of 1.

    ``cutoff`` is in periods per input sample.
    """
    fraction = np.arange(up, dtype=np.float64)[:, None] / up
    offset = np.arange(2 * reach, dtype=np.float64)[None, :] - (reach - 1) - fraction
    inside = np.clip(1.0 - (offset / reach) ** 2, 0.0, None)
    taps = np.sinc(2.0 * cutoff * offset) * np.i0(BETA * np.sqrt(inside))
    phases: NDArray[np.float32] = (taps / taps.sum(axis=1, keepdims=True)).astype(np.float32)
    return phases


def to_int16(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    """Samples in [-1, 1] as int16, rounded and clipped; exact for what came from int16."""
    whole: NDArray[np.int16] = np.clip(np.rint(samples * 32768.0), -32768, 32767).astype(np.int16)
    return whole
