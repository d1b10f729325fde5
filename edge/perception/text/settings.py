"""Settings of the text sense."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from edge.perception.settings import DomainSettings
from edge.section import Section


class TextSettings(Section):
    """How sentences are read."""

    LIVE: ClassVar[frozenset[str]] = frozenset({"max_characters", "occlusions", "full_words"})

    max_characters: int = Field(
        default=600,
        ge=40,
        le=4000,
        title="Longest text",
        description="characters of one utterance that are read; of longer ones the beginning, and a cue says so",
    )
    occlusions: int = Field(
        default=2,
        ge=0,
        le=12,
        title="Words tried",
        description="how many words at most are left out, one after the other, until one decided; 0 gives no such cue",
    )
    full_words: int = Field(
        default=5,
        ge=1,
        le=50,
        title="Words for full weight",
        description="an utterance with fewer words has a lower quality, down to half of it",
    )
    domain: DomainSettings = Field(
        default=DomainSettings(), title="Domain", description="what becomes of a text that is unlike any sentence"
    )
