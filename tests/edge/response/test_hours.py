from __future__ import annotations

import pytest
from pydantic import ValidationError

from edge.affect import Emotion
from edge.response.hours import DAY, Hours, hours_of
from edge.response.settings import ResponseSettings
from tests.edge.response.support import SECOND, responder, said, state_of

NIGHT = "22:00-07:00"


def at(hour: int, minute: int = 0) -> int:
    return 60 * hour + minute


def test_hours_go_over_midnight_and_their_end_is_not_among_them() -> None:
    night = hours_of("22:00-07:00")
    assert night == Hours(at(22), at(7))
    held = [minute for minute in range(DAY) if night.hold(minute)]
    assert held == [*range(at(7)), *range(at(22), DAY)]
    assert [minute for minute in range(DAY) if Hours(at(13), at(14, 30)).hold(minute)] == [*range(at(13), at(14, 30))]
    assert hours_of(" 9:05 - 10:00 ") == Hours(at(9, 5), at(10))
    assert hours_of("") is None


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("night", "write it as 22:00-07:00"),
        ("22-7", "write it as 22:00-07:00"),
        ("24:00-07:00", "24:00 in '24:00-07:00' is no time of the day"),
        ("22:60-07:00", "22:60"),
        ("07:00-07:00", "quiet = true"),
        ("２２:００-０７:００x", "write it as 22:00-07:00"),
    ],
)
def test_what_is_no_span_of_hours_is_refused_with_the_way_to_write_it(written: str, told: str) -> None:
    with pytest.raises(ValidationError, match="quiet_hours") as refused:
        ResponseSettings(quiet_hours=written)
    assert told in str(refused.value)


@pytest.mark.parametrize(("minute", "speaks"), [(at(23), False), (at(6, 59), False), (at(7), True), (None, True)])
def test_nothing_is_said_unasked_in_the_quiet_hours(minute: int | None, *, speaks: bool) -> None:
    device = responder(quiet_hours=NIGHT)
    device.respond(state_of(Emotion.SAD), None, 0, minute)
    remark = device.respond(state_of(Emotion.SAD), None, 5 * SECOND, minute)
    assert (remark is not None) is speaks


def test_who_speaks_to_the_device_is_answered_in_the_quiet_hours() -> None:
    assert (
        responder(quiet_hours=NIGHT).respond(state_of(Emotion.SAD), said("I can't sleep, I am so sad."), 0, at(2))
        is not None
    )


def test_other_quiet_hours_count_at_once() -> None:
    device = responder(quiet_hours=NIGHT)
    device.adopt(ResponseSettings())
    device.respond(state_of(Emotion.SAD), None, 0, at(2))
    assert device.respond(state_of(Emotion.SAD), None, 5 * SECOND, at(2)) is not None
