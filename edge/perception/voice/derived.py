"""What follows from a frame and its neighbours alone is worked out once, when they come in, not at each hop anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.perception.voice.cepstra import transform
from edge.perception.voice.log_mel import BANDS, FEWEST

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.perception.voice.tracks import Tracks

    Floats = NDArray[np.float32]

BAND_RANGE_DB = 30.0
"""dB under the strongest band within which a band counts as sounding: a sine reaches 3 to 6 bands, a vowel 10 to 30."""
CHANGE_FRAMES = 5
"""Spectra 5 frames before and after are compared: 0.1 s, half a syllable (Greenberg 1999: a syllable has 0.2)."""
BRIGHT_FROM = 14
BRIGHT_TO = 31
DARK_FROM = 2
"""Mel bands: 1 to 5 kHz against those under 1 kHz, the alpha ratio (Eyben et al., IEEE Trans. Aff. Comp. 7, 2016)."""
VOWEL_BANDS = slice(4, 28)
"""Mel bands, about 300 Hz to 3 kHz, in which vowels are louder than all else."""
REGIONS = 8
"""Regions of five mel bands each, whose swelling and fading is the rhythm."""
EXPONENT = 0.23
"""Power to which a band's power is loudness (Zwicker & Fastl, Psychoacoustics, 1990, ch. 8: specific loudness)."""
_TRANSFORM = transform()
_PER_DB = np.float32(np.log(10) / 10)
_LOUDNESS_PER_DB = np.float32(EXPONENT * np.log(10) / 10)


def derive(tracks: Tracks, fresh: int) -> None:
    """Fill the derived tracks of the last ``fresh`` frames from the measured ones.

    ``sounding``: number of bands within BAND_RANGE_DB of the strongest. ``changes``: dB, mean over bands of how far
    the spectrum moves from CHANGE_FRAMES before to CHANGE_FRAMES after; known CHANGE_FRAMES later. ``moves``: dB by
    which each band differs from the frame before, and ``flux`` their root mean square. ``loudness``: sum of the bands'
    specific loudness. ``brightness``: dB, the alpha ratio. ``vowels``: dB, power in VOWEL_BANDS. ``semitones``: pitch
    over 100 Hz. ``regions``: dB, mean of each. ``cepstra``: dB, see ``edge.perception.voice.cepstra``.

    Each value comes out the same bit for bit however many frames are worked out at once. Those that look back beyond
    the first frame of ``tracks`` are left as they are.
    """
    if fresh == 0:
        return
    start = max(0, len(tracks) - max(fresh, FEWEST))
    rows = tracks.log_mels[start:]
    np.sum(rows >= rows.max(axis=1, keepdims=True) - BAND_RANGE_DB, axis=1, out=tracks.sounding[start:])
    _movement(tracks, start)
    np.sum(np.exp(rows * _LOUDNESS_PER_DB), axis=1, out=tracks.loudness[start:])
    tracks.brightness[start:] = _brightness(rows)
    tracks.vowels[start:] = 10 * np.log10(np.exp(rows[:, VOWEL_BANDS] * _PER_DB).sum(axis=1))
    semitones = tracks.semitones[start:]
    np.log2(np.divide(tracks.pitches[start:], 100.0, out=semitones), out=semitones)
    semitones *= 12.0
    np.mean(rows.reshape(len(rows), REGIONS, BANDS // REGIONS), axis=2, out=tracks.regions[start:])
    np.matmul(rows, _TRANSFORM, out=tracks.cepstra[start:])


def _movement(tracks: Tracks, start: int) -> None:
    rows = tracks.log_mels
    since = max(1, start)
    moves = tracks.moves[since:]
    np.abs(np.subtract(rows[since:], rows[since - 1 : -1], out=moves), out=moves)
    np.sqrt(np.square(moves).mean(axis=1), out=tracks.flux[since:])
    first = max(0, start - 2 * CHANGE_FRAMES)
    if len(rows) - first > 2 * CHANGE_FRAMES:
        difference = np.abs(rows[first + 2 * CHANGE_FRAMES :] - rows[first : -2 * CHANGE_FRAMES])
        tracks.changes[first + CHANGE_FRAMES : -CHANGE_FRAMES] = difference.mean(axis=1)


def _brightness(log_mels: Floats) -> Floats:
    """(n,) dB of the alpha ratio of each frame."""
    power = np.exp(log_mels[:, DARK_FROM:BRIGHT_TO] * _PER_DB)
    split = BRIGHT_FROM - DARK_FROM
    return np.asarray(10.0 * np.log10(power[:, split:].sum(axis=1) / power[:, :split].sum(axis=1)))
