"""What a certificate is for, and the name that it carries.

The broker takes the name (CN) for the user name, and its access list puts a device's name into topics. So names of
services have a dot, which no device id has, and a device cannot be called like a topic that the fleet shares.
"""

from __future__ import annotations

from enum import StrEnum
from ipaddress import ip_address

from edge.errors import InputError
from edge.outlets.mqtt.identity import DEVICE_ID

SHARED = frozenset({"round", "head"})
"""``fleet/round`` and ``fleet/head`` are the coordinator's."""
LONGEST_HOST = 253


class Role(StrEnum):
    """Whom a certificate is for."""

    DEVICE = "device"
    BROKER = "broker"
    HOME_ASSISTANT = "homeassistant"
    COORDINATOR = "coordinator"
    RECEIVER = "receiver"


NAMES = {
    Role.BROKER: "service.broker",
    Role.HOME_ASSISTANT: "service.homeassistant",
    Role.COORDINATOR: "service.coordinator",
    Role.RECEIVER: "service.receiver",
}
"""The name of each that is there once; a device is called as its ``device.id``."""


def checked_device(device_id: str) -> str:
    """``device_id`` itself. Raises InputError where it cannot be one."""
    if DEVICE_ID.fullmatch(device_id) is None:
        problem = f"the device id is {device_id!r}; allowed are 1 to 64 of the characters a-z A-Z 0-9 _ -"
        raise InputError(problem, "Give the device.id of the device's settings")
    if device_id in SHARED:
        problem = f"the device id is {device_id!r}, which is a topic of the whole fleet"
        raise InputError(problem, "Choose another device.id")
    return device_id


def checked_host(host: str) -> str:
    """``host`` itself: a name or an IP address. Raises InputError."""
    labels = host.split(".")
    plain = all(label and label.isascii() and label.replace("-", "a").isalnum() for label in labels)
    if is_address(host) or (plain and len(host) <= LONGEST_HOST):
        return host
    problem = f"the host is {host!r}; allowed are a name of a-z A-Z 0-9 - and dots, or an IP address"
    raise InputError(problem, "Give it as devices will write it in mqtt.host")


def is_address(host: str) -> bool:
    """Whether it is an IP address and not a name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
