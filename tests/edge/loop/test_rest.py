"""Work that nobody waits for is done when nobody is there, on a cool board that is fed."""

from __future__ import annotations

import pytest

from edge.loop.board import Condition
from edge.loop.rest import QUIET_S, Rest


def rest(condition: Condition, quiet_s: float) -> Rest:
    """After so many seconds of quiet."""
    times = iter((0, int(quiet_s * 1e9)))
    return Rest(lambda: condition, lambda: 75.0, lambda: next(times))


@pytest.mark.parametrize(
    ("condition", "quiet_s", "told"),
    [
        (Condition(60.0), QUIET_S, ""),
        (Condition(), QUIET_S, ""),
        (Condition(60.0), QUIET_S - 1, "somebody was there 119 s ago"),
        (Condition(75.0), QUIET_S, "the board has 75 °C"),
        (Condition(60.0, 90.0), QUIET_S, "the board runs on its battery"),
    ],
)
def test_what_hinders_is_said(condition: Condition, quiet_s: float, told: str) -> None:
    assert rest(condition, quiet_s).hindrance() == told


def test_somebody_who_comes_back_ends_the_rest() -> None:
    now = 0
    found = Rest(Condition, lambda: 75.0, lambda: now)
    now = int(QUIET_S * 1e9)
    assert not found.hindrance()
    found.busy()
    assert found.hindrance() == "somebody was there 0 s ago"
