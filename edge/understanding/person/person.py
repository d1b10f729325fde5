"""Turns a Reading into one that is told relative to the person, and learns what is usual for them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edge.affect import Sense
from edge.understanding.person.bias import EVERYONE, corrected, shift_of
from edge.understanding.person.measures import MEASURES
from edge.understanding.person.telling import relative

if TYPE_CHECKING:
    from edge.affect import Reading
    from edge.understanding.person.baseline import Baseline, Usual
    from edge.understanding.person.settings import PersonSettings

SPAN_S = 0.5
"""Most seconds of evidence that one Reading stands for: the time since the Reading before it, but no more than this. A
clock that jumps or starts anew teaches at most one span, and a rate of 5 or 30 Readings a second the same."""


class Person:
    """The selected profile in memory; no file, no clock of its own.

    ``adjust`` changes nothing but the Reading. ``learn`` takes in only what ``allow`` allows: there is no other way in.
    """

    def __init__(self, settings: PersonSettings) -> None:
        self._settings = settings
        self._allowed: frozenset[Sense] = frozenset()
        self._last_ns: dict[Sense, int] = {}
        self.baseline: Baseline | None = None
        """None: nobody is selected, or nothing may be known of them."""

    def adopt(self, settings: PersonSettings) -> None:
        """Go on with other settings; the half-life stays."""
        self._settings = settings

    def become(self, baseline: Baseline | None) -> None:
        """Go on as this person; of the one before nothing is left."""
        self.baseline = baseline
        self._last_ns.clear()

    def allow(self, senses: frozenset[Sense]) -> None:
        """What may be known of the person from now on. What may no more is forgotten, at once."""
        for sense in self._allowed - senses:
            self._last_ns.pop(sense, None)
        self._allowed = senses
        if self.baseline is not None:
            for sense in Sense:
                if sense not in senses:
                    self.baseline.forget(sense)

    def adjust(self, reading: Reading) -> Reading:
        """``reading`` relative to the person; as it is where their usual is not known yet."""
        usual = self._known(reading.sense)
        if usual is None or reading.affect is None:
            return reading
        measures = {measure.cue: measure for measure in MEASURES[reading.sense]}
        told = []
        for cue in reading.cues:
            measure = measures.get(cue.name)
            known = measure is not None and usual.knows(measure)
            told.append(relative(cue, measure, *usual.of(measure)) if measure is not None and known else cue)
        told.sort(key=lambda cue: -cue.strength)
        changed = replace(reading, cues=tuple(told))
        shift = self._shift(usual)
        return changed if shift is None else replace(changed, affect=corrected(reading.affect, shift))

    def learn(self, reading: Reading) -> None:
        """Take in a Reading as its sense gave it. One that abstains or is of low quality teaches nothing."""
        sense = reading.sense
        if self.baseline is None or sense not in self._allowed or sense not in MEASURES:
            return
        before = self._last_ns.get(sense)
        self._last_ns[sense] = reading.captured_ns
        if before is None or reading.affect is None or reading.quality < self._settings.least_quality:
            return
        seconds = min((reading.captured_ns - before) / 1e9, SPAN_S)
        if seconds > 0:
            self.baseline.learn(reading, seconds, emotions=sense is Sense.FACE and self._settings.correction > 0)

    def _known(self, sense: Sense) -> Usual | None:
        """What is usual in ``sense``, once enough was learned."""
        if self.baseline is None or sense not in self._allowed:
            return None
        usual = self.baseline.find(sense)
        return usual if usual is not None and usual.seconds >= 60 * self._settings.minutes else None

    def _shift(self, usual: Usual) -> list[float] | None:
        """Nats to add to the face's log-probabilities; None for none.

        The voice has got used to its speaker before it gives a Reading (decision 0008): not twice.
        """
        enough = usual.emotion_seconds >= 60 * self._settings.minutes
        if usual.sense is not Sense.FACE or not self._settings.correction or not enough:
            return None
        return shift_of(usual.log_probabilities(), EVERYONE, self._settings.correction)
