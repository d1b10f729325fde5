"""How often a camera is looked at: as often as somebody is there, the processor has time, and the board stays cool.

The camera asks before it decodes a picture, so that one which nobody looks at costs next to nothing.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from pydantic import Field, model_validator

from edge.section import Section

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from edge.affect import Reading, Sense
    from edge.loop.board import Board, Condition
    from edge.perception.perceiver import Perceiver

log = logging.getLogger(__name__)

SMOOTHING = 0.1
"""Weight of the newest measurement in the running mean of the time that a picture takes."""
REVIEW_S = 1.0
"""Seconds between two looks at the reasons to go slower."""
MOST_CREDIT = 2.0
"""Pictures that may be made up for: they come when they come, and yet the mean rate is right."""
TOLD = 0.05
"""Change of the rate, as a part of it, that is worth a line in the log."""


SignalT = TypeVar("SignalT")


class PaceSettings(Section):
    """When fewer pictures are looked at. A rate is never above that of the camera."""

    LIVE: ClassVar[frozenset[str]] = frozenset(
        {"idle_fps", "idle_after_s", "most_share", "warm_c", "hot_c", "low_battery"}
    )

    idle_fps: float = Field(
        default=2.0, ge=0.5, le=60, title="Idle rate", description="pictures a second while nobody is in view"
    )
    idle_after_s: float = Field(
        default=5.0, ge=0, le=3600, title="Idle after", description="seconds without a face that count as nobody there"
    )
    most_share: float = Field(
        default=0.5,
        ge=0.05,
        le=1.0,
        title="Most share",
        description="part of one core that looking may take, by the time that pictures take here",
    )
    warm_c: float = Field(
        default=75.0, ge=30, le=120, title="Warm", description="°C of the board from which the rate falls"
    )
    hot_c: float = Field(
        default=85.0, ge=31, le=125, title="Hot", description="°C from which only the idle rate is left"
    )
    low_battery: float = Field(
        default=20.0, ge=0, le=100, title="Low battery", description="percent below which the rate is halved; 0 never"
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.warm_c >= self.hot_c:
            message = f"pace.warm_c ({self.warm_c:g}) must be below pace.hot_c ({self.hot_c:g})"
            raise ValueError(message)
        return self


class Pace:
    """Says of each picture whether it is looked at.

    ``due`` belongs to the thread that waits for the camera, ``looked`` to the one that perceives.

    Args:
        settings: limits.
        full: pictures a second when nothing speaks against it; those of the camera.
        board: tells heat and charge.
    """

    def __init__(self, settings: PaceSettings, full: float, board: Board) -> None:
        self._settings = settings
        self._full = full
        self._board = board
        self._busy_s = 0.0
        self._present_ns: int | None = None
        self._reviewed_ns: int | None = None
        self._last_ns = 0
        self._credit = 0.0
        self.rate = full
        """Pictures a second, now."""
        self.reason = ""
        """Why it is not the full rate; empty when it is."""
        self.skipped = 0
        """Pictures that were not looked at."""

    def due(self, captured_ns: int) -> bool:
        """Whether the picture of ``captured_ns`` is looked at; counted when it is not."""
        self._review(captured_ns)
        passed_s = max(0, captured_ns - self._last_ns) / 1e9
        self._last_ns = captured_ns
        self._credit = min(self._credit + passed_s * self.rate, MOST_CREDIT)
        if self._credit < 1 and self.rate < self._full:
            self.skipped += 1
            return False
        self._credit = max(0.0, self._credit - 1)
        return True

    def looked(self, captured_ns: int, busy_s: float, *, present: bool) -> None:
        """A picture was looked at for ``busy_s`` seconds, and somebody was there or not."""
        self._busy_s += SMOOTHING * (busy_s - self._busy_s) if self._busy_s else busy_s
        if present or self._present_ns is None:
            was_idle = self._present_ns is not None and self._is_idle(captured_ns)
            self._present_ns = captured_ns
            if was_idle:
                self._reviewed_ns = None  # somebody came: the full rate at once

    def adopt(self, settings: PaceSettings) -> None:
        """Go on with other limits."""
        self._settings = settings

    def line(self) -> str:
        """The present rate in words, "" when it is the full one."""
        return f"{self.rate:.3g} pictures/s: {self.reason}" if self.reason else ""

    def _is_idle(self, now_ns: int) -> bool:
        return self._present_ns is not None and now_ns - self._present_ns > self._settings.idle_after_s * 1e9

    def _review(self, now_ns: int) -> None:
        reviewed_ns = self._reviewed_ns
        if reviewed_ns is not None and 0 <= now_ns - reviewed_ns < REVIEW_S * 1e9:
            return
        self._reviewed_ns = now_ns
        idle = self._is_idle(now_ns)
        rate, reason = rate_of(self._settings, self._full, self._board.condition(), self._busy_s, idle=idle)
        if abs(rate - self.rate) > TOLD * self.rate:
            log.info("%.3g pictures a second are looked at%s", rate, f": {reason}" if reason else "")
        self.rate, self.reason = rate, reason


class Unhurried(Generic[SignalT]):
    """A perceiver that tells the pace how long each signal took, and whether somebody was there.

    Args:
        perceiver: does the work.
        pace: is told.
        somebody: whether a Reading is of a person.
    """

    def __init__(self, perceiver: Perceiver[SignalT], pace: Pace, somebody: Callable[[Reading], bool]) -> None:
        self.sense: Sense = perceiver.sense
        self._perceiver = perceiver
        self._pace = pace
        self._somebody = somebody

    def attach(self) -> None:
        """Attach the perceiver. Raises ModelError."""
        self._perceiver.attach()

    def perceive(self, signal: SignalT) -> Reading | None:
        """The perceiver's own Reading. Raises what it raises."""
        began = time.perf_counter()
        reading = self._perceiver.perceive(signal)
        if reading is not None:
            took = time.perf_counter() - began
            self._pace.looked(reading.captured_ns, took, present=self._somebody(reading))
        return reading

    def stop(self) -> None:
        """Stop the perceiver."""
        self._perceiver.stop()


def rate_of(
    settings: PaceSettings, full: float, condition: Condition, busy_s: float, *, idle: bool
) -> tuple[float, str]:
    """Pictures a second and why: the lowest of what each reason leaves, but never less than the idle rate.

    Args:
        settings: limits.
        full: pictures a second of the camera.
        condition: heat and charge.
        busy_s: seconds that a picture takes; 0 when that is not known yet.
        idle: nobody is in view.
    """
    least = min(settings.idle_fps, full)
    limits = [(full, "")]
    if idle:
        limits.append((least, "nobody is in view"))
    if busy_s > 0:
        limits.append((settings.most_share / busy_s, f"a picture takes {1000 * busy_s:.0f} ms here"))
    if condition.celsius is not None and condition.celsius > settings.warm_c:
        left = max(0.0, (settings.hot_c - condition.celsius) / (settings.hot_c - settings.warm_c))
        limits.append((least + left * (full - least), f"the board has {condition.celsius:.0f} °C"))
    if condition.battery is not None and condition.battery < settings.low_battery:
        limits.append((full / 2, f"the battery has {condition.battery:.0f} %"))
    rate, reason = min(limits)
    return max(rate, least), reason
