"""What is learned of a person: which cues of which sense, on which scale, and how much of a change is none.

Ranges hold what the senses can give. The least spread is what a measure wavers by while nothing changes, so that a
person who is very even is not told of every breath: of the face half of the spread over FER2013 training faces, which
edge/perception/face/cues.py has as percentiles (a hundredth of a normal distribution lies beyond 2.33 spreads); of the
voice half of the usual range of edge/perception/voice/settings.py over 2.56, its width from the 10th to the 90th
percentile.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log2
from typing import TYPE_CHECKING

from edge.affect import Sense
from edge.understanding.person.histogram import Scale

if TYPE_CHECKING:
    from collections.abc import Mapping

SEMITONES_FROM_HZ = 55.0
"""The A from which pitch is counted in semitones: what is heard as the same step is one everywhere."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One cue that has a usual.

    Attributes:
        cue: its name.
        scale: range of the histogram, in ``unit``.
        unit: of a difference from the usual.
        least_spread: in ``unit``.
        logarithmic: whether the cue is in Hz and the scale in semitones.
    """

    cue: str
    scale: Scale
    unit: str
    least_spread: float
    logarithmic: bool = False

    def learned(self, value: float) -> float:
        """A cue's value on the scale."""
        if not self.logarithmic:
            return value
        return 12.0 * log2(max(value, 1.0) / SEMITONES_FROM_HZ)

    def told(self, value: float) -> float:
        """A value of the scale as the cue has it."""
        return SEMITONES_FROM_HZ * 2.0 ** (value / 12.0) if self.logarithmic else value


FACE = (
    Measure("smile", Scale(-15.0, 25.0), "% of eye distance", 1.0),
    Measure("brow raise", Scale(5.0, 40.0), "% of eye distance", 1.3),
    Measure("eye openness", Scale(0.0, 0.6), "height/width", 0.017),
    Measure("head yaw", Scale(-60.0, 60.0), "°", 5.0),
    Measure("head pitch", Scale(-60.0, 60.0), "°", 5.0),
    Measure("head roll", Scale(-60.0, 60.0), "°", 5.0),
)
VOICE = (
    Measure("pitch", Scale(0.0, 42.0), "semitones", 1.0, logarithmic=True),
    Measure("pitch range", Scale(0.0, 30.0), "semitones", 1.2),
    Measure("energy", Scale(-80.0, 0.0), "dB", 2.0),
    Measure("speech rate", Scale(0.0, 12.0), "syllables/s", 0.5),
    Measure("pauses", Scale(0.0, 1.0), "of the time", 0.07),
)
MEASURES: Mapping[Sense, tuple[Measure, ...]] = {Sense.FACE: FACE, Sense.VOICE: VOICE}
"""Words are not measured: what somebody writes about is no habit of theirs."""
LOG_PROBABILITY = Scale(-4.7, 0.0)
"""Of each emotion; a probability under FLOOR (0.01) counts as that."""
