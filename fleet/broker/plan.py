"""What a device must not do at a broker, what it must be able to do, and what the others must."""

from __future__ import annotations

from dataclasses import astuple, dataclass

from edge.outlets.mqtt.identity import Identity, Topics
from edge.outlets.mqtt.settings import MqttSettings

DEVICE, VICTIM = "kitchen", "bedroom"
LONGER = f"{DEVICE}2"
"""A name that begins with the device's."""
STATUS = "homeassistant/status"
HEARD = ("say", "listen")
"""Below a device's root, beside what ``Topics`` has."""


@dataclass(frozen=True, slots=True)
class Service:
    """Home Assistant, the coordinator or the receiver.

    Attributes:
        name: of its folder.
        hears: what must reach it.
        must_not_hear: what must not, though it asks for it.
        says: what it must be able to write.
        must_not_say: what it must not.
    """

    name: str
    hears: tuple[str, ...]
    must_not_hear: tuple[str, ...]
    says: tuple[str, ...]
    must_not_say: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Topics, by what is tried with them.

    Attributes:
        publish: that the device must not write.
        deliver: of which nothing must reach the device.
        may_publish: that it must be able to write.
        may_hear: that must reach it.
        filters: what it subscribes to in order to hear what it must not.
        fence: one that it may write and hear, by which it is known that all before has been dealt with.
        services: the other clients.
    """

    publish: tuple[str, ...]
    deliver: tuple[str, ...]
    may_publish: tuple[str, ...]
    may_hear: tuple[str, ...]
    filters: tuple[str, ...]
    fence: str
    services: tuple[Service, ...]


def topics(device: str) -> tuple[str, ...]:
    """Every topic of ``device`` at its home, without Home Assistant's own."""
    named = (str(topic) for topic in astuple(Topics.of(MqttSettings(), Identity(device, device, ""))))
    return (*(topic for topic in named if topic != STATUS), *(f"rapport/{device}/{part}" for part in HEARD))


def joined(device: str) -> tuple[str, ...]:
    """Every topic of ``device`` in a fleet."""
    return tuple(f"fleet/{device}/{part}" for part in ("aggregate", "update", "notice"))


AGGREGATE, UPDATE, NOTICE = joined(DEVICE)
WILD = (
    "#",
    "+/#",
    "+/+/+",
    "rapport/#",
    "rapport/+/state",
    f"rapport/{VICTIM}/#",
    "homeassistant/#",
    "fleet/#",
    "fleet/+/+",
)
ELSEWHERE = (
    "other/topic",
    "rapport",
    "rapport//state",
    f"/rapport/{DEVICE}/state",
    f"rapport/{DEVICE.upper()}/state",
    f"rapport/{LONGER}/state",
    f"homeassistant/device/{DEVICE}/config",
    f"homeassistant/device/rapport_{LONGER}/config",
    f"homeassistant/sensor/{DEVICE}/config",
    f"fleet/{LONGER}/update",
    "fleet/round/update",
)
BROKERS_OWN = ("$SYS/broker/uptime", "$CONTROL/dynamic-security/v1")


def home_plan() -> Plan:
    """At a household's broker."""
    own, others = topics(DEVICE), (*topics(VICTIM), *joined(VICTIM))
    return Plan(
        publish=(*others, *ELSEWHERE, *BROKERS_OWN, STATUS, "fleet/round", "fleet/head", f"fleet/{DEVICE}"),
        deliver=(*others, *ELSEWHERE),
        may_publish=(*own, *joined(DEVICE)),
        may_hear=(*(topic for topic in own if topic.startswith("rapport/")), STATUS, "fleet/round", "fleet/head"),
        filters=WILD,
        fence=f"rapport/{DEVICE}/fence",
        services=(
            Service(
                "homeassistant",
                hears=own,
                must_not_hear=joined(DEVICE),
                says=(STATUS, *own),
                must_not_say=(*joined(DEVICE), "fleet/round", "fleet/head", "other/topic"),
            ),
        ),
    )


def fleet_plan() -> Plan:
    """At a fleet's broker, where even a device's own topics of its home are forbidden."""
    others = (*joined(VICTIM), *topics(VICTIM), *topics(DEVICE))
    return Plan(
        publish=(*others, *ELSEWHERE, *BROKERS_OWN, STATUS, "fleet/round", "fleet/head", f"fleet/{DEVICE}"),
        deliver=(*others, *ELSEWHERE),
        may_publish=joined(DEVICE),
        may_hear=(*joined(DEVICE), "fleet/round", "fleet/head"),
        filters=WILD,
        fence=f"fleet/{DEVICE}/fence",
        services=(
            Service(
                "coordinator",
                hears=(UPDATE,),
                must_not_hear=(AGGREGATE, NOTICE),
                says=("fleet/round", "fleet/head"),
                must_not_say=(*joined(DEVICE), "other/topic", *topics(DEVICE)[:3]),
            ),
            Service(
                "receiver",
                hears=(AGGREGATE, NOTICE),
                must_not_hear=(UPDATE,),
                says=(),
                must_not_say=(*joined(DEVICE), "fleet/round", "fleet/head", "other/topic"),
            ),
        ),
    )
