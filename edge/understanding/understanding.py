"""Readings become a State: fusion, a filter over time, and the choice to say "unsure"."""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING

from edge.affect import EMOTIONS, UNSURE, Affect, Cue, Emotion, Reading, Sense, State
from edge.understanding.abstention import doubt
from edge.understanding.fusion import BUILT_IN, FLOOR, Evidence, Pool, normalised, pool, shares, weigh
from edge.understanding.without import Without

if TYPE_CHECKING:
    from edge.understanding.settings import UnderstandingSettings

SPAN_S: dict[Sense, float] = {Sense.FACE: 0.5, Sense.VOICE: 0.5, Sense.TEXT: 3.0}
"""Most seconds of evidence that one Reading stands for: the time since the Reading before it, but no more than this.
A sentence is an event of a few seconds and always counts in full."""
CUES_TOLD = 4


class Understanding:
    """Keeps the newest Reading of each sense and the filtered distribution; has no clock of its own."""

    def __init__(self, settings: UnderstandingSettings, by: Pool = BUILT_IN) -> None:
        """``by``: the pool that combines the senses."""
        self._pool = by
        self.adopt(settings)
        self._readings: dict[Sense, Reading] = {}
        self._abstained: dict[Sense, Reading] = {}
        """The newest abstention of each sense that said nothing since: what it said before fades, it is not wiped out,
        so that a face that is lost for one frame changes nothing."""
        self._filtered: list[float] | None = None
        """Log-probabilities, valence and arousal after the filter; None while there is nothing to go by."""
        self._label: Emotion | None = None
        self._without = Without(self._judged)

    def adopt(self, settings: UnderstandingSettings) -> None:
        """Go on with other settings; what was understood so far stays."""
        self._settings = settings
        self._reliability = {
            Sense.FACE: settings.face_weight,
            Sense.VOICE: settings.voice_weight,
            Sense.TEXT: settings.text_weight,
        }

    def update(self, reading: Reading) -> State:
        """The State after this Reading. Readings may come in any order of senses; of one sense, the newest counts."""
        sense = reading.sense
        before = self._abstained.get(sense) or self._readings.get(sense)
        if before is not None and before.captured_ns > reading.captured_ns:
            return self._state(before.captured_ns, 0.0)
        if reading.affect is None:
            self._abstained[sense] = reading
        else:
            self._abstained.pop(sense, None)
            self._readings[sense] = reading
        span_s = SPAN_S[sense]
        if sense is not Sense.TEXT and before is not None:
            span_s = min(span_s, (reading.captured_ns - before.captured_ns) / 1e9)
        return self._state(reading.captured_ns, span_s)

    def now(self, now_ns: int) -> State:
        """The State when nothing new was said: what was said before fades."""
        return self._state(now_ns, 0.0)

    def forget(self, sense: Sense, now_ns: int) -> State:
        """The State without this sense, and without the filter's memory of it: for when its consent is withdrawn."""
        self._readings.pop(sense, None)
        self._abstained.pop(sense, None)
        self._filtered = None
        self._label = None
        return self._state(now_ns, 0.0)

    def _state(self, now_ns: int, span_s: float) -> State:
        evidence = weigh(self._readings, self._reliability, now_ns, self._pool)
        fused = pool(evidence, self._pool)
        affect = self._filter(fused, span_s, counts=bool(evidence))
        reason = self._doubt(affect, evidence)
        self._label = None if reason else self._steady(affect)
        name = UNSURE if self._label is None else self._label.value
        return State(
            captured_ns=now_ns,
            label=self._label,
            affect=affect,
            reason=reason,
            shares=shares(evidence),
            absent=self._absent(evidence),
            cues=_told(evidence),
            without=self._without.told(name, evidence, now_ns),
        )

    def _judged(self, evidence: list[Evidence]) -> str:
        """What evidence comes to by itself, without the filter: a label or "unsure"."""
        fused = pool(evidence, self._pool)
        return UNSURE if self._doubt(fused, evidence) else fused.label.value

    def _filter(self, fused: Affect, span_s: float, *, counts: bool) -> Affect:
        """First-order low-pass over log-probabilities, driven by seconds of evidence, not by the number of Readings."""
        if not counts:
            self._filtered = None
            return fused
        target = [*(log(max(p, FLOOR)) for p in fused.probabilities), fused.valence, fused.arousal]
        if self._filtered is None:
            self._filtered = target
        else:
            gain = 1 - exp(-max(span_s, 0.0) / self._settings.smoothing_s)
            self._filtered = [old + gain * (new - old) for old, new in zip(self._filtered, target, strict=True)]
        *scores, valence, arousal = self._filtered
        return Affect(normalised(scores), valence, arousal)

    def _doubt(self, affect: Affect, evidence: list[Evidence]) -> str | None:
        """Why no label is given, as a clause; None when one may be."""
        return doubt(affect, evidence, self._settings, self._silence(), self._pool)

    def _steady(self, affect: Affect) -> Emotion:
        leader = affect.label
        if self._label is None or leader is self._label:
            return leader
        held = affect.probabilities[EMOTIONS.index(self._label)]
        return leader if affect.confidence - held >= self._settings.margin else self._label

    def _absent(self, evidence: list[Evidence]) -> tuple[tuple[Sense, str], ...]:
        in_use = {item.reading.sense for item in evidence}
        return tuple((sense, self._why(sense)) for sense in Sense if sense not in in_use)

    def _why(self, sense: Sense) -> str:
        abstention = self._abstained.get(sense)
        if abstention is not None and abstention.reason:
            return abstention.reason
        return "too long ago" if sense in self._readings else "nothing yet"

    def _silence(self) -> str:
        return ", ".join(f"{sense}: {abstention.reason}" for sense, abstention in self._abstained.items())


def _told(evidence: list[Evidence]) -> tuple[Cue, ...]:
    """The strongest cues over all senses in use, weighed by how much their sense counts."""
    weighed = [(item.weight * cue.strength, cue) for item in evidence for cue in item.reading.cues]
    weighed.sort(key=lambda pair: -pair[0])
    return tuple(cue for _, cue in weighed[:CUES_TOLD])
