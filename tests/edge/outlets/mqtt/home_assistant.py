"""Home Assistant's rules for a device's discovery message, restated: why it would refuse, ignore or warn.

Seen with Home Assistant 2026.2 and 2026.11. The lists of known keys and device classes hold those of the platforms that
Rapport uses (home-assistant.io/integrations/sensor.mqtt, /binary_sensor.mqtt, /event.mqtt, /button.mqtt, /image.mqtt,
/sensor, /binary_sensor; for /select.mqtt as documented there, not seen with a real one).
"""

from __future__ import annotations

import re
from typing import Any

TOPIC = re.compile(r"[^#+]+/device/(?P<object_id>[a-zA-Z0-9_-]+)/config")
ROOT = {
    "device", "origin", "components", "state_topic", "command_topic", "qos", "encoding",
    "availability", "availability_mode", "availability_topic", "availability_template",
    "payload_available", "payload_not_available",
}  # fmt: skip
COMMON = {
    "platform", "unique_id", "default_entity_id", "name", "icon", "entity_category", "device_class", "state_topic",
    "value_template", "json_attributes_topic", "json_attributes_template", "expire_after", "enabled_by_default",
    "entity_picture", "force_update", "qos", "encoding",
}  # fmt: skip
KEYS = {
    "sensor": COMMON
    | {"options", "state_class", "unit_of_measurement", "suggested_display_precision", "last_reset_value_template"},
    "binary_sensor": COMMON | {"payload_on", "payload_off", "off_delay"},
    "event": COMMON - {"expire_after", "force_update"} | {"event_types"},
    "button": COMMON - {"expire_after", "force_update", "state_topic", "value_template"}
    | {"command_topic", "command_template", "payload_press", "retain"},
    "image": COMMON - {"state_topic", "value_template", "device_class", "expire_after", "force_update", "qos"}
    | {"content_type", "image_encoding", "image_topic", "url_topic", "url_template"},
    "select": (COMMON - {"device_class", "expire_after", "force_update"})
    | {"command_topic", "command_template", "options", "optimistic", "retain"},
}
CLASSES = {
    "sensor": {"enum", "duration", "temperature", "timestamp", "data_size", "frequency"},
    "binary_sensor": {"running", "occupancy", "presence", "connectivity", "problem", "sound"},
    "event": {"button", "doorbell", "motion"},
    "button": {"identify", "restart", "update"},
    "image": set(),
    "select": set(),
}
COMMANDED = {"button", "select"}
"""Platforms that need a topic for commands; only the others need one for a state."""
STATE_CLASSES = {"measurement", "total", "total_increasing"}


def complaints(topic: str, payload: dict[str, Any]) -> list[str]:
    """Everything that Home Assistant would not accept as it is meant; empty when all is well."""
    found = []
    if TOPIC.fullmatch(topic) is None:
        found.append(f"device refused: topic {topic}")
    if not payload.get("origin", {}).get("name"):
        found.append("device refused: no origin.name")
    if not payload.get("device", {}).get("identifiers"):
        found.append("device refused: no identifiers")
    found += [f"device refused: unknown root key {key}" for key in payload.keys() - ROOT]
    if "availability" in payload and "availability_topic" in payload:
        found.append("device refused: availability twice")
    names: set[str] = set()
    for key, component in payload.get("components", {}).items():
        found += [f"{key}: {words}" for words in _of_component(component, payload)]
        if component.get("unique_id") in names:
            found.append(f"{key}: unique_id used twice")
        names.add(component.get("unique_id", ""))
    return found


def _of_component(component: dict[str, Any], payload: dict[str, Any]) -> list[str]:
    platform = component.get("platform")
    if platform not in KEYS or not component.get("unique_id"):
        return ["device refused: platform or unique_id missing"]
    rules = {
        f"unknown keys {component.keys() - KEYS[platform]} vanish": not component.keys() - KEYS[platform],
        "a null value": None not in component.values(),
        "options with state_class or unit": not (
            "options" in component and {"state_class", "unit_of_measurement"} & component.keys()
        ),
        "options without device_class enum": "options" not in component
        or platform == "select"
        or component.get("device_class") == "enum",
        "unknown device class": component.get("device_class") in {None, *CLASSES[platform]},
        "unknown state class": component.get("state_class") in {None, *STATE_CLASSES},
        "icon without mdi:": str(component.get("icon", "mdi:x")).startswith("mdi:"),
        "entity_category config on a sensor": component.get("entity_category") in {None, "diagnostic"},
        "no state_topic": "state_topic" in component or platform in {*COMMANDED, "image"},
        "no command_topic": "command_topic" in component or platform not in COMMANDED,
        "no event_types": bool(component.get("event_types")) or platform != "event",
        "no options": bool(component.get("options")) or platform != "select",
        "neither image_topic nor url_topic, or both": platform != "image"
        or len({"image_topic", "url_topic"} & component.keys()) == 1,
        "expire_after must be a positive integer": type(after := component.get("expire_after", 1)) is int and after > 0,
        "default_entity_id needs its domain": re.fullmatch(
            rf"{platform}\.[a-z0-9_]+", component.get("default_entity_id", "")
        ),
        "the name repeats the device's": payload["device"]["name"].casefold() not in component["name"].casefold(),
        "device class duration needs a unit": component.get("device_class") != "duration"
        or component.get("unit_of_measurement") in {"ms", "s", "min", "h", "d"},
    }
    return [words for words, held in rules.items() if not held]
