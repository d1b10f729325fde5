"""Shut eyes over time: how long by now, which part of the last minute, and blinks."""

from __future__ import annotations

from edge.understanding.driver.settings import (
    BLINK_ARMED,
    BLINK_FROM,
    BLINK_LEAST_FPS,
    BLINK_LEAST_S,
    BLINK_MOST_S,
    GAP_S,
    HELD_S,
    PERCLOS_LEAST_S,
    PERCLOS_S,
    REOPENED,
    SHUT,
)
from edge.understanding.driver.window import Window

SEEN_S, SHUT_S, LOOKS, BLINKS, LONG = range(5)
"""What is summed over the last minute: seconds seen and shut, pictures, blinks, long blinks."""


class Lids:
    """Fed with the openness of each picture; memory does not grow."""

    def __init__(self) -> None:
        self._minute = Window(PERCLOS_S, 60, 5)
        self._last: tuple[float, float] | None = None
        self._shut_at: float | None = None
        self._fell_at: float | None = None
        self._armed = False
        self._now = 0.0

    def see(self, at_s: float, openness: float | None, hold_s: float) -> None:
        """Openness at ``at_s`` seconds; None where it is not known.

        Args:
            at_s: not before the last one.
            openness: 0 shut, 1 naturally open.
            hold_s: seconds for which eyes that were shut, and not only blinking, are believed to stay so unseen.
        """
        self._now = at_s
        self._minute.to(at_s)
        if openness is None:
            self._miss(at_s, hold_s)
            return
        before, self._last = self._last, (at_s, openness)
        if before is None or at_s - before[0] > GAP_S:
            self._begin(at_s, openness, held=before is not None and at_s - before[0] <= hold_s)
            return
        self._count(at_s - before[0], before[1], openness)
        self._shut(at_s, openness)
        self._blink(before, (at_s, openness))

    @property
    def shut_s(self) -> float:
        """Seconds for which the eyes have been shut by now; 0 when they are open."""
        return 0.0 if self._shut_at is None else self._now - self._shut_at

    @property
    def perclos(self) -> float | None:
        """Part of the last minute in which the eyes were shut; None while too little of it was seen."""
        seen_s = self._minute.sum(SEEN_S)
        return self._minute.sum(SHUT_S) / seen_s if seen_s >= PERCLOS_LEAST_S else None

    @property
    def blinks(self) -> float | None:
        """Blinks a minute; None while too little was seen, or with too few pictures a second to see them."""
        seen_s = self._minute.sum(SEEN_S)
        if seen_s < PERCLOS_LEAST_S or self._minute.sum(LOOKS) < BLINK_LEAST_FPS * seen_s:
            return None
        return 60.0 * (self._minute.sum(BLINKS) + self._minute.sum(LONG)) / seen_s

    @property
    def long_blinks(self) -> int:
        """Blinks of the last minute that took longer than a blink of somebody who is awake."""
        return int(self._minute.sum(LONG))

    def break_off(self) -> None:
        """Time has jumped: nothing that was going on goes on. The last minute is forgotten."""
        self._last = self._shut_at = self._fell_at = None
        self._armed = False
        self._minute.clear()

    def _miss(self, at_s: float, hold_s: float) -> None:
        self._fell_at, self._armed = None, False
        if self._last is not None and self._shut_at is not None:
            sunk = self._last[0] - self._shut_at >= HELD_S
            if not sunk or at_s - self._last[0] > hold_s:
                self._shut_at = None

    def _begin(self, at_s: float, openness: float, *, held: bool) -> None:
        """The first look after a while: what was in between is not known."""
        if openness > SHUT:
            self._shut_at = None
        elif self._shut_at is None or not held:
            self._shut_at = at_s
        self._fell_at, self._armed = None, openness >= BLINK_ARMED

    def _count(self, passed_s: float, before: float, now: float) -> None:
        """Half of the time between two pictures goes to each of them."""
        self._minute.add(SEEN_S, passed_s)
        self._minute.add(SHUT_S, passed_s * ((before <= SHUT) + (now <= SHUT)) / 2)
        self._minute.add(LOOKS, 1)

    def _shut(self, at_s: float, openness: float) -> None:
        if openness <= SHUT and self._shut_at is None:
            self._shut_at = at_s
        elif openness > REOPENED:
            self._shut_at = None

    def _blink(self, before: tuple[float, float], now: tuple[float, float]) -> None:
        """A fall below BLINK_FROM and the rise after it, timed between pictures along a straight line."""
        if self._fell_at is None:
            self._armed = self._armed or before[1] >= BLINK_ARMED
            if self._armed and now[1] < BLINK_FROM <= before[1]:
                self._fell_at, self._armed = _crossing(before, now), False
        elif now[1] >= BLINK_FROM:
            took_s = _crossing(before, now) - self._fell_at
            self._fell_at, self._armed = None, now[1] >= BLINK_ARMED
            if took_s >= BLINK_LEAST_S:
                self._minute.add(BLINKS if took_s <= BLINK_MOST_S else LONG, 1)


def _crossing(before: tuple[float, float], now: tuple[float, float]) -> float:
    """When a straight line between two (seconds, openness) passes BLINK_FROM."""
    part = (BLINK_FROM - before[1]) / (now[1] - before[1]) if now[1] != before[1] else 0.0
    return before[0] + part * (now[0] - before[0])
