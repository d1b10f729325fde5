"""Settings that every sense has."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from edge.section import Section


class DomainSettings(Section):
    """What becomes of a signal that is unlike all that the model was made for, as far as its card can tell."""

    LIVE: ClassVar[frozenset[str]] = frozenset({"quality", "abstain"})

    quality: float = Field(
        default=0.5,
        ge=0,
        le=1,
        title="Quality",
        description="factor on the quality of a Reading whose score is below the card's threshold, which 5 % of the "
        "signals of the model's own kind are",
    )
    abstain: bool = Field(
        default=True,
        title="Abstain",
        description="say nothing where the score is below the card's floor, which 0.5 % of them are",
    )
