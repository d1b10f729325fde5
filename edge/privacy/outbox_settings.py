"""Settings of the outbox."""

from __future__ import annotations

from pydantic import Field

from edge.section import Section


class OutboxSettings(Section):
    """What waits in the vault for a broker: how much of it, and how much is on its way at once."""

    most_messages: int = Field(
        default=5000,
        ge=10,
        le=100_000,
        title="Most messages",
        description="messages that may wait; of more, the oldest of the least important kind goes, and is counted",
    )
    most_kib: int = Field(
        default=8192,
        ge=64,
        le=262_144,
        title="Most space",
        description="KiB that they may have together; of more, the same",
    )
    in_flight: int = Field(
        default=8,
        ge=1,
        le=16,
        title="In flight",
        description="messages on their way that the broker has not acknowledged yet; it may want fewer",
    )
