"""Settings of what is learned from feedback."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from edge.learning.federated.settings import FederatedSettings
from edge.section import Section


class LearningSettings(Section):
    """Feedback on replies. Kept only with a grant for the purpose "personal" and a profile; else for this run alone."""

    LIVE: ClassVar[frozenset[str]] = frozenset({"orders", "feedback_minutes", "effect_s", "days_kept", "save_minutes"})

    orders: bool = Field(
        default=True,
        title="Orders",
        description="feedback changes which of the fitting kinds of answer is tried first; false: it is only counted",
    )
    feedback_minutes: float = Field(
        default=5.0,
        ge=0.5,
        le=60,
        title="Feedback within",
        description="minutes after a reply in which feedback is taken for it; later it is refused",
    )
    effect_s: float = Field(
        default=15.0,
        ge=5,
        le=600,
        title="Effect after",
        description="seconds from a reply to the State whose valence is compared with that before it",
    )
    days_kept: int = Field(
        default=90,
        ge=1,
        le=366,
        title="Days kept",
        description="an answer and what was said of it are deleted after so many days, and forgotten with it",
    )
    save_minutes: float = Field(
        default=5.0,
        ge=0.1,
        le=60,
        title="Save",
        description="minutes between two writings of effects; feedback is written at once, and all of it at stop",
    )
    federated: FederatedSettings = Field(
        default=FederatedSettings(),
        title="Together",
        description="how this household's senses are taken, learned here and, if it wants, with others",
    )
