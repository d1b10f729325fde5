"""Whether the device may speak now. Pure logic: every time comes from the caller."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from edge.affect import Emotion
from edge.response.hours import hours_of
from edge.response.talk import Talk

if TYPE_CHECKING:
    from edge.affect import State
    from edge.response.contexts import Manner
    from edge.response.settings import ResponseSettings

SECOND = 1_000_000_000
HOUR = 3600 * SECOND
MEMORY_NS = 600 * SECOND
"""After this long without a reply a conversation counts as over, and its emotion may be remarked on again."""
ENDS_REST = frozenset(
    {Talk.GREETING, Talk.QUESTION, Talk.ASKS_STATE, Talk.ASKS_ADVICE, Talk.ASKS_DEVICE, Talk.HOW_ARE_YOU}
)
"""Talk that addresses the device again after it was told to be quiet."""


class Gate:
    """Rates, gaps and rests. Remembers at most ``per_hour`` times."""

    def __init__(self, settings: ResponseSettings, manner: Manner) -> None:
        self._remarks = manner.remarks
        self._usual_cooldown_s = manner.cooldown_s
        self._spoken: deque[int] = deque()
        self._remarked: deque[int] = deque()
        self.adopt(settings)
        self._last_ns: int | None = None
        self._addressed: Emotion | None = None
        self._rest_until_ns: int | None = None
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
        """Take note of the State's label; to be called with every State, spoken to or not."""
        if state.label is not self._label:
            self._label = state.label
            self._since_ns = now_ns

    def lasted_s(self, now_ns: int) -> float:
        """For how many seconds the State has had its label."""
        return (now_ns - self._since_ns) / SECOND

    def allows_answer(self, talk: Talk, now_ns: int) -> bool:
        """Whether words of this kind may be answered now."""
        if not self._has_room(now_ns) or (self._resting(now_ns) and talk not in ENDS_REST):
            return False
        return self._last_ns is None or now_ns - self._last_ns >= self._settings.min_gap_s * SECOND

    def allows_remark(self, state: State, now_ns: int, minute: int | None = None) -> bool:
        """Whether the device may speak up by itself: a settled, clear emotion that it has not yet spoken to.

        ``minute`` of the local day; None where nobody knows it, and then no hour is a quiet one.
        """
        return (
            self._remarks
            and not (self._quiet_hours is not None and minute is not None and self._quiet_hours.hold(minute))
            and state.label not in (None, Emotion.NEUTRAL)
            and state.confidence >= self._settings.clear_confidence
            and now_ns - self._since_ns >= self._settings.settle_s * SECOND
            and not self._resting(now_ns)
            and (self._last_ns is None or now_ns - self._last_ns >= self._cooldown_ns)
            and (state.label is not self._addressed or self.over(now_ns))
            and self._has_room(now_ns)
            and _room(self._remarked, now_ns)
        )

    def over(self, now_ns: int) -> bool:
        """Whether the conversation before this moment is over."""
        return self._last_ns is None or now_ns - self._last_ns > MEMORY_NS

    def spoke(self, state: State, talk: Talk | None, now_ns: int) -> None:
        """Take note of a reply to ``talk``, or of a remark when that is None."""
        self._last_ns = now_ns
        self._addressed = state.label
        self._spoken.append(now_ns)
        self._rest_until_ns = None
        if talk is None:
            self._remarked.append(now_ns)
        elif talk is Talk.DISMISSAL:
            self._rest_until_ns = now_ns + int(self._settings.dismissed_s * SECOND)

    def _has_room(self, now_ns: int) -> bool:
        return not self._settings.quiet and _room(self._spoken, now_ns)

    def _resting(self, now_ns: int) -> bool:
        return self._rest_until_ns is not None and now_ns < self._rest_until_ns


def _room(times: deque[int], now_ns: int) -> bool:
    """Whether one more fits into the hour that ends now; ``times`` holds as many as an hour may have."""
    limit = times.maxlen or 0
    return len(times) < limit or (limit > 0 and now_ns - times[0] >= HOUR)
