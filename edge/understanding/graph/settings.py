"""Settings of the graph."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from edge.section import Section


class GraphSettings(Section):
    """What an event that was told of counts as evidence for a feeling, beside the words themselves."""

    LIVE: ClassVar[frozenset[str]] = frozenset({"weight_en", "weight_zh", "below"})

    weight_en: float = Field(
        default=0.0,
        ge=0,
        le=0.5,
        title="Weight in English",
        description="share of the distribution that an event in English words gives; 0: events are told, not counted",
    )
    weight_zh: float = Field(
        default=0.2,
        ge=0,
        le=0.5,
        title="Weight in Chinese",
        description="share of the distribution that an event in Chinese words gives; 0: events are told, not counted",
    )
    below: float = Field(
        default=0.45,
        ge=0,
        le=1,
        title="Only below",
        description="an event counts only where the words alone are less sure than this",
    )
