"""Settings of learning together with other households."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from edge.accelerators.keys import KEY_PATTERN
from edge.section import Section


class FederatedSettings(Section):
    """What is learned of the senses, for this household and, where it joins, with others. Needs grants as well."""

    own: bool = Field(
        default=True,
        title="Own",
        description="corrections change how this household's senses are taken; kept as feedback is",
    )
    join: bool = Field(
        default=False,
        title="Join",
        description="take part in rounds of the fleet, and use its heads; needs mqtt, coordinator_key and a grant for "
        "aggregates",
    )
    coordinator_key: str = Field(
        default="",
        pattern=rf"^$|{KEY_PATTERN}",
        max_length=200,
        title="Coordinator's key",
        description="ed25519 line of the coordinator; rounds and heads that it did not sign are refused",
    )
    trust: Literal["coordinator", "fleet", "nobody"] = Field(
        default="fleet",
        title="Trust",
        description="who may add the noise: the coordinator, all devices together, or nobody but this device, which "
        "then adds all of it",
    )

    @model_validator(mode="after")
    def _a_fleet_has_a_key(self) -> Self:
        if self.join and not self.coordinator_key:
            message = "join needs coordinator_key, or anybody could send this device a head"
            raise ValueError(message)
        return self
