"""What is usual for one person: per sense the histograms of its cues, and of what its model says of them."""

from __future__ import annotations

from math import isfinite, log
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from edge.affect import EMOTIONS, Emotion, Sense
from edge.understanding.fusion import FLOOR
from edge.understanding.person.histogram import BINS, Histogram
from edge.understanding.person.measures import LOG_PROBABILITY, MEASURES, Measure

if TYPE_CHECKING:
    from edge.affect import Reading

Seconds = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
Bins = Annotated[list[Seconds], Field(min_length=BINS, max_length=BINS)]
FRESH_S = 5.0
"""Seconds of evidence after which medians are computed anew: in a shorter time they move by less than is told."""


class SenseRecord(BaseModel):
    """One sense in the file. ``cues`` and ``emotions`` hold (BINS,) seconds of faded evidence each.

    ``emotions`` is empty unless the settings ask for a correction: what is not used is not kept.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    seconds: Seconds
    cues: dict[str, Bins]
    emotions: dict[Emotion, Bins] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _all_emotions_or_none(self) -> SenseRecord:
        if self.emotions and len(self.emotions) != len(EMOTIONS):
            message = f"emotions has {len(self.emotions)} of the {len(EMOTIONS)} that there are"
            raise ValueError(message)
        return self


class ProfileRecord(BaseModel):
    """A profile's whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = 1
    name: str = Field(min_length=1, max_length=32)
    senses: dict[Sense, SenseRecord] = Field(default_factory=dict)


class Usual:
    """What is usual in one sense; learns from Readings of that sense only.

    Args:
        sense: one of MEASURES.
        half_life_s: of what is learned, in seconds of evidence.
        record: what was learned before.
    """

    def __init__(self, sense: Sense, half_life_s: float, record: SenseRecord | None = None) -> None:
        self.sense = sense
        self.seconds = 0.0 if record is None else record.seconds
        """Seconds of evidence in all; unlike what the histograms hold they do not fade."""
        kept = {} if record is None else record.cues
        emotions = {} if record is None else record.emotions
        self._cues = {m.cue: Histogram(m.scale, half_life_s, kept.get(m.cue)) for m in MEASURES[sense]}
        self._emotions = [Histogram(LOG_PROBABILITY, half_life_s, emotions.get(emotion)) for emotion in EMOTIONS]
        self.emotion_seconds = sum(self._emotions[0].seconds())
        """Seconds of evidence on which ``log_probabilities`` rests; up to rounding, none of it faded since loading."""
        self._found: dict[str, tuple[float, float]] = {}
        self._found_at = -1.0

    def learn(self, reading: Reading, seconds: float, *, emotions: bool) -> None:
        """Take in a Reading that does not abstain, as ``seconds`` of evidence; what its model says where asked to."""
        if reading.affect is None or seconds <= 0:
            return
        self.seconds += seconds
        measures = {measure.cue: measure for measure in MEASURES[self.sense]}
        for cue in reading.cues:
            measure = measures.get(cue.name)
            if measure is not None and isfinite(cue.value):
                self._cues[cue.name].add(measure.learned(cue.value), seconds)
        if emotions:
            self.emotion_seconds += seconds
            for histogram, p in zip(self._emotions, reading.affect.probabilities, strict=True):
                histogram.add(log(max(p, FLOOR)), seconds)

    def of(self, measure: Measure) -> tuple[float, float]:
        """Median and spread of a measure, on its scale; the spread is at least what the measure wavers by."""
        if self._found_at < 0 or self.seconds - self._found_at >= FRESH_S:
            self._found.clear()
            self._found_at = self.seconds
        found = self._found.get(measure.cue)
        if found is None:
            middle, spread = self._cues[measure.cue].middle_and_spread()
            found = self._found[measure.cue] = (middle, max(spread, measure.least_spread))
        return found

    def knows(self, measure: Measure) -> bool:
        """Whether the measure was ever seen: a sense may leave a cue out."""
        return not self._cues[measure.cue].empty

    def log_probabilities(self) -> list[float]:
        """(emotions,) median log-probability of each emotion."""
        return [histogram.quantiles(0.5)[0] for histogram in self._emotions]

    def record(self) -> SenseRecord:
        """As it is kept; to the millisecond."""
        emotions = zip(EMOTIONS, self._emotions, strict=True) if self.emotion_seconds else ()
        return SenseRecord(
            seconds=round(self.seconds, 3),
            cues={cue: _rounded(histogram) for cue, histogram in self._cues.items()},
            emotions={emotion: _rounded(histogram) for emotion, histogram in emotions},
        )


class Baseline:
    """A person's usual in every sense in which something was learned."""

    def __init__(self, name: str, half_life_s: float, record: ProfileRecord | None = None) -> None:
        self.name = name
        self._half_life_s = half_life_s
        kept = {} if record is None else record.senses
        self._senses = {sense: Usual(sense, half_life_s, kept[sense]) for sense in MEASURES if sense in kept}

    def find(self, sense: Sense) -> Usual | None:
        """What is usual in ``sense``; None where nothing was learned."""
        return self._senses.get(sense)

    def learn(self, reading: Reading, seconds: float, *, emotions: bool = False) -> None:
        """Take in a Reading, as ``seconds`` of evidence; words teach nothing. ``emotions``: what its model says too."""
        if reading.affect is None or reading.sense not in MEASURES:
            return
        if reading.sense not in self._senses:
            self._senses[reading.sense] = Usual(reading.sense, self._half_life_s)
        self._senses[reading.sense].learn(reading, seconds, emotions=emotions)

    def forget(self, sense: Sense) -> None:
        """Know nothing of ``sense`` any more."""
        self._senses.pop(sense, None)

    def record(self) -> ProfileRecord:
        """As it is kept."""
        return ProfileRecord(name=self.name, senses={sense: usual.record() for sense, usual in self._senses.items()})


def _rounded(histogram: Histogram) -> list[float]:
    return [round(seconds, 3) for seconds in histogram.seconds()]
