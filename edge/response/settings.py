"""Settings of the answer: when the device speaks, and how it addresses the person."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, field_validator

from edge.response.candidates import Source
from edge.response.hours import hours_of
from edge.response.template import Formality, Warmth
from edge.section import Section

Rest = Annotated[float, Field(ge=0, le=86_400)]
"""Seconds."""


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
            "pause_s",
            "wait_s",
            "settle_s",
            "clear_confidence",
            "least_change",
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
    pause_s: float = Field(
        default=0.6,
        ge=0.2,
        le=3,
        title="Pause",
        description="seconds without speech after which somebody counts as having finished; needs the voice sense",
    )
    wait_s: float = Field(
        default=6.0,
        ge=0,
        le=8,
        title="Longest wait",
        description="seconds that an answer waits for somebody who is speaking to finish; then it is dropped. 0: nobody"
        " is waited for",
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
    least_change: float = Field(
        default=0.25,
        ge=0,
        le=2,
        title="Least change",
        description="distance in valence and arousal from what was spoken to last, before the device remarks on it;"
        " both go from -1 to 1",
    )
    per_hour: int = Field(default=60, ge=0, le=3600, title="Replies per hour", description="most replies in any hour")
    remarks_per_hour: int = Field(
        default=6,
        ge=0,
        le=3600,
        title="Remarks per hour",
        description="most replies in any hour to nothing that was said",
    )
    dismissed_s: tuple[Rest, ...] = Field(
        default=(600.0, 1800.0, 7200.0),
        min_length=1,
        max_length=8,
        title="Rests after a dismissal",
        description='seconds of silence after "leave me alone", longer when it is repeated; a question or a greeting'
        " ends them. A single number stands for one length",
    )
    sources: tuple[Source, ...] = Field(
        default=tuple(Source),
        min_length=1,
        title="Sources",
        description="what a reply may come from: templates, retrieval (answers to what is like it in the corpora) and"
        " model (what was said is told back); where the others have nothing, templates stand in",
    )
    seed: int | None = Field(
        default=None, title="Seed", description="a number makes the choice among fitting replies repeatable, for tests"
    )

    @field_validator("dismissed_s", mode="before")
    @classmethod
    def _may_be_one(cls, written: object) -> object:
        return (written,) if isinstance(written, int | float) and not isinstance(written, bool) else written

    @field_validator("quiet_hours")
    @classmethod
    def _are_hours(cls, written: str) -> str:
        hours_of(written)
        return written
