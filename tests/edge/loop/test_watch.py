from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from edge.loop.watch import EXCUSED_S, OVERDUE_S, STALLED_S, SUSPENDED_S, TICK_S, Watch

if TYPE_CHECKING:
    import pytest


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def ticking(watch: Watch, clock: Clock, seconds: float, *, turns: bool) -> None:
    for _ in range(round(seconds / TICK_S)):
        clock.now += TICK_S
        if turns:
            watch.turned()
        watch.tick()


def test_a_loop_that_turns_is_not_stalled() -> None:
    clock = Clock()
    watch = Watch(now=clock)
    ticking(watch, clock, 60, turns=True)
    assert (watch.stalls, watch.suspensions) == (0, 0)


def test_a_stall_is_noticed_within_three_seconds_counted_and_told_once() -> None:
    told: list[float] = []
    clock = Clock()
    watch = Watch(lambda: told.append(clock.now), now=clock)
    ticking(watch, clock, 60, turns=False)
    assert watch.stalls == 1
    assert [at - 1000 for at in told] == [STALLED_S + TICK_S]
    assert told[0] - 1000 < 3
    ticking(watch, clock, 1, turns=True)
    ticking(watch, clock, 10, turns=False)
    assert watch.stalls == 2


def test_a_suspension_is_no_stall_and_excuses_what_is_lost_for_a_while() -> None:
    clock = Clock()
    watch = Watch(now=clock)
    ticking(watch, clock, 5, turns=True)
    assert not watch.excused()
    clock.now += 600
    assert watch.excused(), "known at once, even before the watch runs again"
    watch.tick()
    assert (watch.stalls, watch.suspensions) == (0, 1)
    assert watch.excused()
    ticking(watch, clock, STALLED_S, turns=False)
    assert watch.stalls == 0, "the loop has only now had time to turn"
    ticking(watch, clock, EXCUSED_S + TICK_S, turns=True)
    assert not watch.excused()


def test_a_tick_that_is_a_little_late_is_no_suspension() -> None:
    clock = Clock()
    watch = Watch(now=clock)
    clock.now += TICK_S + SUSPENDED_S
    watch.tick()
    assert watch.suspensions == 0


def test_the_log_says_where_the_loop_hangs_but_no_value(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    hung, noticed = threading.Event(), threading.Event()
    watch = Watch(noticed.set)

    def hanging_outlet(secret: str) -> None:
        assert secret
        hung.wait(30)

    def loop() -> None:
        watch.start(threading.Event())
        hanging_outlet("my secret words".upper())

    looping = threading.Thread(target=loop, daemon=True)
    looping.start()
    assert noticed.wait(30)
    hung.set()
    looping.join(30)
    watch.stop()
    assert "in hanging_outlet" in caplog.text
    assert "MY SECRET" not in caplog.text


def test_a_loop_that_hangs_when_it_is_to_stop_is_given_up_once() -> None:
    stop, given_up = threading.Event(), threading.Semaphore(0)
    watch = Watch(on_overdue=given_up.release)
    watch.start(stop)  # this thread never turns
    assert not given_up.acquire(timeout=3 * OVERDUE_S), "as long as nobody asks"
    stop.set()
    assert given_up.acquire(timeout=30)
    assert not given_up.acquire(timeout=3 * OVERDUE_S)
