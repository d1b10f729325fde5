"""Counts one hour: each minute votes for what was told longest in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.affect import EMOTIONS
from edge.privacy.contribution import HUNDREDTHS, LABELS, VERDICTS, Hour

if TYPE_CHECKING:
    from edge.affect import State

UNSURE_AT = LABELS - 1
HOLD_NS = 2_000_000_000
"""A State holds until the next one, but no longer than this: the loop makes one every second while it turns."""
LEAST_NS = 30_000_000_000
"""Of a minute must have been seen for it to vote."""
MINUTE_NS = 60_000_000_000
VERDICT_AT = {"helped": 0, "not-now": 1, "wrong": 2}


class Tally:
    """Counts between two running times, in ns. What comes outside is passed over."""

    def __init__(self, start_ns: int, end_ns: int) -> None:
        self.start_ns = start_ns
        self.end_ns = end_ns
        self._minutes = [0] * LABELS
        self._valence = 0
        self._replies = 0
        self._feedback = [0] * VERDICTS
        self._minute = 0
        """Number of the minute that is being counted."""
        self._told_ns = [0] * LABELS
        self._valence_ns = 0.0
        self._last: tuple[int, int, float] | None = None
        """Since when, which label, what valence."""

    def see(self, state: State | None, now_ns: int) -> None:
        """Another State begins to hold at this running time; None: nothing that may be counted."""
        self._advance(now_ns)
        if state is None or not self.start_ns <= now_ns < self.end_ns:
            self._last = None
            return
        label = UNSURE_AT if state.label is None else EMOTIONS.index(state.label)
        self._last = (now_ns, label, state.affect.valence)

    def reply(self, now_ns: int) -> None:
        """A reply was given."""
        self._replies += self.start_ns <= now_ns < self.end_ns

    def judge(self, feedback: str, now_ns: int) -> None:
        """Feedback on a reply was taken; what is no verdict is passed over."""
        at = VERDICT_AT.get(feedback)
        if at is not None and self.start_ns <= now_ns < self.end_ns:
            self._feedback[at] += 1

    def hour(self) -> Hour:
        """What was counted, the last minute included; to be asked when the hour is over."""
        self._advance(self.end_ns)
        self._vote()
        return Hour(tuple(self._minutes), self._valence, self._replies, tuple(self._feedback))

    def _advance(self, now_ns: int) -> None:
        """Let the last State hold until now, minute by minute."""
        if self._last is None:
            return
        since_ns, label, valence = self._last
        until_ns = min(now_ns, since_ns + HOLD_NS, self.end_ns)
        while since_ns < until_ns:
            minute = (since_ns - self.start_ns) // MINUTE_NS
            if minute != self._minute:
                self._vote()
                self._minute = minute
            step_ns = min(until_ns, self.start_ns + (minute + 1) * MINUTE_NS) - since_ns
            self._told_ns[label] += step_ns
            if label != UNSURE_AT:
                self._valence_ns += step_ns * valence
            since_ns += step_ns
        self._last = (since_ns, label, valence) if until_ns == now_ns else None

    def _vote(self) -> None:
        if sum(self._told_ns) >= LEAST_NS:
            label = self._told_ns.index(max(self._told_ns))
            self._minutes[label] += 1
            told_ns = sum(self._told_ns[:UNSURE_AT])
            if label != UNSURE_AT and told_ns:
                self._valence += round(HUNDREDTHS * self._valence_ns / told_ns)
        self._told_ns = [0] * LABELS
        self._valence_ns = 0.0
