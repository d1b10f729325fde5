"""The one message by which Home Assistant learns of this device and all its entities.

Source of the format: home-assistant.io/integrations/mqtt, "Device discovery payload" and the pages of the platforms
sensor, binary_sensor, event, button and select. Home Assistant refuses the whole device for one wrong key at the root;
a contract test holds the rules.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edge.affect import EMOTIONS, UNSURE, Sense
from edge.outlets.mqtt.commands import PRESS
from edge.outlets.mqtt.payloads import OFF, OFFLINE, ON, ONLINE
from edge.response.actions import actions

if TYPE_CHECKING:
    from edge.outlets.mqtt.identity import Identity, Topics
    from edge.outlets.mqtt.settings import MqttSettings

MEASUREMENT = {"platform": "sensor", "state_class": "measurement"}
COUNTER = {"platform": "sensor", "state_class": "total_increasing", "entity_category": "diagnostic"}
OPTIONS = [*(emotion.value for emotion in EMOTIONS), UNSURE]
REPLY_ATTRIBUTES = (
    "{{ {'full': value_json.full, 'language': value_json.language, 'strategy': value_json.strategy} | tojson }}"
)


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity: the last part of its ids, its name in the home, where its value is found, and what it is.

    ``topic`` is empty where it has no value, and ``template`` where the message is the value.
    """

    key: str
    name: str
    topic: str
    template: str
    traits: dict[str, Any]
    expires: bool = False


def entities(topics: Topics) -> tuple[Entity, ...]:
    """All entities of the device, in the order of importance."""

    def of_state(key: str, name: str, template: str, **traits: object) -> Entity:
        return Entity(key, name, topics.state, template, traits, expires=True)

    judged = {"command_topic": topics.feedback}
    measured = {"suggested_display_precision": 2, **MEASUREMENT}
    return (
        of_state(
            "emotion",
            "Emotion",
            "{{ value_json.emotion }}",
            platform="sensor",
            device_class="enum",
            options=OPTIONS,
            icon="mdi:emoticon-outline",
            json_attributes_topic=topics.state,
            json_attributes_template="{{ {'explanation': value_json.explanation} | tojson }}",
        ),
        of_state("valence", "Valence", "{{ value_json.valence }}", icon="mdi:plus-minus-variant", **measured),
        of_state("arousal", "Arousal", "{{ value_json.arousal }}", icon="mdi:pulse", **measured),
        of_state("confidence", "Confidence", "{{ value_json.confidence }}", icon="mdi:gauge", **measured),
        of_state(
            "reason",
            "Reason for doubt",
            "{{ value_json.reason or 'none' }}",
            platform="sensor",
            icon="mdi:help-circle-outline",
        ),
        *(
            of_state(
                sense.value,
                f"{sense.value.capitalize()} in use",
                f"{{{{ value_json.senses.{sense.value} }}}}",
                platform="binary_sensor",
                device_class="running",
                payload_on=ON,
                payload_off=OFF,
            )
            for sense in Sense
        ),
        Entity(
            "reply",
            "Reply",
            topics.reply,
            "{{ value_json.text or 'kept on the device' }}",
            {
                "platform": "sensor",
                "icon": "mdi:message-text-outline",
                "json_attributes_topic": topics.reply,
                "json_attributes_template": REPLY_ATTRIBUTES,
            },
        ),
        *(
            Entity(key, name, "", "", {"platform": "button", "icon": icon, "payload_press": said, **judged})
            for key, name, said, icon in (
                ("helped", "That helped", "helped", "mdi:thumb-up-outline"),
                ("not_now", "Not now", "not-now", "mdi:bell-sleep-outline"),
            )
        ),
        Entity(
            "wrong",
            "You got me wrong",
            topics.outcome,
            "None",  # whatever was chosen has been said: it is unknown again, and can be chosen again
            {
                "platform": "select",
                "icon": "mdi:emoticon-confused-outline",
                "options": [emotion.value for emotion in EMOTIONS],
                "command_template": "wrong {{ value }}",
                **judged,
            },
        ),
        Entity(
            "latency_p95",
            "Latency p95",
            topics.diagnostics,
            "{{ value_json.latency_p95_ms }}",
            {
                "device_class": "duration",
                "unit_of_measurement": "ms",
                "suggested_display_precision": 0,
                "entity_category": "diagnostic",
                **MEASUREMENT,
            },
        ),
        Entity(
            "accelerator",
            "Accelerator",
            topics.diagnostics,
            "{{ value_json.accelerator.device or 'unknown' }}",
            {
                "platform": "sensor",
                "icon": "mdi:chip",
                "entity_category": "diagnostic",
                "json_attributes_topic": topics.diagnostics,
                "json_attributes_template": "{{ value_json.accelerator | tojson }}",
            },
        ),
        *(
            Entity(key, name, topic, "", {"platform": "event", "event_types": list(actions()), "icon": icon})
            for key, name, topic, icon in (
                ("proposal", "Proposal", topics.proposal, "mdi:lightbulb-question-outline"),
                ("action", "Action", topics.action, "mdi:gesture-tap-button"),
            )
        ),
        Entity(
            "accept",
            "Accept the proposal",
            "",
            "",
            {"platform": "button", "command_topic": topics.accept, "payload_press": PRESS, "icon": "mdi:check"},
        ),
        Entity(
            "silence",
            "Reason for silence",
            topics.diagnostics,
            "{{ value_json.silence or 'none' }}",
            {"platform": "sensor", "icon": "mdi:volume-off", "entity_category": "diagnostic"},
        ),
        Entity("refused", "Refused messages", topics.diagnostics, "{{ value_json.refused }}", COUNTER),
        Entity("dropped", "Dropped messages", topics.diagnostics, "{{ value_json.dropped }}", COUNTER),
        Entity("connections", "Connections", topics.diagnostics, "{{ value_json.connections }}", COUNTER),
    )


def portrait(topics: Topics) -> Entity:
    """The entity of the device's own face. Source: home-assistant.io/integrations/image.mqtt."""
    traits = {"platform": "image", "content_type": "image/png", "image_topic": topics.avatar}
    return Entity("avatar", "Face", "", "", traits)


def discovery(settings: MqttSettings, identity: Identity, topics: Topics, *, picture: bool = False) -> dict[str, Any]:
    """The payload for ``topics.discovery``; ``picture``: with the device's own face."""
    shown = (*entities(topics), *([portrait(topics)] if picture else ()))
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
        "components": {entity.key: _component(entity, settings, identity) for entity in shown},
    }


def encoded(payload: dict[str, Any]) -> bytes:
    """``payload`` as UTF-8 JSON."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def _component(entity: Entity, settings: MqttSettings, identity: Identity) -> dict[str, Any]:
    unique_id = f"{identity.unique}_{entity.key}"
    component = {
        "unique_id": unique_id,
        # an entity id takes lower-case letters, digits and underscores only
        "default_entity_id": f"{entity.traits['platform']}.{unique_id.lower().replace('-', '_')}",
        "name": entity.name,
        **({"state_topic": entity.topic} if entity.topic else {}),
        **({"value_template": entity.template} if entity.template else {}),
        **entity.traits,
    }
    if entity.expires and settings.expire_after_s:
        component["expire_after"] = settings.expire_after_s
    return component
