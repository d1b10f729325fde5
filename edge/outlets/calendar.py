"""Which day a moment belongs to: the border between clocks that only run and the one that people set."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable

STEP_S = 30.0
"""A wall clock that moved by more than this against CLOCK_BOOTTIME was set. NTP slews at most 0.5 ms a second, and a
step of less than half a span changes no day by more than a span does."""
SETTLED_S = 120.0
"""Seconds after a start, or after the clock was set, before a day is believed: a board without a clock of its own
starts in the past, and its time is set once the network is up."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """The three that are needed: monotonic and boot time in ns, wall time in seconds since 1970 (UTC)."""

    monotonic_ns: Callable[[], int] = time.monotonic_ns
    boot_ns: Callable[[], int] = lambda: time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    wall_s: Callable[[], float] = time.time


class Calendar:
    """Tells the household's day of a moment, and since when its wall clock has not been set."""

    def __init__(self, timezone: str, clocks: Clocks | None = None) -> None:
        self._clocks = clocks or Clocks()
        self._zone = ZoneInfo(timezone) if timezone else None
        self._offset_s: float | None = None
        self._since_ns = self._clocks.boot_ns()

    def boot_ns(self, monotonic_ns: int) -> int:
        """A moment by CLOCK_BOOTTIME, which also runs while the device sleeps."""
        return monotonic_ns + self._clocks.boot_ns() - self._clocks.monotonic_ns()

    def look(self) -> float:
        """Seconds for which the wall clock has been running evenly; near 0 right after it was set."""
        boot_ns = self._clocks.boot_ns()
        offset_s = self._clocks.wall_s() - boot_ns / 1e9
        if self._offset_s is None or abs(offset_s - self._offset_s) > STEP_S:
            if self._offset_s is not None:
                self._since_ns = boot_ns
            self._offset_s = offset_s
        return (boot_ns - self._since_ns) / 1e9

    def day(self, boot_ns: int) -> date:
        """The day of a moment, by the wall clock as it is set now."""
        return self.moment(boot_ns).date()

    def moment(self, boot_ns: int) -> datetime:
        """Day and time where the household lives, by the wall clock as it is set now."""
        offset_s = self._clocks.wall_s() - self._clocks.boot_ns() / 1e9
        return datetime.fromtimestamp(offset_s + boot_ns / 1e9, self._zone)

    def today(self) -> date:
        """The day of now."""
        return local_day(self._clocks.wall_s(), self._zone)


def local_day(wall_s: float, zone: ZoneInfo | None) -> date:
    """The day of a wall time where the household lives; without ``zone`` as the system is set."""
    return datetime.fromtimestamp(wall_s, zone).date()
