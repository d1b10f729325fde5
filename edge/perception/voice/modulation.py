"""How fast each region of the spectrum swells and fades: the rhythm of syllables and of the mouth."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from edge.perception.voice.analysis import FRAME_RATE
from edge.perception.voice.derived import REGIONS
from edge.perception.voice.log_mel import SINGLE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

EDGES_HZ = (0.5, 1.5, 3.0, 5.0, 8.0, 12.0, 18.0, 28.0, 50.0)
"""Hz of modulation; syllables come at 3 to 8 (Wu, Falk & Chan, Speech Communication 53, 2011, 768-785)."""
FFT = 512
"""Points of the transform: the power of two over a window of 300 frames."""
LOWEST_DB = -40.0
"""dB against the mean of speech below which a region is silent: noise there is no rhythm."""
LEAST = 1e-3
SIZE = REGIONS * (len(EDGES_HZ) - 1)
_CENTRES = np.repeat(np.array([27, 25, 23, 22, 18, 13, 9, 4], np.float32), REGIONS)
_SCALES = np.repeat(np.array([4.5, 3.6, 3.7, 3.8, 3.4, 3.1, 2.8, 2.3], np.float32), REGIONS)
"""dB; rounded means and deviations over EMO-DB. They only have to fit an int8."""


def _averages() -> Floats:
    """(bands of modulation, FFT // 2 + 1) weights that average the power of each band, of a transform over FFT."""
    hz = np.arange(FFT // 2 + 1) * FRAME_RATE / FFT
    low, high = np.array(EDGES_HZ[:-1])[:, None], np.array(EDGES_HZ[1:])[:, None]
    within = (hz >= low) & (hz < high)
    return np.asarray(FFT**2 * within / within.sum(axis=1, keepdims=True), np.float32)


_AVERAGES = _averages()


@lru_cache(maxsize=16)
def _window(frames: int) -> Floats:
    """(frames, 1); the last lengths are kept, since continuous speech always has that of the whole window."""
    return np.hanning(frames + 2)[1:-1, None].astype(np.float32)


def modulation(regions: Floats, level: float, out: Floats) -> None:
    """Fill ``out`` (SIZE,) from the first to the last frame of speech, (n, REGIONS) dB, whose mean is ``level``."""
    regions = np.maximum(regions - level, LOWEST_DB)
    regions -= np.add.reduce(regions) / np.float32(len(regions))
    regions *= _window(len(regions))
    spectrum = np.fft.rfft(regions.T, FFT, norm=SINGLE)
    power = (np.square(spectrum.real) + np.square(spectrum.imag)) / len(regions)
    bands = _AVERAGES @ power.T.astype(np.float32)
    out[:] = 10.0 * np.log10(bands + LEAST).ravel()
    out -= _CENTRES
    out /= _SCALES
