"""Whether the device has time and is cool enough for work that nobody waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.loop.board import Condition

QUIET_S = 120.0
"""Seconds without anybody seen, heard or read that count as rest."""


class Rest:
    """``busy`` belongs to the loop; ``hindrance`` may be asked by any thread.

    Args:
        condition: heat and charge of the board.
        warm_c: °C from which it is too warm.
        now_ns: CLOCK_MONOTONIC.
    """

    def __init__(
        self, condition: Callable[[], Condition], warm_c: Callable[[], float], now_ns: Callable[[], int]
    ) -> None:
        self._condition = condition
        self._warm_c = warm_c
        self._now_ns = now_ns
        self._busy_ns = now_ns()

    def busy(self) -> None:
        """Somebody is there."""
        self._busy_ns = self._now_ns()

    def hindrance(self) -> str:
        """Why it is not the time, as a clause; empty: it is."""
        quiet_s = (self._now_ns() - self._busy_ns) / 1e9
        if quiet_s < QUIET_S:
            return f"somebody was there {quiet_s:.0f} s ago"
        condition = self._condition()
        if condition.celsius is not None and condition.celsius >= self._warm_c():
            return f"the board has {condition.celsius:.0f} °C"
        if condition.battery is not None:
            return "the board runs on its battery"
        return ""
