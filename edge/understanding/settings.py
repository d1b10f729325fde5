"""Settings of understanding."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from edge.section import Section
from edge.understanding.abstention import AbstentionSettings
from edge.understanding.driver.settings import DriverSettings
from edge.understanding.wellbeing.settings import WellbeingSettings


class UnderstandingSettings(Section):
    """How Readings become a State."""

    LIVE: ClassVar[frozenset[str]] = frozenset(
        {"face_weight", "voice_weight", "text_weight", "min_confidence", "min_evidence", "margin", "smoothing_s"}
    )

    face_weight: float = Field(
        default=1.0,
        ge=0,
        le=1,
        title="Weight of the face",
        description="factor on what the face adds by its fitted reliability (models/fusion-pool), 0 ignores it",
    )
    voice_weight: float = Field(
        default=1.0,
        ge=0,
        le=1,
        title="Weight of the voice",
        description="factor on what the voice adds by its fitted reliability (models/fusion-pool), 0 ignores it",
    )
    text_weight: float = Field(
        default=1.0,
        ge=0,
        le=1,
        title="Weight of the words",
        description="factor on what the text adds by its fitted reliability (models/fusion-pool), 0 ignores it",
    )
    min_confidence: float = Field(
        default=0.45,
        ge=0,
        le=1,
        title="Least confidence",
        description="below this probability of the leading emotion the State is unsure",
    )
    min_evidence: float = Field(
        default=0.15,
        ge=0,
        le=1,
        title="Least evidence",
        description="below this sum of weight times quality over all senses the State is unsure",
    )
    margin: float = Field(
        default=0.05,
        ge=0,
        le=0.5,
        title="Margin",
        description="a new emotion must lead the present one by this probability, so that labels do not flicker",
    )
    smoothing_s: float = Field(
        default=0.8,
        gt=0,
        le=30,
        title="Smoothing",
        description="time constant of the filter over the State, in seconds of evidence",
    )
    driver: DriverSettings = Field(
        default=DriverSettings(), title="Driver", description="when a driver counts as tired, asleep or looking away"
    )
    wellbeing: WellbeingSettings = Field(
        default=WellbeingSettings(), title="Wellbeing", description="a summary of each day, where that is consented to"
    )
    abstention: AbstentionSettings = Field(
        default=AbstentionSettings(),
        title="Abstention",
        description="when senses that do not go together make the State unsure",
    )
