"""Why nothing is said: every silence has a reason that can be told, in both languages (``silence.toml``)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from math import ceil
from typing import TYPE_CHECKING, Any

from edge.data_file import read_table

if TYPE_CHECKING:
    from edge.affect import Language

MINUTES_FROM_S = 90
HOURS_FROM_S = 90 * 60
"""From here on a time is told in minutes, and in hours."""


class Why(StrEnum):
    """The reasons, those that the household or the person gave first."""

    QUIET = "quiet"
    PLACE = "place"
    HOURS = "hours"
    RESTING = "resting"
    SPEECH = "speech"
    WAITED = "waited"
    COMPANY = "company"
    DRIVING = "driving"
    VEHICLE = "vehicle"
    CALM = "calm"
    UNCLEAR = "unclear"
    UNSETTLED = "unsettled"
    COOLDOWN = "cooldown"
    ADDRESSED = "addressed"
    UNCHANGED = "unchanged"
    GAP = "gap"
    RATE = "rate"
    REMARKS = "remarks"
    UNNEEDED = "unneeded"
    WORDLESS = "wordless"


@dataclass(frozen=True, slots=True)
class Silence:
    """One reason, and for how many seconds it goes on where that is known."""

    why: Why
    left_s: float = 0.0

    def told(self, language: Language) -> str:
        """The reason in words: "resting for 9 min"."""
        template: str = _wording()[language.value][self.why.value]
        return template.format(time=_time(self.left_s, language))


def _time(seconds: float, language: Language) -> str:
    """Never less than what is left: nobody is told that a rest is over while it lasts."""
    units = _wording()["units"][language.value]
    if seconds <= MINUTES_FROM_S:
        return str(units["s"].format(ceil(seconds)))
    if seconds <= HOURS_FROM_S:
        return str(units["min"].format(ceil(seconds / 60)))
    return str(units["h"].format(ceil(seconds / 360) / 10)).replace(".0", "")


@cache
def _wording() -> dict[str, Any]:
    return read_table(files("edge.response").joinpath("silence.toml"))
