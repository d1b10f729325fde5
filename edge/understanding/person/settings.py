"""Settings of what is learned of a person."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, field_validator

from edge.section import Section
from edge.understanding.person.names import checked


class PersonSettings(Section):
    """What is usual for a person. Learned only with a grant for the purpose "personal"."""

    LIVE: ClassVar[frozenset[str]] = frozenset({"profile", "minutes", "least_quality", "save_minutes", "correction"})

    profile: str = Field(
        default="",
        max_length=32,
        title="Profile",
        description="whose usual is learned and used until `rapport profile` selects another; empty: nobody's. "
        "1 to 32 letters, digits, spaces and - _ ' . of any script, a letter or digit first",
    )
    minutes: float = Field(
        default=10.0,
        ge=1,
        le=600,
        title="Minutes",
        description="minutes of evidence of a sense before anything is told relative to the person's usual",
    )
    half_life_h: float = Field(
        default=10.0,
        ge=0.5,
        le=1000,
        title="Half-life",
        description="hours of evidence of a sense after which what was learned counts half",
    )
    least_quality: float = Field(
        default=0.4, ge=0, le=1, title="Least quality", description="a Reading of lower quality teaches nothing"
    )
    save_minutes: float = Field(
        default=5.0,
        ge=1,
        le=60,
        title="Save",
        description="minutes between two writings of what was learned; it is also written at stop",
    )
    correction: float = Field(
        default=0.0,
        ge=0,
        le=0.5,
        title="Correction",
        description="nats by which at most an emotion's log-probability of the face is moved for what this face always "
        "looks like; 0: never",
    )

    @field_validator("profile")
    @classmethod
    def _is_a_name(cls, value: str) -> str:
        return checked(value) if value else value
