"""What the home may set, and where it may only switch off, as entities."""

from __future__ import annotations

from typing import Any

from edge.affect import Sense
from edge.outlets.mqtt.commands import PRESS
from edge.outlets.mqtt.controls import LOUDEST, RATES, Step
from edge.outlets.mqtt.entities.entity import Entity, value
from edge.outlets.mqtt.features import Need
from edge.outlets.mqtt.payloads import OFF, ON


def _slider(low: float, high: float, step: float, unit: str | None = None) -> dict[str, Any]:
    bounds: dict[str, Any] = {"min": low, "max": high, "step": step, "mode": "slider"}
    return bounds if unit is None else {**bounds, "unit_of_measurement": unit}


CONTROLS = (
    *(
        Entity(
            f"consent_{sense.value}",
            f"Consent to the {sense.value}",
            "switch",
            "controls",
            value(f"consent.{sense.value}"),
            heard="consent",
            icon="shield-account-outline",
            needs=Need.CONSENT,
            # The home may send what it likes for "on": the device does not know the word.
            traits={
                "payload_off": f"withdraw {sense.value}",
                "payload_on": f"grant {sense.value}",
                "state_on": ON,
                "state_off": OFF,
            },
        )
        for sense in Sense
    ),
    Entity(
        "profile",
        "Profile",
        "select",
        "controls",
        value("profile"),
        heard="profile",
        icon="account-outline",
        needs=Need.PROFILES,
    ),
    Entity(
        "volume",
        "Volume",
        "number",
        "controls",
        value("volume"),
        heard="volume",
        icon="volume-medium",
        needs=Need.SPEECH,
        traits=_slider(0, LOUDEST, 0.05),
    ),
    Entity(
        "rate",
        "Speaking rate",
        "number",
        "controls",
        value("words_per_minute"),
        heard="rate",
        icon="speedometer",
        needs=Need.SPEECH,
        traits=_slider(*RATES, 5, "words/min"),
    ),
    Entity(
        "forget",
        "Forget me",
        "button",
        heard="forget",
        icon="delete-forever-outline",
        needs=Need.FORGET,
        traits={"payload_press": PRESS},
    ),
    Entity(
        "forgetting",
        "Forgetting",
        "sensor",
        "controls",
        value("forgetting"),
        icon="delete-clock-outline",
        needs=Need.FORGET,
        traits={"device_class": "enum", "options": [step.value for step in Step]},
    ),
)
