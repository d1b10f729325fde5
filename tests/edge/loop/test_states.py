"""The state machine of a lane: whatever comes in whatever order, no transition happens that is not allowed."""

from __future__ import annotations

import logging
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.loop.states import FINAL, LOADING, NEXT, OPENING, Half, LaneState, Machine

if TYPE_CHECKING:
    from collections.abc import Callable

S = LaneState

EVENTS: dict[str, Callable[[Machine], None]] = {
    "reader is ready": lambda m: m.ready(Half.READER),
    "perceiver is ready": lambda m: m.ready(Half.PERCEIVER),
    "reader fails": lambda m: m.failed(Half.READER, "unplugged"),
    "perceiver fails": lambda m: m.failed(Half.PERCEIVER, "no memory"),
    "reader fails after a suspension": lambda m: m.failed(Half.READER, "unplugged", counts=False),
    "reader fails for good": lambda m: m.failed(Half.READER, "unplugged", hopeless=True),
    "perceiver fails for good": lambda m: m.failed(Half.PERCEIVER, "no model", hopeless=True),
    "reader again": lambda m: m.again(Half.READER),
    "perceiver again": lambda m: m.again(Half.PERCEIVER),
    "withdrawn": lambda m: m.withdrawn("a grant"),
    "granted": lambda m: m.granted(),
    "fault": lambda m: m.doubt("the picture is black"),
    "no fault": lambda m: m.doubt(""),
    "unpark": lambda m: m.unpark(),
    "end": lambda m: m.end(),
    "stop": lambda m: m.stop(),
}


class Clock:
    def __init__(self) -> None:
        self.ns = 0

    def __call__(self) -> int:
        self.ns += 1_000_000_000
        return self.ns


def at(*events: str) -> Machine:
    machine = Machine("face", Clock())
    for event in events:
        EVENTS[event](machine)
    return machine


RUNNING = ("reader is ready", "perceiver is ready")


@given(st.lists(st.sampled_from(sorted(EVENTS)), max_size=60))
def test_any_order_of_events_makes_allowed_transitions_only(events: list[str]) -> None:
    machine = Machine("face", Clock())
    seen = [machine.state]
    failures = 0
    consent = True
    for event in events:
        EVENTS[event](machine)  # raises AssertionError for a transition that is not allowed
        failures += "fails" in event and "suspension" not in event
        consent = event != "withdrawn" if event in {"withdrawn", "granted"} else consent
        if machine.state is not seen[-1]:
            seen.append(machine.state)
        assert consent or machine.state not in {S.RUNNING, S.DEGRADED, S.STARTING}, "nothing is open without consent"
    standing = machine.standing
    assert all(after in NEXT[before] for before, after in pairwise(seen))
    assert standing.transitions == len(seen) - 1
    assert standing.restarts == failures
    assert set(standing.seconds) == set(seen)


@given(st.lists(st.sampled_from(sorted(EVENTS)), max_size=60))
def test_the_time_in_all_states_is_all_the_time(events: list[str]) -> None:
    clock = Clock()
    machine = Machine("face", clock)
    for event in events:
        EVENTS[event](machine)
    standing = machine.standing
    assert sum(standing.seconds.values()) == pytest.approx(clock.ns / 1e9 - 1)


def test_the_table_knows_every_state_and_only_the_end_has_no_way_out() -> None:
    assert set(NEXT) == set(S)
    assert {state for state, following in NEXT.items() if not following} == FINAL
    assert not any(state in following for state, following in NEXT.items())


def test_running_is_reached_through_starting_only() -> None:
    assert {state for state, following in NEXT.items() if S.RUNNING in following} == {S.STARTING, S.DEGRADED}


@pytest.mark.parametrize(
    ("events", "state", "reason"),
    [
        ((), S.STARTING, OPENING),
        (("reader is ready",), S.STARTING, LOADING),
        (RUNNING, S.RUNNING, ""),
        ((*RUNNING, "fault"), S.DEGRADED, "the picture is black"),
        ((*RUNNING, "fault", "no fault"), S.RUNNING, ""),
        (("fault", *RUNNING), S.RUNNING, ""),
        ((*RUNNING, "reader fails"), S.BACKING_OFF, "unplugged"),
        ((*RUNNING, "reader fails", "reader again"), S.STARTING, OPENING),
        ((*RUNNING, "perceiver fails", "perceiver again", "perceiver is ready"), S.RUNNING, ""),
        ((*RUNNING, "withdrawn"), S.NO_CONSENT, "a grant"),
        ((*RUNNING, "withdrawn", *RUNNING), S.NO_CONSENT, "a grant"),
        ((*RUNNING, "withdrawn", "granted"), S.STARTING, OPENING),
        ((*RUNNING, "reader fails for good"), S.PARKED, "unplugged"),
        ((*RUNNING, "reader fails for good", "perceiver fails"), S.PARKED, "unplugged"),
        ((*RUNNING, "reader fails for good", "unpark"), S.STARTING, OPENING),
        (("reader fails for good", "stop"), S.PARKED, "unplugged"),
        ((*RUNNING, "end", "stop"), S.ENDED, "the source has ended"),
        ((*RUNNING, "stop", "reader fails", *RUNNING), S.STOPPED, ""),
    ],
)
def test_where_events_lead(events: tuple[str, ...], state: LaneState, reason: str) -> None:
    standing = at(*events).standing
    assert (standing.state, standing.reason) == (state, reason)


def test_a_forbidden_transition_is_a_bug_and_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.loop.states.NEXT", {**NEXT, S.STARTING: frozenset()})
    with pytest.raises(AssertionError, match="the face lane cannot go from starting to running"):
        at(*RUNNING)


def test_a_lane_that_is_parked_again_for_the_same_reason_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    machine = at("reader fails for good", "unpark", "reader fails for good", "unpark", "reader fails for good")
    assert len(caplog.records) == 1
    for event in ("unpark", *RUNNING, "reader fails for good"):
        EVENTS[event](machine)
    assert len(caplog.records) == 2, "it worked in between, so it is news"
