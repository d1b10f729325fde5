"""The one message by which Home Assistant learns of this device and all its entities.

Source of the format: home-assistant.io/integrations/mqtt, "Device discovery payload" and the pages of the platforms.
Home Assistant refuses the whole device for one wrong key at the root; a contract test holds the rules.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from edge.outlets.mqtt.entities import ENTITIES, RETIRED, entities
from edge.outlets.mqtt.features import Features
from edge.outlets.mqtt.payloads import OFFLINE, ONLINE

if TYPE_CHECKING:
    from edge.outlets.mqtt.entities import Entity
    from edge.outlets.mqtt.identity import Identity, Topics
    from edge.outlets.mqtt.settings import MqttSettings

NOTHING = Features()


def discovery(
    settings: MqttSettings, identity: Identity, topics: Topics, features: Features = NOTHING
) -> dict[str, Any]:
    """The payload for ``topics.discovery`` of a device with ``features``."""
    return {
        "device": {
            "identifiers": [identity.unique],
            "name": identity.device_name,
            "manufacturer": "Rapport",
            "model": "Rapport edge",
            "sw_version": identity.version,
        },
        "origin": {"name": "rapport-edge", "sw_version": identity.version},
        "availability_topic": topics.availability,
        "payload_available": ONLINE,
        "payload_not_available": OFFLINE,
        "qos": 1,
        "components": {
            entity.key: _component(entity, settings, identity, topics, features) for entity in entities(features)
        },
    }


def farewell(payload: dict[str, Any]) -> dict[str, Any] | None:
    """``payload`` with what a home may know from before and is there no more, marked to be removed; None for nothing.

    It is said once, before ``payload`` itself: Home Assistant removes a component that has only its platform, and would
    keep one that is simply left out.
    """
    components = payload["components"]
    known = {**RETIRED, **{entity.key: entity.platform for entity in ENTITIES}}
    gone = {key: {"platform": platform} for key, platform in known.items() if key not in components}
    return {**payload, "components": {**components, **gone}} if gone else None


def encoded(payload: dict[str, Any]) -> bytes:
    """``payload`` as UTF-8 JSON."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def _component(
    entity: Entity, settings: MqttSettings, identity: Identity, topics: Topics, features: Features
) -> dict[str, Any]:
    unique_id = f"{identity.unique}_{entity.key}"
    component = {
        "platform": entity.platform,
        "unique_id": unique_id,
        # an entity id takes lower-case letters, digits and underscores only
        "default_entity_id": f"{entity.platform}.{unique_id.lower().replace('-', '_')}",
        "name": _name(entity.name, identity.device_name),
        **entity.traits,
    }
    if entity.said:
        component["image_topic" if entity.platform == "image" else "state_topic"] = getattr(topics, entity.said)
    if entity.template:
        component["value_template"] = entity.template
    if entity.attributes:
        component["json_attributes_topic"] = getattr(topics, entity.said)
        component["json_attributes_template"] = entity.attributes
    if entity.heard:
        component["command_topic"] = getattr(topics, entity.heard)
    if entity.icon:
        component["icon"] = f"mdi:{entity.icon}"
    if entity.diagnostic:
        component["entity_category"] = "diagnostic"
    if entity.key == "profile":
        component["options"] = list(features.profiles)
    if entity.expires and settings.expire_after_s:
        component["expire_after"] = settings.expire_after_s
    return component


def _name(name: str, device: str) -> str:
    """The entity's name, without the device's at its beginning: Home Assistant would cut that off, with a warning."""
    return name if not name.casefold().startswith(device.casefold()) else f"Its {name[0].lower()}{name[1:]}"
