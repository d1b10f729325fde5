"""Settings of what the device may propose or do. Nothing that comes over the network can change them."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import Field, field_validator, model_validator

from edge.response.actions import actions
from edge.section import Section


class ActionsSettings(Section):
    """What the household lets the device do in the home or the car; by default nothing. MQTT can allow nothing."""

    LIVE: ClassVar[frozenset[str]] = frozenset({"allowed", "unasked", "lasts_s", "every_h"})

    allowed: tuple[str, ...] = Field(
        default=(),
        max_length=32,
        title="Allowed",
        description="actions that may be proposed, and are done when the person says yes: dim_light, warm_light,"
        " softer_music, quiet_music, pause_notifications, fresh_air, next_stop, rest_area",
    )
    unasked: tuple[str, ...] = Field(
        default=(),
        max_length=32,
        title="Unasked",
        description="those of the allowed that are done, and said, without asking; never fresh_air and rest_area",
    )
    lasts_s: float = Field(
        default=60.0, ge=10, le=600, title="Lasts", description="seconds for which a proposal can be accepted"
    )
    every_h: float = Field(
        default=4.0,
        ge=0.25,
        le=168,
        title="Every",
        description="hours before the same action is proposed or done again; after a no it is twice as long",
    )

    @field_validator("allowed", "unasked")
    @classmethod
    def _are_known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [name for name in names if name not in actions()]
        if unknown:
            message = f"there is no action {unknown[0]!r}; there are {', '.join(actions())}"
            raise ValueError(message)
        return names

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        beyond = [name for name in self.unasked if name not in self.allowed]
        if beyond:
            message = f"unasked names {beyond[0]!r}, which allowed does not; name it in both"
            raise ValueError(message)
        asks = [name for name in self.unasked if actions()[name].asks]
        if asks:
            message = f"{asks[0]!r} is never done unasked; take it out of unasked"
            raise ValueError(message)
        return self
