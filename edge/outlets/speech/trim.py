"""The silence that an engine puts around a sentence goes: how long the pauses are is for the style to say."""

from __future__ import annotations

import numpy as np

from edge.outlets.speech.synthesiser import Sound

QUIET = 50
"""Of 32,768 (-56 dBFS): below the breath of a voice, above the noise of an engine."""
KEPT_S = 0.02
"""Of silence on each side: a plosive has none to spare before it, and no vowel ends at once."""
MOST_S = 2.0
"""Silence within a sentence that is held back to see whether it is the end; a longer one is given away as it is."""


class Trim:
    """One sentence's sound in parts; ``push`` gives what is certainly not the silence at its end."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._kept = round(KEPT_S * rate)
        self._begun = False
        self._held = np.zeros(0, np.int16)

    def push(self, sound: Sound) -> Sound:
        """The part of all that came so far that can be given away; it may be empty."""
        held = np.concatenate((self._held, sound.samples))
        loud = np.flatnonzero(np.abs(held.astype(np.int32)) > QUIET)
        if not len(loud):
            most = self._kept if not self._begun else round(MOST_S * self._rate)
            given = held[:0] if not self._begun else held[: max(0, len(held) - most)]
            self._held = held[max(0, len(held) - most) :]
            return Sound(given, self._rate)
        first = 0 if self._begun else max(0, int(loud[0]) - self._kept)
        self._begun = True
        end = int(loud[-1]) + 1
        self._held = held[end:]
        return Sound(held[first:end], self._rate)

    def flush(self) -> Sound:
        """The first moment of the silence at the end."""
        return Sound(self._held[: self._kept] if self._begun else self._held[:0], self._rate)
