"""Hours of the day as one writes them: ``22:00-07:00``."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

_FORM = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
DAY = 24 * 60
"""Minutes."""


@dataclass(frozen=True, slots=True)
class Hours:
    """From one minute of the day up to another, over midnight where the second comes first."""

    begin: int
    end: int

    def hold(self, minute: int) -> bool:
        """Whether ``minute`` of the day (0 to DAY - 1) is among them; the last one is not."""
        if self.begin < self.end:
            return self.begin <= minute < self.end
        return minute >= self.begin or minute < self.end


def minute_of_day() -> int:
    """The minute of the local day, now."""
    now = time.localtime()
    return 60 * now.tm_hour + now.tm_min


def hours_of(written: str) -> Hours | None:
    """The hours; None for no text. Raises ValueError saying what is wrong and how they are written."""
    if not written:
        return None
    found = _FORM.fullmatch(written.strip())
    if found is None:
        message = f"{written!r} is no span of hours; write it as 22:00-07:00"
        raise ValueError(message)
    begin, end = (_minute(hour, minute, written) for hour, minute in (found.group(1, 2), found.group(3, 4)))
    if begin == end:
        message = f"{written!r} begins and ends at the same time; for always there is quiet = true"
        raise ValueError(message)
    return Hours(begin, end)


def _minute(hour: str, minute: str, written: str) -> int:
    if int(hour) >= 24 or int(minute) >= 60:  # noqa: PLR2004 - a day and an hour
        message = f"{hour}:{minute} in {written!r} is no time of the day; it goes from 00:00 to 23:59"
        raise ValueError(message)
    return 60 * int(hour) + int(minute)
