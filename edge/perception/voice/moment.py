"""What one window of sound told, and how several of them become one Reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.perception.voice.prosody import Prosody

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from edge.perception.voice.grade import Grade


@dataclass(frozen=True, slots=True)
class Moment:
    """One window. ``logits`` (labels of the card,) and ``prosody`` are None where the grade has a reason to abstain."""

    grade: Grade
    logits: NDArray[np.float32] | None = None
    prosody: Prosody | None = None


def mean_logits(moments: Sequence[Moment]) -> NDArray[np.float32] | None:
    """(labels,) mean of the logits, weighted by seconds of speech; None when all moments abstain."""
    told = [(moment.logits, moment.grade.speech_s) for moment in moments if moment.logits is not None]
    if not told:
        return None
    if len(told) == 1:
        return told[0][0]
    logits, seconds = zip(*told, strict=True)
    return np.average(np.stack(logits), axis=0, weights=seconds).astype(np.float32)


def new_speech_s(moments: Sequence[Moment], hop_s: float) -> float:
    """Seconds of speech in moments that tell something, each counted once: of a later window what its hop brought."""
    told = [moment.grade.speech_s for moment in moments if moment.logits is not None]
    return sum(told[:1]) + sum(min(speech_s, hop_s) for speech_s in told[1:])


def mean_quality(moments: Sequence[Moment]) -> float:
    """Mean quality of the moments that tell something."""
    told = [moment.grade.quality for moment in moments if moment.logits is not None]
    return sum(told) / len(told) if told else 0.0


def mean_prosody(moments: Sequence[Moment]) -> Prosody:
    """Mean of each measure over the moments that have it. At least one moment tells something."""
    measures = [moment.prosody for moment in moments if moment.prosody is not None]
    if len(measures) == 1:
        return measures[0]

    def mean(values: list[float]) -> float:
        return sum(values) / len(values)

    pitches = [m.pitch_hz for m in measures if m.pitch_hz is not None]
    ranges = [m.range_semitones for m in measures if m.range_semitones is not None]
    return Prosody(
        pitch_hz=mean(pitches) if pitches else None,
        range_semitones=mean(ranges) if ranges else None,
        level_dbfs=mean([m.level_dbfs for m in measures]),
        syllables_per_s=mean([m.syllables_per_s for m in measures]),
        pause_share=mean([m.pause_share for m in measures]),
    )
