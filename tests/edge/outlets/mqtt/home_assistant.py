"""Home Assistant's rules for a device's discovery message, restated: why it would refuse, ignore or warn.

Seen with Home Assistant 2026.2 and 2026.11. The lists of known keys and device classes hold those of the platforms that
Rapport uses (home-assistant.io/integrations/sensor.mqtt and so on for each of them).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from edge.outlets.mqtt.controls import ControlsPayload
from edge.outlets.mqtt.diagnostics import DiagnosticsPayload
from edge.outlets.mqtt.payloads import (
    ActionPayload,
    EpisodePayload,
    OutcomePayload,
    Payload,
    ProposalPayload,
    ReplyPayload,
    StatePayload,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TOPIC = re.compile(r"[^#+]+/device/(?P<object_id>[a-zA-Z0-9_-]+)/config")
ROOT = {
    "device", "origin", "components", "state_topic", "command_topic", "qos", "encoding",
    "availability", "availability_mode", "availability_topic", "availability_template",
    "payload_available", "payload_not_available",
}  # fmt: skip
TOLD = {"state_topic", "value_template"}
ENTITY = {
    "platform", "unique_id", "default_entity_id", "name", "icon", "entity_category", "enabled_by_default",
    "entity_picture", "json_attributes_topic", "json_attributes_template", "qos", "encoding",
}  # fmt: skip
HEARD = {"command_topic", "command_template", "retain"}
KEYS = {
    "sensor": ENTITY
    | TOLD
    | {"device_class", "expire_after", "force_update", "options", "state_class", "unit_of_measurement"}
    | {"suggested_display_precision", "last_reset_value_template"},
    "binary_sensor": ENTITY
    | TOLD
    | {"device_class", "expire_after", "force_update", "payload_on", "payload_off", "off_delay"},
    "event": ENTITY | TOLD | {"device_class", "event_types"},
    "button": ENTITY | HEARD | {"device_class", "payload_press"},
    "image": (ENTITY - {"qos"}) | {"content_type", "image_encoding", "image_topic", "url_topic", "url_template"},
    "select": ENTITY | TOLD | HEARD | {"options", "optimistic"},
    "switch": ENTITY
    | TOLD
    | HEARD
    | {"device_class", "optimistic", "payload_on", "payload_off", "state_on", "state_off"},
    "number": ENTITY
    | TOLD
    | HEARD
    | {"device_class", "min", "max", "step", "mode", "optimistic", "payload_reset", "unit_of_measurement"},
}
CLASSES = {
    "sensor": {"enum", "duration", "temperature", "timestamp", "data_size", "frequency"},
    "binary_sensor": {"running", "occupancy", "presence", "connectivity", "problem", "sound"},
    "event": {"button", "doorbell", "motion"},
    "button": {"identify", "restart", "update"},
    "image": set[str](),
    "select": set[str](),
    "switch": {"outlet", "switch"},
    "number": {"duration", "temperature", "frequency"},
}
NEEDS_COMMAND = {"button", "select", "switch", "number"}
NEEDS_STATE = {"sensor", "binary_sensor", "event"}
STATE_CLASSES = {"measurement", "total", "total_increasing"}
NUMERIC = {"state_class", "unit_of_measurement"}
LEAST_STEP = 0.001
LONGEST_STATE = 255
EVENTS: Mapping[str, type[Payload]] = {"episode": EpisodePayload, "proposal": ProposalPayload, "action": ActionPayload}
MESSAGES: Mapping[str, type[Payload]] = {
    "state": StatePayload,
    "reply": ReplyPayload,
    "diagnostics": DiagnosticsPayload,
    "controls": ControlsPayload,
    "outcome": OutcomePayload,
    **EVENTS,
}
"""What comes on a topic, by its last part."""
PATH = re.compile(r"value_json((?:\.[a-z0-9_]+)+)")


def complaints(topic: str, payload: dict[str, Any]) -> list[str]:
    """Everything that Home Assistant would not accept as it is meant; empty when all is well."""
    found = [*_of_root(topic, payload)]
    names: set[str] = set()
    for key, component in payload.get("components", {}).items():
        found += [f"{key}: {words}" for words in _of_component(component, payload)]
        if component.get("unique_id") in names:
            found.append(f"{key}: unique_id used twice")
        names.add(component.get("unique_id", ""))
    return found


def _of_root(topic: str, payload: dict[str, Any]) -> Iterator[str]:
    if TOPIC.fullmatch(topic) is None:
        yield f"device refused: topic {topic}"
    if not payload.get("origin", {}).get("name"):
        yield "device refused: no origin.name"
    if not payload.get("device", {}).get("identifiers"):
        yield "device refused: no identifiers"
    for key in payload.keys() - ROOT:
        yield f"device refused: unknown root key {key}"
    if "availability" in payload and "availability_topic" in payload:
        yield "device refused: availability twice"
    if (payload.get("payload_available"), payload.get("payload_not_available")) != ("online", "offline"):
        yield "never available: the case of a payload counts, and the device says online and offline"


def _of_component(component: dict[str, Any], payload: dict[str, Any]) -> list[str]:
    platform = component.get("platform")
    if component.keys() == {"platform"} and platform in KEYS:
        return ["it is to be removed: only its platform is given"]
    if platform not in KEYS or not component.get("unique_id"):
        return ["device refused: platform or unique_id missing"]
    rules = {**_for_all(component, platform, payload), **_for_one(component, platform)}
    return [*(words for words, held in rules.items() if not held), *_of_templates(component), *_of_words(component)]


def _for_all(component: dict[str, Any], platform: str, payload: dict[str, Any]) -> dict[str, bool]:
    topics = [str(value) for key, value in component.items() if key.endswith("_topic")]
    name = str(component.get("name", ""))
    return {
        f"unknown keys {component.keys() - KEYS[platform]} vanish": not component.keys() - KEYS[platform],
        "a null value": None not in component.values(),
        "unknown device class": component.get("device_class") in {None, *CLASSES[platform]},
        "icon without mdi:": str(component.get("icon", "mdi:x")).startswith("mdi:"),
        "entity_category config on a sensor": component.get("entity_category") in {None, "diagnostic"},
        "qos is 0, 1 or 2": component.get("qos", 0) in {0, 1, 2},
        "a wildcard in a topic": not any(sign in topic for topic in topics for sign in "+#"),
        "no state_topic": bool(component.get("state_topic", platform not in NEEDS_STATE)),
        "no command_topic": bool(component.get("command_topic", platform not in NEEDS_COMMAND)),
        "default_entity_id needs its domain": bool(
            re.fullmatch(rf"{platform}\.[a-z0-9_]+", component.get("default_entity_id", ""))
        ),
        "the name repeats the device's": not name.casefold().startswith(payload["device"]["name"].casefold()),
        "a template for attributes without json_attributes_topic": "json_attributes_template" not in component
        or "json_attributes_topic" in component,
    }


def _for_one(component: dict[str, Any], platform: str) -> dict[str, bool]:
    """What holds for some platforms only."""
    low, high = component.get("min", 1), component.get("max", 100)
    after = component.get("expire_after", 1)
    return {
        "options with state_class or unit": not ("options" in component and NUMERIC & component.keys()),
        "options without device_class enum": "options" not in component
        or platform != "sensor"
        or component.get("device_class") == "enum",
        "unknown state class": component.get("state_class") in {None, *STATE_CLASSES},
        "no event_types": bool(component.get("event_types")) or platform != "event",
        "no options": bool(component.get("options", platform != "select")),
        "a choice without state_topic is assumed": "state_topic" in component
        or platform not in {"select", "switch", "number"},
        "neither image_topic nor url_topic, or both": platform != "image"
        or len({"image_topic", "url_topic"} & component.keys()) == 1,
        "expire_after must be a positive integer": type(after) is int and after > 0,
        "device class duration needs a unit": component.get("device_class") != "duration"
        or component.get("unit_of_measurement") in {"ms", "s", "min", "h", "d"},
        f"the step is below {LEAST_STEP}": component.get("step", 1) >= LEAST_STEP,
        "min is not below max": low < high,
        "unknown mode": component.get("mode", "auto") in {"auto", "box", "slider"},
    }


def _of_templates(component: dict[str, Any]) -> Iterator[str]:
    """Each template reads what is always in the message, and gives what can be a state."""
    message = MESSAGES.get(str(component.get("state_topic", "")).rpartition("/")[2])
    for key in ("value_template", "json_attributes_template"):
        template = component.get(key, "")
        if template.count("{{") != template.count("}}") or template.count("(") != template.count(")"):
            yield f"{key}: a template that does not end"
        for path in PATH.findall(template):
            schema = _schema(message, path.removesuffix(".items").split(".")[1:])
            if schema is None:
                yield f"{key}: {path} is not in the message, which logs a warning"
            elif key == "value_template" and _too_long(schema) and f"[:{LONGEST_STATE}]" not in template:
                yield f"{key}: {path} may have more than {LONGEST_STATE} characters, and would be unknown"
            elif key == "value_template" and NUMERIC & component.keys() and not _types(schema) <= NUMBERS:
                yield f"{key}: {path} may be no number, and only null gives unknown"


NUMBERS = {"number", "integer", "null"}


def _of_words(component: dict[str, Any]) -> Iterator[str]:
    """What the device says is what the home compares with; case matters."""
    topic, template = str(component.get("state_topic", "")).rpartition("/")[2], component.get("value_template", "")
    found = PATH.findall(template)
    if component["platform"] in {"binary_sensor", "switch"} and found:
        on, off = (("payload_on", "payload_off"), ("state_on", "state_off"))[component["platform"] == "switch"]
        expected = {component.get(on, component.get("payload_on")), component.get(off, component.get("payload_off"))}
        said = set((_schema(MESSAGES.get(topic), found[0].split(".")[1:]) or {}).get("enum", ()))
        if said != expected:
            yield f"says {said} and compares with {expected}: the case of a payload counts"
    if component["platform"] == "event":
        listed = set(component.get("event_types", ()))
        said = set((_schema(EVENTS.get(topic), ["event_type"]) or {}).get("enum", listed))
        if not said <= listed:
            yield f"an event_type of {said} is not listed, and such an event is dropped"


def _schema(message: type[Payload] | None, path: list[str]) -> dict[str, Any] | None:
    """What may be at ``path`` of such a message; None where that is not always there."""
    if message is None:
        return None
    whole = message.model_json_schema(mode="serialization")
    schema: dict[str, Any] = whole
    for part in path:
        schema = schema.get("properties", {}).get(part)
        if schema is None:
            return None
        if "$ref" in schema:
            schema = whole["$defs"][schema["$ref"].rpartition("/")[2]]
    return schema


def _kinds(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return list(schema.get("anyOf", [schema]))


def _types(schema: dict[str, Any]) -> set[str]:
    return {str(kind.get("type")) for kind in _kinds(schema)}


def _too_long(schema: dict[str, Any]) -> bool:
    return any(
        kind.get("type") == "string" and "enum" not in kind and kind.get("maxLength", 1 << 20) > LONGEST_STATE
        for kind in _kinds(schema)
    )
