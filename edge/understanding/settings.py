"""Settings of understanding."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from edge.section import Section
from edge.understanding.abstention import AbstentionSettings
from edge.understanding.driver.settings import DriverSettings
from edge.understanding.episodes import EpisodeSettings
from edge.understanding.filter import FilterSettings
from edge.understanding.graph.settings import GraphSettings
from edge.understanding.person.settings import PersonSettings
from edge.understanding.sarcasm import SarcasmSettings
from edge.understanding.turns import TurnsSettings
from edge.understanding.wellbeing.settings import WellbeingSettings


class UnderstandingSettings(Section):
    """How Readings become a State."""

    LIVE: ClassVar[frozenset[str]] = frozenset(
        {"face_weight", "voice_weight", "text_weight", "min_confidence", "min_evidence", "margin"}
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
        default=0.2,
        ge=0,
        le=0.5,
        title="Margin",
        description="another emotion must lead the present one by this probability, so that labels do not flicker",
    )
    filter: FilterSettings = Field(
        default=FilterSettings(), title="Filter", description="how fast belief follows what is seen"
    )
    episodes: EpisodeSettings = Field(
        default=EpisodeSettings(), title="Episodes", description="when an emotion that is told becomes an episode"
    )
    driver: DriverSettings = Field(
        default=DriverSettings(), title="Driver", description="when a driver counts as tired, asleep or looking away"
    )
    wellbeing: WellbeingSettings = Field(
        default=WellbeingSettings(), title="Wellbeing", description="a summary of each day, where that is consented to"
    )
    person: PersonSettings = Field(
        default=PersonSettings(), title="Person", description="what is usual for a person, learned with consent"
    )
    graph: GraphSettings = Field(
        default=GraphSettings(), title="Events", description="what an event that was told of counts as evidence"
    )
    turns: TurnsSettings = Field(
        default=TurnsSettings(), title="Turns", description="how the utterances before change what is made of one"
    )
    sarcasm: SarcasmSettings = Field(
        default=SarcasmSettings(), title="Sarcasm", description="when cheerful words are doubted"
    )
    abstention: AbstentionSettings = Field(
        default=AbstentionSettings(),
        title="Abstention",
        description="when senses that do not go together make the State unsure",
    )
