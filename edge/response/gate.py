"""Whether the device may speak now, and if not, why. Pure logic: every time comes from the caller."""

from __future__ import annotations

from collections import deque
from math import hypot
from typing import TYPE_CHECKING

from edge.affect import Emotion
from edge.response.around import Around
from edge.response.driving import Workload
from edge.response.hours import DAY, hours_of
from edge.response.silence import Silence, Why
from edge.response.talk import Talk

if TYPE_CHECKING:
    from edge.affect import State
    from edge.response.contexts import Manner
    from edge.response.settings import ResponseSettings

SECOND = 1_000_000_000
HOUR = 3600 * SECOND
MEMORY_NS = 600 * SECOND
"""After this long without a reply a conversation counts as over, and its emotion may be remarked on again."""
ADDRESSES = frozenset(
    {Talk.GREETING, Talk.QUESTION, Talk.ASKS_STATE, Talk.ASKS_ADVICE, Talk.ASKS_DEVICE, Talk.HOW_ARE_YOU}
)
"""Talk that addresses the device: it ends a rest, and is answered while a driver is busy."""
FORGIVEN_NS = 4 * HOUR
"""So long after a rest has ended, the next "not now" counts as the first again (ours)."""
EASED = 0.8
"""A change that was large enough counts as one until it falls below this part of what that takes."""


