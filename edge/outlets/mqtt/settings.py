"""Settings of the MQTT outlet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from edge.section import Section

Topic = Annotated[str, StringConstraints(pattern=r"^[^#+$/\x00-\x1f\x7f][^#+\x00-\x1f\x7f]*$", max_length=200)]
"""A topic to publish to: no wildcard, no control character, not one of the broker's own ($SYS)."""


class FigureSettings(Section):
    """How often the home hears of one figure of the State."""

    min_interval_s: float | None = Field(
        default=None,
        ge=0.05,
        le=3600,
        title="Rate floor",
        description="s; it changes no more often than this; by default, and at least, as often as mqtt.min_interval_s",
    )
    deadband: float | None = Field(
        default=None,
        ge=0,
        le=1,
        title="Deadband",
        description="a change below this waits for the settling time; by default mqtt.deadband",
    )


class MqttSettings(Section):
    """The way to the home: a broker, and how often it hears from us."""

    enabled: bool = Field(default=True, title="Enabled", description="false keeps the device silent on the network")
    host: str = Field(default="", max_length=253, title="Host", description="name or address of the broker; empty: off")
    port: int = Field(default=1883, ge=1, le=65535, title="Port", description="usually 1883, with TLS 8883")
    username: str = Field(default="", max_length=200, title="User name", description="empty: none is sent")
    password_file: Path | None = Field(
        default=None, title="Password file", description="file with the password; read anew for each connection"
    )
    tls: bool = Field(
        default=False, title="TLS", description="encrypt the connection and check the broker's certificate"
    )
    tls_ca: Path | None = Field(
        default=None,
        title="CA file",
        description="PEM file of the authority that signed the broker; default: the system's",
    )
    tls_cert: Path | None = Field(
        default=None, title="Certificate", description="PEM file of this device's certificate"
    )
    tls_key: Path | None = Field(default=None, title="Key", description="PEM file of this device's private key")
    keepalive_s: int = Field(
        default=30, ge=5, le=600, title="Keepalive", description="s; a broken line is noticed after about this long"
    )
    discovery_prefix: Topic = Field(
        default="homeassistant", title="Discovery prefix", description="as set in Home Assistant's MQTT integration"
    )
    base_topic: Topic = Field(default="rapport", title="Base topic", description="all other topics start with it")
    crisis_topic: Topic | None = Field(
        default=None,
        title="Crisis topic",
        description="topic that a notice without words goes to after a crisis reply; empty: none",
    )
    min_interval_s: float = Field(
        default=1.0, ge=0.05, le=60, title="Rate floor", description="s; States are published no more often than this"
    )
    deadband: float = Field(
        default=0.05,
        ge=0,
        le=0.5,
        title="Deadband",
        description="a change of valence, arousal and confidence below this waits for the settling time of 5 s",
    )
    expire_after_s: int = Field(
        default=60,
        ge=0,
        le=3600,
        title="Expire after",
        description="s; the home forgets a State not sent again for this long; 0: never, and the broker keeps it",
    )

    valence: FigureSettings = Field(
        default=FigureSettings(), title="Valence", description="how often the home hears of it"
    )
    arousal: FigureSettings = Field(
        default=FigureSettings(), title="Arousal", description="how often the home hears of it"
    )
    confidence: FigureSettings = Field(
        default=FigureSettings(), title="Confidence", description="how often the home hears of it"
    )

    @model_validator(mode="before")
    @classmethod
    def _empty_means_none(cls, data: object) -> object:
        if isinstance(data, dict) and data.get("crisis_topic") == "":
            return {**data, "crisis_topic": None}
        return data

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if (self.tls_ca or self.tls_cert or self.tls_key) and not self.tls:
            message = "tls_ca, tls_cert and tls_key need tls = true"
            raise ValueError(message)
        if (self.tls_cert is None) != (self.tls_key is None):
            message = "tls_cert and tls_key belong together: set both or neither"
            raise ValueError(message)
        if self.password_file is not None and not self.username:
            message = "password_file needs a username"
            raise ValueError(message)
        for name in ("discovery_prefix", "base_topic"):
            if getattr(self, name).endswith("/"):
                message = f"{name} must not end with /"
                raise ValueError(message)
        if 0 < self.expire_after_s < 2 * self.min_interval_s:
            message = "expire_after_s must be 0 or at least twice min_interval_s, or values expire between two sendings"
            raise ValueError(message)
        return self

    @property
    def active(self) -> bool:
        """Whether the outlet is wanted at all."""
        return self.enabled and bool(self.host)
