"""How the person is doing, as entities."""

from __future__ import annotations

from edge.affect import EMOTIONS, UNSURE, Sense
from edge.outlets.mqtt.entities.entity import Entity, value, words
from edge.outlets.mqtt.payloads import EPISODE_EVENTS, LONGEST_STATE, OFF, ON

OPTIONS = [*(emotion.value for emotion in EMOTIONS), UNSURE]
FIGURE = {"state_class": "measurement", "suggested_display_precision": 2}

UNDERSTANDING = (
    Entity(
        "emotion",
        "Emotion",
        "sensor",
        "state",
        value("emotion"),
        "{{ {'explanation': value_json.explanation} | tojson }}",
        icon="emoticon-outline",
        expires=True,
        traits={"device_class": "enum", "options": OPTIONS},
    ),
    *(
        Entity(key, name, "sensor", "state", value(key), icon=icon, expires=True, traits=FIGURE)
        for key, name, icon in (
            ("valence", "Valence", "plus-minus-variant"),
            ("arousal", "Arousal", "pulse"),
            ("confidence", "Confidence", "gauge"),
        )
    ),
    Entity(
        "reason",
        "Reason for doubt",
        "sensor",
        "state",
        words("reason", "none"),
        icon="help-circle-outline",
        expires=True,
    ),
    Entity(
        "explanation",
        "Explanation",
        "sensor",
        "state",
        f"{{{{ value_json.explanation[:{LONGEST_STATE}] }}}}",
        "{{ {'full': value_json.explanation} | tojson }}",
        icon="text-box-search-outline",
        expires=True,
    ),
    *(
        Entity(
            sense.value,
            f"{sense.value.capitalize()} in use",
            "binary_sensor",
            "state",
            value(f"senses.{sense.value}"),
            expires=True,
            traits={"device_class": "running", "payload_on": ON, "payload_off": OFF},
        )
        for sense in Sense
    ),
    Entity(
        "episode",
        "Episode",
        "event",
        "episode",
        icon="chart-bell-curve",
        traits={"event_types": list(EPISODE_EVENTS)},
    ),
)
