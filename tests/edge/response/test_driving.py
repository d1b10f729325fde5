"""How much a driver has to do: what the vehicle says, and what the head shows. No vehicle was ever connected."""

from __future__ import annotations

import pytest

from edge.affect import Reading, Sense
from edge.perception.face.cues import YAW
from edge.response.driving import Driving, Road, Workload
from tests.edge.response.support import SECOND

LOW, MEDIUM, HIGH = Workload


def head(yaw: float | None, at_s: float, sense: Sense = Sense.FACE) -> Reading:
    cues = () if yaw is None else (YAW.cue(yaw),)
    return Reading(sense, int(at_s * SECOND), None, 0.0, cues, "not asked")


def said(at_s: float, workload: Workload | None = None, speed_kmh: float | None = None, lasts_s: float = 10) -> Driving:
    return Driving(int(at_s * SECOND), int(lasts_s * SECOND), speed_kmh, workload)


def test_where_no_vehicle_ever_spoke_the_workload_is_low() -> None:
    assert Road().workload(10**15) is LOW


@pytest.mark.parametrize("workload", Workload)
def test_what_the_vehicle_says_holds_for_its_lifetime_and_then_counts_as_medium(workload: Workload) -> None:
    road = Road()
    road.hear(said(100, workload))
    assert road.workload(110 * SECOND) is workload
    assert not road.lost(110 * SECOND)
    assert road.workload(110 * SECOND + 1) is MEDIUM
    assert road.lost(110 * SECOND + 1)
    road.hear(said(200, LOW))
    assert road.workload(201 * SECOND) is LOW


def test_a_speed_alone_says_only_whether_it_stands() -> None:
    road = Road()
    assert not road.standing(0)
    road.hear(said(0, speed_kmh=7.9))
    assert (road.standing(SECOND), road.workload(SECOND)) == (True, LOW)
    assert not road.standing(11 * SECOND)
    road.hear(said(20, speed_kmh=8.0))
    assert not road.standing(21 * SECOND)


def looks(road: Road, *yaws: float | None, at_s: float = 0.0) -> None:
    for place, yaw in enumerate(yaws):
        road.see(head(yaw, at_s + place * 0.5))


def test_a_head_that_goes_out_and_back_and_out_is_busy_for_a_while() -> None:
    road = Road()
    looks(road, 0, 40, 40, 0)
    assert road.workload(2 * SECOND) is LOW, "one look is none"
    looks(road, 40, at_s=2.0)
    assert road.workload(2 * SECOND) is HIGH
    assert road.workload(8 * SECOND) is HIGH
    assert road.workload(9 * SECOND) is LOW


def test_a_head_that_turns_slowly_or_is_not_seen_is_not_busy() -> None:
    road = Road()
    for place in range(40):
        road.see(head((place % 20) * 6.0 if place < 20 else (40 - place) * 6.0, place * 0.6))
    assert road.workload(25 * SECOND) is LOW
    looks(road, None, None, None, None, None, at_s=30)
    assert road.workload(32 * SECOND) is LOW


def test_a_turn_needs_to_be_seen_within_its_time_and_by_the_face() -> None:
    road = Road()
    for place, yaw in enumerate((0, 40, 0, 40, 0)):
        road.see(head(yaw, place * 1.0))
        road.see(head(yaw * 2, place * 0.1, Sense.VOICE))
    assert road.workload(4 * SECOND) is LOW
