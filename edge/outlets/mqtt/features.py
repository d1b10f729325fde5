"""What a device may have or not, on which entities of the home depend."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Need(StrEnum):
    """What some entities need."""

    PICTURE = "picture"
    CONSENT = "consent"
    PROFILES = "profiles"
    SPEECH = "speech"
    FORGET = "forget"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class Features:
    """What this device has of ``Need``; ``profiles`` are the choices of the one that is used."""

    needs: frozenset[Need] = frozenset()
    profiles: tuple[str, ...] = ()

    def has(self, need: Need | None) -> bool:
        """Whether what an entity needs is there."""
        return need is None or need in self.needs
