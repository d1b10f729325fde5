"""What the voice sense makes of clips once it gets used to each speaker, as `edge.perception.voice.adaptation` does."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from edge.perception.voice.adaptation import Adaptation
from edge.perception.voice.settings import AdaptationSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def adapted(logits: Floats, speech_s: Floats, speakers: Sequence[str], speaker_mean: Sequence[float]) -> Floats:
    """Each clip adapted by what came before of the same speaker, in the order given; no label is looked at.

    Args:
        logits: (clips, labels); NaN where nothing is said.
        speech_s: (clips,) seconds of speech.
        speakers: (clips,) who spoke: each has a device of their own.
        speaker_mean: (labels,) of the card.
    """
    known: defaultdict[str, Adaptation] = defaultdict(lambda: Adaptation(speaker_mean, AdaptationSettings()))
    out = logits.copy()
    for row, (said, seconds, speaker) in enumerate(zip(logits, speech_s, speakers, strict=True)):
        if not np.isnan(said).any():
            own = known[speaker]
            out[row] = own.adapted(said.astype(np.float32))
            own.hear(said.astype(np.float32), float(seconds))
    return out
