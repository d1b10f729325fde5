"""Gets used to a voice: what somebody always sounds like is their voice, not their feeling.

A voice that is always low and flat sounds sad to a model of strangers. The running mean of what the model said of it is
taken away and the mean over many speakers is put in its place, as mean normalisation does with features (Atal,
Effectiveness of linear prediction characteristics of the speech wave for automatic speaker identification and
verification, JASA 55, 1974; of scores: Auckenthaler, Carey & Lloyd-Thomas, Score normalization for text-independent
speaker verification systems, 2000). The microphone and the room, which are as constant, go with it.

A handful of numbers in memory; nothing is kept when the sense stops.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from edge.perception.voice.settings import AdaptationSettings


class Adaptation:
    """``adapted`` by what came before; ``hear`` takes in what is said now.

    Args:
        everyone: (labels,) mean logits over many speakers, the card's ``speaker_mean``; empty: nothing is ever changed.
        settings: how soon it gets used to a voice.
    """

    def __init__(self, everyone: Sequence[float], settings: AdaptationSettings) -> None:
        self._everyone = np.array(everyone, np.float32)
        self._settings = settings
        self._sum = np.zeros_like(self._everyone)
        self._heard_s = 0.0

    @property
    def heard_s(self) -> float:
        """Seconds of speech that it rests on; old ones count less."""
        return self._heard_s

    def forget(self) -> None:
        """Know nobody again."""
        self._sum[:] = 0
        self._heard_s = 0.0

    def adapted(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """(labels,) logits as an average speaker would have them. Of a new speaker they stay as they are."""
        if not self._heard_s:
            return logits
        # The mean of the speech heard and of `prior_s` seconds of an average speaker.
        theirs = self._sum - self._heard_s * self._everyone
        return np.asarray(logits - theirs / (self._settings.prior_s + self._heard_s), np.float32)

    def hear(self, logits: NDArray[np.float32], speech_s: float) -> None:
        """Take in what the model said of ``speech_s`` more seconds of speech, before adapting."""
        if not self._settings.enabled or not len(self._everyone):
            return
        kept = 0.5 ** (speech_s / self._settings.half_life_s)
        self._sum *= kept
        self._sum += speech_s * logits
        self._heard_s = kept * self._heard_s + speech_s
