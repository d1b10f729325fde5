"""The state machine of the connection: where it may stand, and how it is told.

disconnected → connecting → online → disconnected …; ``refused`` stands for what trying again soon would not mend.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.outlets.mqtt.faults import Fault


class Phase(StrEnum):
    """Where the connection stands."""

    DISCONNECTED = "disconnected"
    CONNECTING = "connecting"
    ONLINE = "online"
    REFUSED = "refused"
    STOPPED = "stopped"


NEXT: dict[Phase, frozenset[Phase]] = {
    Phase.DISCONNECTED: frozenset({Phase.CONNECTING, Phase.STOPPED}),
    Phase.CONNECTING: frozenset({Phase.ONLINE, Phase.DISCONNECTED, Phase.REFUSED, Phase.STOPPED}),
    Phase.ONLINE: frozenset({Phase.DISCONNECTED, Phase.REFUSED, Phase.STOPPED}),
    Phase.REFUSED: frozenset({Phase.CONNECTING, Phase.STOPPED}),
    Phase.STOPPED: frozenset(),
}
"""Every step that the machine may take."""


@dataclass(frozen=True, slots=True)
class Status:
    """For ``rapport doctor`` and the runtime: where the connection stands, why, and what to do about it."""

    phase: Phase = Phase.DISCONNECTED
    fault: Fault | None = None
    attempts: int = 0
    connections: int = 0
    rejections: int = 0
    """Publishes and subscriptions that were refused."""
    last_rejection: str | None = None

    def __str__(self) -> str:
        """One line for a reader."""
        if self.fault is not None and self.phase in {Phase.DISCONNECTED, Phase.CONNECTING, Phase.REFUSED}:
            return f"{self.phase}: {self.fault}"
        if self.phase is Phase.ONLINE and self.last_rejection is not None:
            return f"{self.phase}; {self.rejections} refused, the last: {self.last_rejection}"
        return str(self.phase)
