"""How the device itself is doing, as entities."""

from __future__ import annotations

from edge.affect import Sense
from edge.outlets.mqtt.entities.entity import Entity, value, whole, words
from edge.outlets.mqtt.features import Need
from edge.outlets.mqtt.payloads import LONGEST_STATE

COUNTER = {"state_class": "total_increasing"}
MEASURED = {"state_class": "measurement"}

DIAGNOSTICS = (
    Entity(
        "latency_p95",
        "Latency p95",
        "sensor",
        "diagnostics",
        value("latency_p95_ms"),
        diagnostic=True,
        traits={
            "device_class": "duration",
            "unit_of_measurement": "ms",
            "suggested_display_precision": 0,
            **MEASURED,
        },
    ),
    Entity(
        "accelerator",
        "Accelerator",
        "sensor",
        "diagnostics",
        words("accelerator.device", "unknown"),
        whole("accelerator"),
        icon="chip",
        diagnostic=True,
    ),
    Entity(
        "frame_rate",
        "Frame rate",
        "sensor",
        "diagnostics",
        value("frames_per_s"),
        icon="filmstrip",
        diagnostic=True,
        traits={"unit_of_measurement": "fps", "suggested_display_precision": 1, **MEASURED},
    ),
    *(
        Entity(
            f"{sense.value}_lane",
            f"State of the {sense.value}",
            "sensor",
            "diagnostics",
            value(f"lanes.{sense.value}"),
            icon="transit-connection-variant",
            diagnostic=True,
        )
        for sense in Sense
    ),
    Entity(
        "last_error",
        "Last error",
        "sensor",
        "diagnostics",
        words("last_error", "none"),
        icon="alert-circle-outline",
        diagnostic=True,
    ),
    Entity(
        "models",
        "Model versions",
        "sensor",
        "diagnostics",
        f"{{{{ (value_json.models.items() | map('join', ' ') | join(', '))[:{LONGEST_STATE}] or 'none loaded' }}}}",
        whole("models"),
        icon="brain",
        diagnostic=True,
    ),
    Entity(
        "budget_left",
        "Privacy budget left",
        "sensor",
        "diagnostics",
        value("budget_left"),
        icon="shield-lock-outline",
        diagnostic=True,
        needs=Need.BUDGET,
        traits={"unit_of_measurement": "ε", "suggested_display_precision": 2, **MEASURED},
    ),
    Entity(
        "silence",
        "Reason for silence",
        "sensor",
        "diagnostics",
        words("silence", "none"),
        icon="volume-off",
        diagnostic=True,
    ),
    *(
        Entity(key, name, "sensor", "diagnostics", value(path), diagnostic=True, traits=COUNTER)
        for key, name, path in (
            ("dropped_frames", "Dropped frames", "dropped_frames"),
            ("restarts", "Restarts", "restarts"),
            ("refused", "Refused messages", "refused"),
            ("dropped", "Dropped messages", "dropped"),
            ("connections", "Connections", "connections"),
        )
    ),
)
