"""Prosody: how it was said, in numbers with units."""

from __future__ import annotations

from dataclasses import dataclass
from math import log2
from typing import TYPE_CHECKING

import numpy as np

from edge.perception.voice.analysis import FRAME_RATE
from edge.perception.voice.log_mel import SILENCE_DB
from edge.perception.voice.summary import percentiles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.perception.voice.activity import Activity
    from edge.perception.voice.tracks import Tracks

    Floats = NDArray[np.float32]

SYLLABLE_DIP_DB = 2.0
"""dB by which the envelope must fall between two syllables (de Jong & Wempe, Behavior Research Methods 41, 2009)."""
SMOOTHING = np.hanning(9)[1:-1].astype(np.float32) / np.float32(np.hanning(9).sum())
"""Weights over 70 ms: shorter than a syllable (Greenberg 1999: a tenth are under 0.1 s)."""
FEWEST_VOICED = 10
"""Voiced frames under which pitch is not told: 0.1 s."""


@dataclass(frozen=True, slots=True)
class Prosody:
    """Measures of the speech in one window; None where there is too little of it to measure.

    ``pitch_hz`` median; ``range_semitones`` from the 10th to the 90th percentile; ``level_dbfs`` RMS of the speech
    frames; ``syllables_per_s`` and ``pause_share`` from the first to the last frame of speech.
    """

    pitch_hz: float | None
    range_semitones: float | None
    level_dbfs: float
    syllables_per_s: float
    pause_share: float


def measure(tracks: Tracks, activity: Activity) -> Prosody:
    """The prosody of a window with at least one frame of speech."""
    first, last = activity.span
    spoken = slice(first, last)
    hz = tracks.pitches[activity.voiced]
    pitch_hz = range_semitones = None
    if len(hz) >= FEWEST_VOICED:
        low, middle, high = percentiles(hz, (10, 50, 90))
        pitch_hz, range_semitones = middle, 12.0 * log2(high / low)
    power = 10.0 ** (tracks.levels[activity.speech] / 10.0)
    seconds = (last - first) / FRAME_RATE
    return Prosody(
        pitch_hz=pitch_hz,
        range_semitones=range_semitones,
        level_dbfs=10.0 * float(np.log10(power.mean())),
        syllables_per_s=syllables(tracks.vowels[spoken], activity.voiced[spoken]) / seconds,
        pause_share=1.0 - float(activity.speech[spoken].mean()),
    )


def syllables(vowels: Floats, voiced: NDArray[np.bool_]) -> int:
    """Number of syllable nuclei: voiced peaks of the smoothed envelope with a dip of SYLLABLE_DIP_DB between them.

    ``vowels`` (n,) dB is the envelope, ``voiced`` (n,) flags of the same frames.

    Source: N. de Jong & T. Wempe, Praat script to detect syllable nuclei and measure speech rate automatically,
    Behavior Research Methods 41 (2009), 385-390.
    """
    margin = len(SMOOTHING) // 2
    padded = np.full(len(vowels) + 2 * margin, SILENCE_DB, np.float32)
    padded[margin:-margin] = vowels
    smooth = np.convolve(padded, SMOOTHING, mode="valid")
    return _peaks(smooth.tolist(), voiced.tolist())


def _peaks(envelope: list[float], voiced: list[bool]) -> int:
    """Voiced maxima of ``envelope`` between which it falls and rises by SYLLABLE_DIP_DB; its start and end are dips."""
    count, rising = 0, True
    top, bottom, voiced_top = -np.inf, -np.inf, False
    for value, is_voiced in zip([*envelope, SILENCE_DB], [*voiced, False], strict=True):
        if rising:
            if value > top:
                top, voiced_top = value, is_voiced
            elif value <= top - SYLLABLE_DIP_DB:
                count += int(voiced_top)
                rising, bottom = False, value
        elif value < bottom:
            bottom = value
        elif value >= bottom + SYLLABLE_DIP_DB:
            rising, top, voiced_top = True, value, is_voiced
    return count
