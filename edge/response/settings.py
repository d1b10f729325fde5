"""Settings of the answer: when the device speaks, and how it addresses the person."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, field_validator

from edge.response.hours import hours_of
from edge.response.template import Formality, Warmth
from edge.section import Section


class ResponseSettings(Section):
    """When the device speaks. What it says is decided by rules and by the template files."""

    LIVE: ClassVar[frozenset[str]] = frozenset(
        {
            "quiet",
            "quiet_hours",
            "person",
            "device",
            "min_gap_s",
            "cooldown_s",
            "settle_s",
            "clear_confidence",
            "per_hour",
            "remarks_per_hour",
            "dismissed_s",
            "formality",
            "warmth",
        }
    )

    quiet: bool = Field(default=False, title="Quiet", description="true: the device never answers and never remarks")
    quiet_hours: str = Field(
        default="",
        title="Quiet hours",
        description='local time, such as "22:00-07:00", in which nothing is said unasked; who speaks to the device is'
        " answered, and a driver is warned",
    )
    person: str = Field(
        default="", max_length=40, title="Person", description="how the person wants to be called; empty: by no name"
    )
    device: str = Field(
        default="", max_length=40, title="Device", description="what the device calls itself; empty: by no name"
    )
    formality: Formality = Field(
        default=Formality.CASUAL,
        title="Formality",
        description="formal: Chinese with 您, English without contractions",
    )
    warmth: Warmth = Field(
        default=Warmth.WARM, title="Warmth", description="plain: a matter-of-fact tone; warm: a closer one"
    )
    min_gap_s: float = Field(
        default=2.0, ge=0, le=60, title="Shortest gap", description="seconds after a reply in which words get no answer"
    )
    cooldown_s: float | None = Field(
        default=None,
        ge=0,
        le=3600,
        title="Cooldown",
        description="seconds after a reply before the device may speak unasked; by default the context's own",
    )
    settle_s: float = Field(
        default=2.0,
        ge=0,
        le=60,
        title="Settling time",
        description="seconds for which an emotion must have lasted before the device remarks on it",
    )
    clear_confidence: float = Field(
        default=0.6,
        ge=0,
        le=1,
        title="Clearly felt",
        description="confidence that the State must have before the device remarks on it without being spoken to",
    )
    per_hour: int = Field(default=60, ge=0, le=3600, title="Replies per hour", description="most replies in any hour")
    remarks_per_hour: int = Field(
        default=6,
        ge=0,
        le=3600,
        title="Remarks per hour",
        description="most replies in any hour to nothing that was said",
    )
    dismissed_s: float = Field(
        default=600.0,
        ge=0,
        le=86_400,
        title="Rest after a dismissal",
        description='seconds of silence after "leave me alone"; a question or a greeting ends it',
    )
    seed: int | None = Field(
        default=None, title="Seed", description="a number makes the choice among fitting replies repeatable, for tests"
    )

    @field_validator("quiet_hours")
    @classmethod
    def _are_hours(cls, written: str) -> str:
        hours_of(written)
        return written
