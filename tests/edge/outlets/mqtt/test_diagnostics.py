"""What the home is told of the device itself, and when."""

from __future__ import annotations

import pytest

from edge.affect import Sense
from edge.outlets.mqtt.diagnostics import (
    LOOK_S,
    RATE_OVER_S,
    RESEND_S,
    RULES,
    Diagnostics,
    DiagnosticsPayload,
    Sources,
    without_directories,
)
from edge.outlets.mqtt.health import Health, LaneHealth

COUNTS = {"dropped": 0, "connections": 1, "refused": 0}


class Board:
    """A device whose health is as it is set."""

    def __init__(self) -> None:
        self.health = Health()
        self.left = 8.0
        self.told = Diagnostics(Sources(health=lambda: self.health, budget=lambda: self.left))

    def lane(self, state: str, trouble: str = "", restarts: int = 0, pictures: int = 0) -> None:
        face = LaneHealth(Sense.FACE, state, trouble, restarts, dropped=restarts)
        self.health = Health((face,), pictures, {"face-expression": "3"})

    def at(self, now: float) -> DiagnosticsPayload | None:
        return self.told.take(now, lambda: COUNTS)


def test_every_figure_has_a_pace_of_its_own() -> None:
    assert RULES.keys() == DiagnosticsPayload.model_fields.keys()


def test_a_lane_in_trouble_is_told_at_the_next_look_and_its_error_stays_known() -> None:
    board = Board()
    board.lane("running")
    first = board.at(0.0)
    assert first is not None
    assert (first.lanes.face, first.lanes.voice, first.last_error) == ("running", "not used", None)
    assert board.at(LOOK_S) is None, "nothing has changed"
    board.lane("backing off", "/home/ann/film.avi is gone", restarts=1)
    trouble = board.at(2 * LOOK_S)
    assert trouble is not None
    assert (trouble.lanes.face, trouble.restarts) == ("backing off", 1)
    assert trouble.last_error == "face: …/film.avi is gone"
    board.lane("running", restarts=1)
    well = board.at(3 * LOOK_S)
    assert well is not None
    assert (well.lanes.face, well.last_error) == ("running", "face: …/film.avi is gone")


def test_counters_change_no_more_often_than_their_floor_and_the_last_goes_out() -> None:
    board = Board()
    board.lane("running")
    board.at(0.0)
    for step in range(1, 5):
        board.health = Health((LaneHealth(Sense.FACE, "running", dropped=step),), 0, board.health.models)
        assert board.at(step * LOOK_S) is None
    last = board.at(10.0)
    assert last is not None
    assert last.dropped_frames == 4


def test_it_is_said_again_and_whoever_forgot_hears_it_twice() -> None:
    board = Board()
    board.lane("running")
    board.at(0.0)
    board.at(RATE_OVER_S)  # the frame rate is known from here on
    assert board.at(RATE_OVER_S + RESEND_S - 0.1) is None
    assert board.at(RATE_OVER_S + RESEND_S) is not None
    board.told.say_anew(80.0)
    assert board.at(80.0) is not None
    assert board.at(81.0) is None
    assert board.at(82.0) is not None


def test_the_frame_rate_is_of_the_pictures_that_were_looked_at() -> None:
    board = Board()
    board.lane("running")
    first = board.at(0.0)
    assert first is not None
    assert first.frames_per_s is None, "nobody knows before"
    board.lane("running", pictures=95)
    told = board.at(RATE_OVER_S)
    assert told is not None
    assert told.frames_per_s == 9.5


def test_a_budget_that_is_spent_is_told_and_one_that_is_not_there_is_null() -> None:
    board = Board()
    first = board.at(0.0)
    assert first is not None
    assert first.budget_left == 8.0
    board.left = 6.25
    spent = board.at(LOOK_S)
    assert spent is not None
    assert spent.budget_left == 6.25
    none = Diagnostics(Sources()).take(0.0, lambda: COUNTS)
    assert none is not None
    assert (none.budget_left, Diagnostics(Sources()).budgeted, board.told.budgeted) == (None, False, True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("/home/ann/my-words.txt is gone", "…/my-words.txt is gone"),
        ("'/dev/video0' is busy", "'…/video0' is busy"),
        ("12 frames/s of 15 /s", "12 frames/s of 15 /s"),
        ("read /a/b/c: no such file, see /d/e", "read …/c: no such file, see …/e"),
    ],
)
def test_where_a_file_lies_is_not_told(text: str, told: str) -> None:
    assert without_directories(text) == told
