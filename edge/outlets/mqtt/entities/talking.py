"""What the device says, proposes and does, and what may be said of it, as entities."""

from __future__ import annotations

from edge.affect import EMOTIONS
from edge.outlets.mqtt.commands import PRESS
from edge.outlets.mqtt.entities.entity import Entity, words
from edge.outlets.mqtt.features import Need
from edge.response.actions import actions

TALKING = (
    Entity(
        "reply",
        "Reply",
        "sensor",
        "reply",
        words("text", "kept on the device"),
        "{{ {'full': value_json.full, 'language': value_json.language, 'strategy': value_json.strategy} | tojson }}",
        icon="message-text-outline",
    ),
    Entity(
        "helped",
        "That helped",
        "button",
        heard="feedback",
        icon="thumb-up-outline",
        traits={"payload_press": "helped"},
    ),
    Entity(
        "not_now",
        "Not now",
        "button",
        heard="feedback",
        icon="bell-sleep-outline",
        traits={"payload_press": "not-now"},
    ),
    Entity(
        "wrong",
        "You got me wrong",
        "select",
        "outcome",
        "None",  # whatever was chosen has been said: it is unknown again, and can be chosen again
        heard="feedback",
        icon="emoticon-confused-outline",
        traits={"options": [emotion.value for emotion in EMOTIONS], "command_template": "wrong {{ value }}"},
    ),
    *(
        Entity(key, name, "event", key, icon=icon, traits={"event_types": list(actions())})
        for key, name, icon in (
            ("proposal", "Proposal", "lightbulb-question-outline"),
            ("action", "Action", "gesture-tap-button"),
        )
    ),
    Entity(
        "accept",
        "Accept the proposal",
        "button",
        heard="accept",
        icon="check",
        traits={"payload_press": PRESS},
    ),
    Entity(
        "avatar",
        "Face",
        "image",
        "avatar",
        needs=Need.PICTURE,
        traits={"content_type": "image/png"},
    ),
)
