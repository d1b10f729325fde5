"""Which emotion is told, so that nothing flickers: a small state machine with hysteresis.

Another emotion takes the place of the one that is told when it leads by a margin. An emotion that was told a moment ago
and then was not, be it for doubt or for another, must lead without doubt for a while before it is told again; and each
time that it comes and goes, for longer. What is on the edge is so told as one thing, not as now this and now that. What
was not told lately is news and need not wait, nor need words. Nothing is ever told below the threshold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.affect import EMOTIONS, Emotion

if TYPE_CHECKING:
    from edge.affect import Affect

FIRST_WAIT_NS = 500_000_000
"""A face is answered in 0.3 to 0.4 s (Dimberg & Thunberg 1998, Scand. J. Psychology 39), so whoever looks does not miss
what is told after half a second; and with it a change is still followed within 1.5 s."""
LONGER, LONGEST_NS = 8, 60_000_000_000
"""Each relapse makes the wait so many times as long, until something has stood for as many waits, or for a minute: the
measure of a steady State. For a minute it is remembered what was told."""
UNHURRIED = 4
"""Waits after which a lost label is told again that passes the threshold by less than the margin."""
CLEAR = 0.5
"""An emotion that leads all others by so much takes the place of another after the first wait."""


class Choice:
    """Remembers what was told."""

    __slots__ = ("_doubted", "_leader", "_leading_ns", "_lost_ns", "_told", "_told_ns", "_wait_ns")

    def __init__(self) -> None:
        self._lost_ns: dict[Emotion, int] = {}
        """When each emotion was told last, of those that are told no more."""
        self.clear()

    def clear(self) -> None:
        """Nothing was told yet."""
        self._lost_ns.clear()
        self._told: Emotion | None = None
        self._told_ns = 0
        """Since when."""
        self._doubted = False
        """Whether there has been doubt since."""
        self._leader: Emotion | None = None
        """Which emotion is waiting to be told, and since when it has led without doubt."""
        self._leading_ns = 0
        self._wait_ns = FIRST_WAIT_NS

    def doubt(self, now_ns: int) -> None:
        """No label is told now; the one before is remembered."""
        self._leader = None
        if self._told is not None and not self._doubted:
            self._lost_ns[self._told] = now_ns
            self._doubted = True

    def tell(self, affect: Affect, now_ns: int, *, threshold: float, margin: float, news: bool) -> Emotion | None:
        """The emotion to tell where there is no doubt; None where the doubt is too fresh.

        Args:
            affect: what is believed.
            now_ns: the State's time.
            threshold: the least confidence of a State with a label.
            margin: by which another emotion must lead, and a lost one pass the threshold to come back soon.
            news: whether words have just been said.
        """
        leader = affect.label
        if self._told is not None and leader is not self._told:
            held = affect.probabilities[EMOTIONS.index(self._told)]
            leader = leader if affect.confidence - held >= margin else self._told
        if leader is self._told and not self._doubted:
            self._leader = None
            return leader
        if leader is not self._leader:
            self._leader, self._leading_ns = leader, now_ns
        self._calm()
        lost_ns = self._lost_ns.get(leader)
        relapse = lost_ns is not None and now_ns - lost_ns < LONGEST_NS
        if relapse and not news and now_ns - self._leading_ns < self._wait(leader, affect, threshold + margin):
            return None if self._doubted else self._told
        self._accept(leader, now_ns, relapse=relapse)
        return leader

    def _wait(self, leader: Emotion, affect: Affect, sure: float) -> int:
        """Nanoseconds for which an emotion that was told lately must lead before it is told again."""
        if leader is self._told:
            return self._wait_ns if affect.confidence >= sure else UNHURRIED * self._wait_ns
        first, second = sorted(affect.probabilities, reverse=True)[:2]
        return FIRST_WAIT_NS if first - second >= CLEAR else self._wait_ns

    def _calm(self) -> None:
        """The wait is the first again when what was told had stood for long."""
        if self._told is not None:
            ended_ns = self._lost_ns[self._told] if self._doubted else self._leading_ns
            if ended_ns - self._told_ns >= min(LONGER * self._wait_ns, LONGEST_NS):
                self._wait_ns = FIRST_WAIT_NS

    def _accept(self, leader: Emotion, now_ns: int, *, relapse: bool) -> None:
        if self._told is not None and not self._doubted:
            self._lost_ns[self._told] = now_ns
        if relapse:
            self._wait_ns = min(LONGER * self._wait_ns, LONGEST_NS)
        self._told, self._told_ns, self._doubted, self._leader = leader, now_ns, False, None
