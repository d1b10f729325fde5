"""What Home Assistant is told that this device has: one table, in the order of importance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.outlets.mqtt.entities.controls import CONTROLS
from edge.outlets.mqtt.entities.diagnostics import DIAGNOSTICS
from edge.outlets.mqtt.entities.entity import Entity
from edge.outlets.mqtt.entities.talking import TALKING
from edge.outlets.mqtt.entities.understanding import UNDERSTANDING

if TYPE_CHECKING:
    from edge.outlets.mqtt.features import Features

ENTITIES = (*UNDERSTANDING, *TALKING, *CONTROLS, *DIAGNOSTICS)
"""All that any device has. A key is for ever: it is part of ids that a home's automations name."""
RETIRED: dict[str, str] = {}
"""Key → platform of what earlier versions had and this one has not: a home that knows them is told to remove them."""


def entities(features: Features) -> tuple[Entity, ...]:
    """Those that a device with ``features`` has."""
    return tuple(entity for entity in ENTITIES if features.has(entity.needs))


__all__ = ["ENTITIES", "RETIRED", "Entity", "entities"]
