"""The facts of one week, and of the weeks that led to it: what the text and the picture tell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from edge.affect import EMOTIONS
from edge.errors import InputError
from edge.understanding.wellbeing.agreement import Agreement, agreement
from edge.understanding.wellbeing.change import Change, change

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from edge.understanding.wellbeing.day import Day
    from edge.understanding.wellbeing.robust import Estimate

SHOWN = 28
"""Days in the picture, the week of the report last."""


@dataclass(frozen=True, slots=True)
class Report:
    """One week of one profile.

    ``days`` are all days up to the week's Sunday that are kept; ``counted`` those of them with enough told minutes.
    """

    profile: str
    monday: date
    days: Mapping[date, Day]
    counted: frozenset[date]
    change: Change
    agreement: Agreement

    @property
    def week(self) -> str:
        """As ISO 8601 writes it: 2026-W48."""
        year, number, _ = self.monday.isocalendar()
        return f"{year}-W{number:02d}"

    @property
    def sunday(self) -> date:
        """The last day of the week."""
        return self.monday + timedelta(days=6)

    def in_week(self) -> dict[date, Day]:
        """The counted days of the week, in order."""
        return {day: self.days[day] for day in sorted(self.counted) if self.monday <= day <= self.sunday}

    def taps(self) -> dict[date, Day]:
        """The days of the week on which a mood was tapped."""
        return {day: entry for day, entry in self.days.items() if self.monday <= day <= self.sunday and entry.moods}


def report(
    profile: str, days: Mapping[date, Day], monday: date, least_minutes: float, weekend: Collection[int]
) -> Report:
    """The facts as they stood at the end of that week: what came later changes nothing."""
    until = {day: entry for day, entry in sorted(days.items()) if day <= monday + timedelta(days=6)}
    counted = frozenset(day for day, entry in until.items() if counts(entry, least_minutes))
    valence = {day: entry.valence for day, entry in until.items() if day in counted and entry.valence is not None}
    moods = {day: entry.mood for day, entry in until.items() if entry.mood is not None}
    return Report(profile, monday, until, counted, change(valence, weekend), agreement(valence, moods))


def counts(day: Day, least_minutes: float) -> bool:
    """Whether enough was told of a day."""
    return day.valence is not None and day.told_minutes >= least_minutes


def monday_of(week: str) -> date:
    """The Monday of ``YYYY-Www``. Raises InputError."""
    match = re.fullmatch(r"(\d{4})-W(\d{2})", week)
    try:
        if match is None:
            raise ValueError  # noqa: TRY301 - told below, with a week that does not exist
        return date.fromisocalendar(int(match[1]), int(match[2]), 1)
    except ValueError:
        problem = f"{week!r} is no week; YYYY-Www by ISO 8601 is, e.g. 2026-W48"
        raise InputError(problem, "Type a week that exists") from None


def usual_week(days: Mapping[date, Day], today: date) -> date:
    """The Monday of the last full week; of the present one where that has no day."""
    present = today - timedelta(days=today.isoweekday() - 1)
    before = present - timedelta(days=7)
    return before if any(before <= day < present for day in days) else present


def day_record(day: date, entry: Day, least_minutes: float) -> dict[str, Any]:
    """A day as plain data."""
    return {
        "day": day.isoformat(),
        "counts": counts(entry, least_minutes),
        "minutes": round(entry.minutes, 1),
        "told_minutes": round(entry.told_minutes, 1),
        "valence": _rounded(entry.valence),
        "valence_sd": _rounded(entry.valence_sd),
        "arousal": _rounded(entry.arousal),
        "arousal_sd": _rounded(entry.arousal_sd),
        "shares": {emotion.value: round(share, 3) for emotion, share in zip(EMOTIONS, entry.shares, strict=True)},
        "unsure": round(entry.unsure, 3),
        "episodes": entry.episodes,
        "moods": list(entry.moods),
    }


def report_record(found: Report, least_minutes: float) -> dict[str, Any]:
    """A report as plain data. The slope is per week; ``told`` is "trend", "step" or null."""
    step = found.change.step
    return {
        "profile": found.profile,
        "week": found.week,
        "days": [day_record(day, entry, least_minutes) for day, entry in found.days.items() if found.monday <= day],
        "change": {
            "days": found.change.days,
            "told": found.change.told,
            "slope": _estimate(found.change.slope),
            "step": step and {"day": step.day.isoformat(), "by": round(step.by, 3), "chance": round(step.chance, 4)},
            "rest": _estimate(found.change.rest),
            "persistence": _rounded(found.change.persistence),
        },
        "agreement": {
            "days": found.agreement.days,
            "told": found.agreement.told,
            "spearman": _estimate(found.agreement.rho),
        },
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _estimate(estimate: Estimate | None) -> dict[str, float] | None:
    if estimate is None:
        return None
    return {"value": round(estimate.value, 4), "low": round(estimate.low, 4), "high": round(estimate.high, 4)}
