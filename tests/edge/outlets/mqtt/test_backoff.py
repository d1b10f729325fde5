from __future__ import annotations

import random

from edge.outlets.mqtt.backoff import (
    FIRST_REFUSED_WAIT_S,
    FIRST_WAIT_S,
    JITTER,
    LONGEST_REFUSED_WAIT_S,
    LONGEST_WAIT_S,
    STEADY_S,
    Backoff,
)
from edge.outlets.mqtt.faults import Fault
from edge.outlets.mqtt.phase import NEXT, Phase

NETWORK = Fault("nothing listens", "Start it")
REFUSED = Fault("wrong password", "Correct it", lasting=True)


def backoff_with(seed: int) -> Backoff:
    return Backoff(random.Random(seed))  # noqa: S311 - no secret


def test_waits_grow_to_a_limit_and_vary() -> None:
    backoff = backoff_with(1)
    waits = [backoff.after(NETWORK, 0.0) for _ in range(40)]
    assert FIRST_WAIT_S * (1 - JITTER) <= waits[0] <= FIRST_WAIT_S * (1 + JITTER)
    assert max(waits) <= LONGEST_WAIT_S * (1 + JITTER)
    assert min(waits[10:]) >= LONGEST_WAIT_S * (1 - JITTER)
    assert len(set(waits)) == len(waits)


def test_only_a_steady_connection_makes_the_next_wait_short_again() -> None:
    backoff = backoff_with(1)
    for _ in range(10):
        backoff.after(NETWORK, STEADY_S / 2)
    assert backoff.after(NETWORK, STEADY_S / 2) > FIRST_WAIT_S * 2
    assert backoff.after(NETWORK, STEADY_S) <= FIRST_WAIT_S * (1 + JITTER)


def test_a_refusal_waits_long_from_the_first_time_and_ever_longer() -> None:
    backoff = backoff_with(1)
    waits = [backoff.after(REFUSED, 0.0) for _ in range(10)]
    assert FIRST_REFUSED_WAIT_S * (1 - JITTER) <= waits[0] <= FIRST_REFUSED_WAIT_S * (1 + JITTER)
    assert max(waits) <= LONGEST_REFUSED_WAIT_S * (1 + JITTER)
    assert min(waits[5:]) >= LONGEST_REFUSED_WAIT_S * (1 - JITTER)


def test_a_refusal_and_the_network_wait_each_for_themselves() -> None:
    backoff = backoff_with(1)
    for _ in range(10):
        backoff.after(NETWORK, 0.0)
    assert backoff.after(REFUSED, 0.0) <= FIRST_REFUSED_WAIT_S * (1 + JITTER)
    backoff.after(REFUSED, 0.0)
    assert backoff.after(REFUSED, STEADY_S) <= FIRST_REFUSED_WAIT_S * (1 + JITTER)


def test_every_phase_can_be_stopped_and_only_an_attempt_leads_online() -> None:
    assert set(NEXT) == set(Phase)
    assert all(Phase.STOPPED in after for phase, after in NEXT.items() if phase is not Phase.STOPPED)
    assert [phase for phase, after in NEXT.items() if Phase.ONLINE in after] == [Phase.CONNECTING]
