"""Settings of the loop."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from edge.section import Section


class LoopSettings(Section):
    """How the device keeps itself going."""

    LIVE: ClassVar[frozenset[str]] = frozenset({"retry_parked_s", "settings_every_s"})

    retry_parked_s: float = Field(
        default=60.0,
        ge=1.0,
        le=86_400.0,
        title="Retry parked",
        description="seconds after which a sense that failed too often is tried once more; SIGHUP tries it at once",
    )
    settings_every_s: float = Field(
        default=2.0,
        ge=0,
        le=3600,
        title="Look at settings",
        description="seconds between two looks whether this file has changed; 0: only a SIGHUP reads it anew",
    )
