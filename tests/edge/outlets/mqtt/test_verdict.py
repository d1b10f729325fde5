from __future__ import annotations

import random

import pytest

from edge.outlets.mqtt.backoff import JITTER
from edge.outlets.mqtt.verdict import HOLDS, WAITS_S, Holds, Verdict, verdict


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (0, Verdict.TAKEN),
        (16, Verdict.NOBODY),
        (128, Verdict.BUSY),
        (131, Verdict.BUSY),
        (135, Verdict.FORBIDDEN),
        (144, Verdict.SPOILT),
        (145, Verdict.BUSY),
        (149, Verdict.SPOILT),
        (151, Verdict.BUSY),
        (153, Verdict.SPOILT),
    ],
)
def test_each_reason_of_the_broker_has_its_consequence(code: int, found: Verdict) -> None:
    assert verdict(code) is found


def holds() -> Holds:
    return Holds(random.Random(1))  # noqa: S311 - no secret


def test_a_topic_is_held_back_longer_each_time_and_freed_by_success() -> None:
    held, now, waits = holds(), 0.0, []
    for _ in range(12):
        wait_s = held.hold("a", Verdict.FORBIDDEN, now)
        assert wait_s is not None
        assert held.held(now) == ["a"]
        assert held.due(now) == now + wait_s
        waits.append(wait_s)
        now += wait_s + 0.001
        assert held.held(now) == []
    first, longest = WAITS_S[Verdict.FORBIDDEN]
    assert first * (1 - JITTER) <= waits[0] <= first * (1 + JITTER)
    assert longest * (1 - JITTER) <= waits[-1] <= longest * (1 + JITTER)
    held.free("a")
    again = held.hold("a", Verdict.FORBIDDEN, now)
    assert again is not None
    assert again <= first * (1 + JITTER)


def test_several_that_were_on_their_way_count_as_one_refusal() -> None:
    held = holds()
    assert held.hold("a", Verdict.FORBIDDEN, 0.0) is not None
    assert held.hold("a", Verdict.FORBIDDEN, 0.1) is None
    assert held.hold("b", Verdict.BUSY, 0.1) is not None


def test_a_topic_that_was_busy_and_is_then_forbidden_waits_as_long_as_a_forbidden_one() -> None:
    held = holds()
    held.hold("a", Verdict.BUSY, 0.0)
    wait_s = held.hold("a", Verdict.FORBIDDEN, 100.0)
    assert wait_s is not None
    assert wait_s >= WAITS_S[Verdict.FORBIDDEN][0] * (1 - JITTER)


def test_only_so_many_topics_are_remembered() -> None:
    held = holds()
    for number in range(3 * HOLDS):
        held.hold(str(number), Verdict.BUSY, 0.0)
    assert len(held.held(0.1)) == HOLDS
