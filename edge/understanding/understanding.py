"""Readings become a State: fusion, a filter over time, and the choice to say "unsure"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.affect import EMOTIONS, UNSURE, Affect, Cue, Emotion, Reading, Sense, State
from edge.understanding.abstention import doubt
from edge.understanding.choice import Choice
from edge.understanding.filter import Belief
from edge.understanding.fusion import BUILT_IN, SENSES, Evidence, Pool, Said, pool, shares, weigh
from edge.understanding.without import Without

if TYPE_CHECKING:
    from edge.affect import Affect
    from edge.understanding.settings import UnderstandingSettings

SPAN_S: dict[Sense, float] = {Sense.FACE: 0.5, Sense.VOICE: 0.5, Sense.TEXT: 3.0}
"""Most seconds of evidence that one Reading stands for: the time since the Reading before it, but no more than this.
A sentence is an event of a few seconds and always counts in full."""
JUMP_NS = 5_000_000_000
"""A Reading that is older than the newest by more than this shows that time has jumped: nothing is so late. The loop
drops what is older than 2 s (edge.loop.lane.FRESH_NS)."""
CUES_TOLD = 4


class Understanding:
    """Keeps the newest Reading of each sense and what is believed; has no clock of its own."""

    def __init__(self, settings: UnderstandingSettings, by: Pool = BUILT_IN) -> None:
        """``by``: the pool that combines the senses."""
        self._pool = by
        self._said: dict[Sense, Said] = {}
        self._abstained: dict[Sense, Reading] = {}
        """The newest abstention of each sense that said nothing since: what it said before fades, it is not wiped out,
        so that a face that is lost for one frame changes nothing."""
        self._belief = Belief(settings.filter)
        self._choice = Choice()
        self._now_ns: int | None = None
        """The newest time that was told of. The State's time never goes back, but where time itself has jumped."""
        self._counted_ns = 0
        """Up to here, time is counted as evidence: two senses at once do not make a second last two."""
        self.adopt(settings)
        self._without = Without(self._judged)

    def adopt(self, settings: UnderstandingSettings) -> None:
        """Go on with other settings; what was understood so far stays."""
        self._settings = settings
        self._belief.adopt(settings.filter)
        self._reliability = {
            Sense.FACE: settings.face_weight,
            Sense.VOICE: settings.voice_weight,
            Sense.TEXT: settings.text_weight,
        }

    @property
    def pool(self) -> Pool:
        """The pool that combines the senses now."""
        return self._pool

    def take(self, by: Pool) -> None:
        """Go on with another pool; what is believed stays, what was said counts by the new one from now on."""
        self._pool = by
        self._said = {sense: Said.of(one.reading, one.affect, by) for sense, one in self._said.items()}

    def evidence(self) -> list[Evidence]:
        """What the newest State rests on, sense by sense; empty before the first."""
        return [] if self._now_ns is None else weigh(self._said, self._reliability, self._now_ns)

    def update(self, reading: Reading) -> State:
        """The State after this Reading. Readings may come in any order of senses; of one sense, the newest counts."""
        if self._now_ns is not None and self._now_ns - reading.captured_ns > JUMP_NS:
            self._clear()
        sense = reading.sense
        before = self._before(sense)
        if before is not None and before.captured_ns > reading.captured_ns:
            return self._state(reading.captured_ns, 0.0)
        if reading.affect is None:
            self._abstained[sense] = reading
            return self._state(reading.captured_ns, 0.0)
        self._abstained.pop(sense, None)
        self._said[sense] = Said.of(reading, reading.affect, self._pool)
        if sense is Sense.TEXT:
            return self._state(reading.captured_ns, SPAN_S[sense], event=True)
        return self._state(reading.captured_ns, self._unseen_s(reading, before))

    def now(self, now_ns: int) -> State:
        """The State when nothing new was said: what was said before fades."""
        return self._state(now_ns, 0.0)

    def forget(self, sense: Sense, now_ns: int) -> State:
        """The State without this sense, and without the filter's memory of it: for when its consent is withdrawn."""
        self._said.pop(sense, None)
        self._abstained.pop(sense, None)
        self._belief.clear()
        self._choice.clear()
        return self._state(now_ns, 0.0)

    def _before(self, sense: Sense) -> Reading | None:
        """The newest of this sense, an abstention or not."""
        said = self._said.get(sense)
        return self._abstained.get(sense) or (None if said is None else said.reading)

    def _clear(self) -> None:
        """Begin anew: no time that was told of can be compared with what comes."""
        self._said.clear()
        self._abstained.clear()
        self._belief.clear()
        self._choice.clear()
        self._now_ns, self._counted_ns = None, 0

    def _unseen_s(self, reading: Reading, before: Reading | None) -> float:
        """Seconds that this Reading stands for and none before it did."""
        since_ns = reading.captured_ns - int(SPAN_S[reading.sense] * 1e9)
        if before is not None:
            since_ns = max(since_ns, before.captured_ns)
        if not self._belief.empty:
            since_ns = max(since_ns, self._counted_ns)
        self._counted_ns = max(self._counted_ns, reading.captured_ns)
        return max(0, reading.captured_ns - since_ns) / 1e9

    def _state(self, captured_ns: int, evidence_s: float, *, event: bool = False) -> State:
        """The State at ``captured_ns``, or at the newest time known, after so many seconds of new evidence."""
        now_ns = captured_ns if self._now_ns is None else max(captured_ns, self._now_ns)
        passed_s = 0.0 if self._now_ns is None else (now_ns - self._now_ns) / 1e9
        self._now_ns = now_ns
        evidence = weigh(self._said, self._reliability, now_ns)
        self._follow(evidence, passed_s, evidence_s, event=event)
        affect = self._belief.affect
        reason = self._doubt(affect, evidence)
        label: Emotion | None = None
        if not evidence:
            self._choice.clear()
        elif reason is not None:
            self._choice.doubt(now_ns)
        else:
            settings = self._settings
            label = self._choice.tell(
                affect, now_ns, threshold=settings.min_confidence, margin=settings.margin, news=event
            )
            reason = None if label is not None else f"no feeling stands out for long enough ({_ranked(affect)})"
        name = UNSURE if label is None else label.value
        return State(
            captured_ns=now_ns,
            label=label,
            affect=affect,
            reason=reason,
            shares=shares(evidence),
            absent=self._absent(evidence),
            cues=_told(evidence),
            without=self._without.told(name, evidence, now_ns),
        )

    def _follow(self, evidence: list[Evidence], passed_s: float, evidence_s: float, *, event: bool) -> None:
        """Carry the belief over the time that has passed, and let it see what is new."""
        if not evidence:
            self._belief.rest(passed_s)
            return
        if self._belief.empty and evidence_s == 0:
            # What other senses said before one was forgotten is all there is to go by.
            evidence_s = max(SPAN_S[item.reading.sense] for item in evidence)
            event = True
        self._belief.rest(passed_s if event else passed_s - evidence_s)
        if evidence_s > 0:
            weight = sum([item.weight for item in evidence])
            self._belief.see(pool(evidence, self._pool), evidence_s, weight, lasted=not event)

    def _judged(self, evidence: list[Evidence]) -> str:
        """What evidence comes to by itself, without the filter: a label or "unsure"."""
        fused = pool(evidence, self._pool)
        return UNSURE if self._doubt(fused, evidence) else fused.label.value

    def _doubt(self, affect: Affect, evidence: list[Evidence]) -> str | None:
        """Why no label is given, as a clause; None when one may be."""
        return doubt(affect, evidence, self._settings, self._silence(), self._pool)

    def _absent(self, evidence: list[Evidence]) -> tuple[tuple[Sense, str], ...]:
        in_use = {item.reading.sense for item in evidence}
        return tuple([(sense, self._why(sense)) for sense in SENSES if sense not in in_use])

    def _why(self, sense: Sense) -> str:
        abstention = self._abstained.get(sense)
        if abstention is not None and abstention.reason:
            return abstention.reason
        return "too long ago" if sense in self._said else "nothing yet"

    def _silence(self) -> str:
        return ", ".join(f"{sense}: {abstention.reason}" for sense, abstention in self._abstained.items())


def _ranked(affect: Affect) -> str:
    """The two leaders, in words."""
    ranked = sorted(zip(affect.probabilities, EMOTIONS, strict=True), reverse=True)[:2]
    return ", ".join(f"{emotion} {p:.2f}" for p, emotion in ranked)


def _told(evidence: list[Evidence]) -> tuple[Cue, ...]:
    """The strongest cues over all senses in use, weighed by how much their sense counts."""
    weighed = [(item.weight * cue.strength, cue) for item in evidence for cue in item.reading.cues]
    weighed.sort(key=lambda pair: -pair[0])
    return tuple([cue for _, cue in weighed[:CUES_TOLD]])