class Gate:
    """Rates, gaps, rests, and what goes on around. Remembers at most ``per_hour`` times, and nothing over a restart."""

    def __init__(self, settings: ResponseSettings, manner: Manner, around: Around | None = None) -> None:
        """``around``: what is heard and seen around the device; None where nothing is, as in a terminal."""
        self._remarks = manner.remarks
        self._drives = manner.drives
        self._usual_cooldown_s = manner.cooldown_s
        self.around = Around() if around is None else around
        self._spoken: deque[int] = deque()
        self._remarked: deque[int] = deque()
        self.adopt(settings)
        self._last_ns: int | None = None
        self._addressed: Emotion | None = None
        self._addressed_at: tuple[float, float] | None = None
        self._changed = True
        self._rest_until_ns: int | None = None
        self._rests = 0
        self._rested_ns = 0
        self._label: Emotion | None = None
        self._since_ns = 0

    def adopt(self, settings: ResponseSettings) -> None:
        """Go on with other settings; what was said so far still counts."""
        self._settings = settings
        self._quiet_hours = hours_of(settings.quiet_hours)
        cooldown_s = self._usual_cooldown_s if settings.cooldown_s is None else settings.cooldown_s
        self._cooldown_ns = int(cooldown_s * SECOND)
        self._spoken = deque(self._spoken, maxlen=settings.per_hour)
        self._remarked = deque(self._remarked, maxlen=settings.remarks_per_hour)

    def watch(self, state: State, now_ns: int) -> None:
        """Take note of the State's label and change; to be called with every State, spoken to or not."""
        if state.label is not self._label:
            self._label = state.label
            self._since_ns = now_ns
        if self._addressed_at is not None:
            valence, arousal = self._addressed_at
            moved = hypot(state.affect.valence - valence, state.affect.arousal - arousal)
            self._changed = moved >= self._settings.least_change * (EASED if self._changed else 1.0)

    def lasted_s(self, now_ns: int) -> float:
        """For how many seconds the State has had its label."""
        return (now_ns - self._since_ns) / SECOND

    def talking(self, now_ns: int) -> bool:
        """Whether somebody is speaking, and so is not to be answered into."""
        return self._settings.wait_s > 0 and self.around.talking(now_ns, self._settings.pause_s)

    def against_answer(self, talk: Talk, now_ns: int) -> Silence | None:
        """Why words of this kind may not be answered now; None where they may."""
        settings, rest_ns = self._settings, self._resting(now_ns)
        if settings.quiet:
            return Silence(Why.QUIET)
        if rest_ns and talk not in ADDRESSES:
            return Silence(Why.RESTING, rest_ns / SECOND)
        if self._drives and talk not in ADDRESSES and self.around.road.workload(now_ns) is Workload.HIGH:
            return Silence(Why.DRIVING)
        if self._last_ns is not None and now_ns - self._last_ns < settings.min_gap_s * SECOND:
            return Silence(Why.GAP)
        return self._no_room(now_ns)

    def against_remark(self, state: State, now_ns: int, minute: int | None = None) -> Silence | None:
        """Why the device may not speak up by itself; None where it may.

        It takes a settled, clear emotion that differs from what was spoken to last, an hour in which that is welcome,
        a person who is alone and silent, and, in a car, a driver with time for it.

        Args:
            state: how the person is doing now.
            now_ns: monotonic nanoseconds.
            minute: of the local day; None where nobody knows it, and then no hour is a quiet one.
        """
        return (
            self._not_wanted(now_ns, minute)
            or self._not_the_moment(now_ns)
            or self._nothing_to_tell(state, now_ns)
            or self._too_often(now_ns)
        )

    def over(self, now_ns: int) -> bool:
        """Whether the conversation before this moment is over."""
        return self._last_ns is None or now_ns - self._last_ns > MEMORY_NS

    def rest(self, now_ns: int) -> None:
        """The person wants to be left alone: say nothing for a while, and for longer each time that it is repeated."""
        if now_ns - self._rested_ns > FORGIVEN_NS:
            self._rests = 0
        lengths = self._settings.dismissed_s
        length_ns = int(lengths[min(self._rests, len(lengths) - 1)] * SECOND)
        self._rests += 1
        self._rest_until_ns = self._rested_ns = now_ns + length_ns

    def spoke(self, state: State, talk: Talk | None, now_ns: int) -> None:
        """Take note of a reply to ``talk``, or of a remark when that is None."""
        self._last_ns = now_ns
        self._addressed = state.label
        self._addressed_at = (state.affect.valence, state.affect.arousal)
        self._changed = False
        self._spoken.append(now_ns)
        if talk is None:
            self._remarked.append(now_ns)
        elif talk in ADDRESSES:
            self._rest_until_ns = None

    def _not_wanted(self, now_ns: int, minute: int | None) -> Silence | None:
        """What the household, the place and the person have against a remark."""
        if self._settings.quiet:
            return Silence(Why.QUIET)
        if not self._remarks:
            return Silence(Why.PLACE)
        if self._quiet_hours is not None and minute is not None and self._quiet_hours.hold(minute):
            return Silence(Why.HOURS, 60.0 * ((self._quiet_hours.end - minute) % DAY))
        rest_ns = self._resting(now_ns)
        return Silence(Why.RESTING, rest_ns / SECOND) if rest_ns else None

    def _not_the_moment(self, now_ns: int) -> Silence | None:
        """What goes on around the device and speaks against a remark."""
        if self.talking(now_ns):
            return Silence(Why.SPEECH)
        if self.around.company(now_ns):
            return Silence(Why.COMPANY)
        road = self.around.road
        if self._drives and road.workload(now_ns) is not Workload.LOW:
            return Silence(Why.VEHICLE if road.lost(now_ns) else Why.DRIVING)
        return None

    def _nothing_to_tell(self, state: State, now_ns: int) -> Silence | None:
        """What the State has against a remark."""
        if state.label in (None, Emotion.NEUTRAL):
            return Silence(Why.CALM)
        if state.confidence < self._settings.clear_confidence:
            return Silence(Why.UNCLEAR)
        if now_ns - self._since_ns < self._settings.settle_s * SECOND:
            return Silence(Why.UNSETTLED)
        if self.over(now_ns):
            return None
        if state.label is self._addressed:
            return Silence(Why.ADDRESSED)
        return None if self._changed else Silence(Why.UNCHANGED)

    def _too_often(self, now_ns: int) -> Silence | None:
        """What was said before has against a remark."""
        if self._last_ns is not None and now_ns - self._last_ns < self._cooldown_ns:
            return Silence(Why.COOLDOWN, (self._last_ns + self._cooldown_ns - now_ns) / SECOND)
        full_ns = _full(self._remarked, now_ns)
        return self._no_room(now_ns) or (Silence(Why.REMARKS, full_ns / SECOND) if full_ns else None)

    def _no_room(self, now_ns: int) -> Silence | None:
        full_ns = _full(self._spoken, now_ns)
        return Silence(Why.RATE, full_ns / SECOND) if full_ns else None

    def _resting(self, now_ns: int) -> int:
        """Nanoseconds of rest that are left."""
        return 0 if self._rest_until_ns is None else max(0, self._rest_until_ns - now_ns)


def _full(times: deque[int], now_ns: int) -> int:
    """Nanoseconds until one more fits into an hour; 0 where one fits. ``times`` holds as many as an hour may have."""
    limit = times.maxlen or 0
    if len(times) < limit:
        return 0
    return max(0, times[0] + HOUR - now_ns) if limit else HOUR
