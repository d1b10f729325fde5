"""Settings of wellbeing over days."""

from __future__ import annotations

from typing import ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from edge.section import Section


class WellbeingSettings(Section):
    """A summary of each day. Nothing is kept without a grant for the purpose wellbeing."""

    LIVE: ClassVar[frozenset[str]] = frozenset({"profile", "days_kept", "least_minutes", "weekend", "write_every_s"})

    profile: str = Field(
        default="default",
        min_length=1,
        max_length=64,
        pattern=r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$",
        title="Profile",
        description="whose days these are; any script, no control characters",
    )
    timezone: str = Field(
        default="",
        max_length=64,
        title="Time zone",
        description='where a day begins, as an IANA name ("Europe/Berlin", "Asia/Shanghai"); empty: the device\'s own',
    )
    days_kept: int = Field(
        default=90,
        ge=14,
        le=366,
        title="Days kept",
        description="a summary older than this is deleted; a trend needs three weeks",
    )
    least_minutes: float = Field(
        default=20,
        ge=1,
        le=600,
        title="Least minutes",
        description="a day with fewer minutes in which a feeling was told is shown as missing and counts for nothing",
    )
    weekend: tuple[int, ...] = Field(
        default=(6, 7),
        max_length=6,
        title="Weekend",
        description="days of rest, 1 Monday to 7 Sunday; they are compared with the others and taken out of a trend",
    )
    write_every_s: float = Field(
        default=300,
        ge=10,
        le=1800,
        title="Written every",
        description="seconds between two writes; a power cut loses what was seen since the last one",
    )

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        if value:
            try:
                ZoneInfo(value)
            except (ZoneInfoNotFoundError, ValueError, OSError) as error:
                message = f"{value!r} is no time zone that this system knows (is the package tzdata installed?)"
                raise ValueError(message) from error
        return value

    @field_validator("weekend")
    @classmethod
    def _days_of_a_week(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        wrong = [day for day in value if not 1 <= day <= 7]  # noqa: PLR2004 - ISO 8601
        if wrong:
            message = f"{wrong[0]} is no day of a week; 1 (Monday) to 7 (Sunday) are"
            raise ValueError(message)
        return tuple(sorted(set(value)))
