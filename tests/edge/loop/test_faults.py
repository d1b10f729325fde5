from __future__ import annotations

import pytest

from edge.loop.faults import HUNG_NS, WINDOW_NS, Conditioned, Faults


class Clock:
    ns = 0

    def __call__(self) -> int:
        return self.ns


class Sick:
    def __init__(self, told: str | None) -> None:
        self.told = told

    def condition(self) -> str | None:
        return self.told


def test_a_part_that_has_something_to_say_is_asked_and_the_first_counts() -> None:
    well, sick = Sick(None), Sick("the picture is frozen")
    faults = Faults((object(), well, sick, Sick("runs on the CPU")))
    assert faults.find(0, 0) == "the picture is frozen"
    sick.told = None
    assert faults.find(0, 0) == "runs on the CPU"


def test_a_part_without_a_condition_is_well() -> None:
    assert Faults((object(),)).find(0, 0) == ""
    assert not isinstance(object(), Conditioned)
    assert isinstance(Sick(None), Conditioned)


def test_a_call_of_more_than_two_seconds_hangs_until_it_returns() -> None:
    clock = Clock()
    faults = Faults((), clock)
    faults.begin()
    clock.ns += HUNG_NS
    assert faults.find(0, 0) == ""
    clock.ns += 1
    assert "perceiving hangs" in faults.find(0, 0)
    faults.done()
    assert faults.find(0, 0) == ""


@pytest.mark.parametrize(("signals", "dropped", "much"), [(100, 51, True), (100, 50, False), (9, 9, False)])
def test_more_than_half_dropped_in_a_window_is_a_fault(signals: int, dropped: int, *, much: bool) -> None:
    clock = Clock()
    faults = Faults((), clock)
    assert faults.find(signals, dropped) == ""
    clock.ns += WINDOW_NS
    assert bool(faults.find(signals, dropped)) is much
    clock.ns += WINDOW_NS
    assert faults.find(signals + 100, dropped) == "", "the next window has its own count"
