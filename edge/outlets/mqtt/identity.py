"""Who this device is on the broker, and the topics that follow from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.affect import Language
from edge.errors import SettingsError

if TYPE_CHECKING:
    from edge.outlets.mqtt.settings import MqttSettings

DEVICE_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
"""Home Assistant refuses a discovery topic with any other character; 64 keeps topics and entity ids readable."""
LONGEST_NAME = 128
"""Characters of a device's name."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Given by the caller; ``device_id`` never changes, as every topic and every entity of the home hangs on it.

    Raises:
        SettingsError: when ``device_id`` or ``device_name`` cannot be used.
    """

    device_id: str
    device_name: str
    version: str
    language: Language = Language.EN
    """Of what is explained to the home."""

    def __post_init__(self) -> None:
        """Check the two that others depend on."""
        if DEVICE_ID.fullmatch(self.device_id) is None:
            problem = f"the device id is {self.device_id!r}; allowed are 1 to 64 of the characters a-z A-Z 0-9 _ -"
            raise SettingsError(problem, "Choose another id, and keep it; the device's name may be in any language")
        if not self.device_name.strip() or len(self.device_name) > LONGEST_NAME or not self.device_name.isprintable():
            problem = f"the device name is {self.device_name!r}; allowed are 1 to {LONGEST_NAME} printable characters"
            raise SettingsError(problem, "Choose another name")

    @property
    def unique(self) -> str:
        """The id with our name before it, as other products on the same broker may use the bare one."""
        return f"rapport_{self.device_id}"


@dataclass(frozen=True, slots=True)
class Topics:
    """Every topic that this device publishes to, and those it listens to, with ``home_status`` the first."""

    availability: str
    state: str
    reply: str
    avatar: str
    diagnostics: str
    discovery: str
    home_status: str
    proposal: str
    action: str
    accept: str
    driving: str
    feedback: str
    outcome: str
    episode: str
    controls: str
    consent: str
    profile: str
    volume: str
    rate: str
    forget: str

    @property
    def retained(self) -> tuple[str, ...]:
        """Those of which the broker may keep a message; an empty retained message removes it, and the device."""
        return (self.discovery, self.availability, self.state, self.avatar)

    @classmethod
    def of(cls, settings: MqttSettings, identity: Identity) -> Topics:
        """One root per device below the base topic."""
        root = f"{settings.base_topic}/{identity.device_id}"
        return cls(
            availability=f"{root}/availability",
            state=f"{root}/state",
            reply=f"{root}/reply",
            avatar=f"{root}/avatar",
            diagnostics=f"{root}/diagnostics",
            discovery=f"{settings.discovery_prefix}/device/{identity.unique}/config",
            home_status=f"{settings.discovery_prefix}/status",
            proposal=f"{root}/proposal",
            action=f"{root}/action",
            accept=f"{root}/accept",
            driving=f"{root}/driving",
            feedback=f"{root}/feedback",
            outcome=f"{root}/feedback/outcome",
            episode=f"{root}/episode",
            controls=f"{root}/controls",
            consent=f"{root}/consent",
            profile=f"{root}/profile",
            volume=f"{root}/volume",
            rate=f"{root}/rate",
            forget=f"{root}/forget",
        )
