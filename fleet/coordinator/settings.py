"""Settings of the coordinator: one TOML file."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, ValidationError, model_validator

from edge.outlets.mqtt.settings import MqttSettings
from edge.section import Section

LARGEST_KRUM = 2000
"""Updates; Krum holds every distance between two of them, 32 MB at this many."""


class CoordinatorSection(Section):
    """Who coordinates, and for whom."""

    key: Path = Field(
        title="Key", description="PEM file, mode 0600, of the Ed25519 key that signs rounds and heads; see --new-key"
    )
    devices: Path = Field(
        title="Devices", description="text file of the fleet: one `ed25519 KEY DEVICE` a line; read anew for each round"
    )
    id: str = Field(
        default="rapport-coordinator",
        pattern=r"^[a-zA-Z0-9_-]{1,64}$",
        title="Id",
        description="client id on the broker, which keeps what came in while the coordinator was away",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", title="Log level", description="what is written to standard error"
    )


class DatabaseSection(Section):
    """Where rounds and updates are kept."""

    url: str = Field(
        default="sqlite:///coordinator.sqlite",
        pattern=r"^(sqlite:///.+|postgresql://.+)$",
        max_length=1000,
        title="URL",
        description="sqlite:///FILE, or postgresql://USER@HOST:PORT/NAME",
    )
    password_file: Path | None = Field(
        default=None, title="Password file", description="file with the password for PostgreSQL"
    )


class BrokerSection(Section):
    """The broker of the fleet."""

    host: str = Field(min_length=1, max_length=253, title="Host", description="name or address of the broker")
    port: int = Field(default=8883, ge=1, le=65535, title="Port", description="usually 8883; without TLS 1883")
    username: str = Field(default="", max_length=200, title="User name", description="empty: none is sent")
    password_file: Path | None = Field(default=None, title="Password file", description="file with the password")
    tls: bool = Field(default=True, title="TLS", description="encrypt and check the broker's certificate")
    tls_ca: Path | None = Field(
        default=None, title="CA file", description="PEM file of the authority that signed the broker's certificate"
    )
    tls_cert: Path | None = Field(default=None, title="Certificate", description="PEM file of our own certificate")
    tls_key: Path | None = Field(default=None, title="Key", description="PEM file of our own private key")
    keepalive_s: int = Field(
        default=30, ge=5, le=600, title="Keepalive", description="s; a broken line is noticed after about this long"
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        try:
            self.mqtt()
        except ValidationError as error:
            raise ValueError(error.errors()[0]["msg"].removeprefix("Value error, ")) from error
        return self

    def mqtt(self) -> MqttSettings:
        """The same as the device's settings, which know what fits together and how faults are told."""
        return MqttSettings(**self.model_dump())


class RoundsSection(Section):
    """What a round asks for."""

    cohort: int = Field(
        default=100, ge=2, le=1_000_000, title="Cohort", description="least devices whose updates are put together"
    )
    enough: int = Field(
        default=10_000,
        ge=2,
        le=100_000,
        title="Enough",
        description="a round closes early when this many updates are in",
    )
    duration_s: int = Field(
        default=86_400, ge=1, le=30 * 86_400, title="Duration", description="s; from the announcement to the close"
    )
    pause_s: int = Field(
        default=3_600, ge=0, le=30 * 86_400, title="Pause", description="s; between a result and the next round"
    )
    share: float = Field(default=1.0, gt=0, le=1, title="Share", description="chance with which a device joins")
    clip: float = Field(
        default=1.0, gt=0, le=100, title="Clip", description="most that an update may be long (L2 norm)"
    )
    noise_multiplier: float = Field(
        default=8.0,
        ge=0,
        le=1000,
        title="Noise multiplier",
        description="deviation of the noise in the sum of a cohort's updates, in clips; 0: none, and no device joins",
    )
    noise: Literal["devices", "coordinator"] = Field(
        default="devices",
        title="Noise",
        description="who adds it: each device its part, or the coordinator all of it (devices must trust it)",
    )

    @model_validator(mode="after")
    def _enough_is_a_cohort(self) -> Self:
        if self.enough < self.cohort:
            message = f"enough is {self.enough}, which never makes a cohort of {self.cohort}"
            raise ValueError(message)
        return self


class StrategySection(Section):
    """How updates become a head: one of Flower's strategies."""

    name: Literal["fedavg", "fedadam", "trimmed-mean", "krum"] = Field(
        default="fedavg",
        title="Name",
        description="fedavg, fedadam; or one that bears more poisoners: trimmed-mean (with the coordinator's noise or "
        "none), krum (with none)",
    )
    weighted: bool = Field(
        default=False,
        title="Weighted",
        description="fedavg, fedadam, krum: an update counts by its corrections; a poisoner may then claim many",
    )
    trim: float = Field(
        default=0.15, ge=0, lt=0.5, title="Trim", description="trimmed-mean: share left out at both ends, per number"
    )
    poisoners: float = Field(
        default=0.15, ge=0, lt=0.5, title="Poisoners", description="krum: share of updates left out as the farthest off"
    )
    learning_rate: float = Field(default=0.1, gt=0, le=10, title="Learning rate", description="fedadam: eta")
    beta_1: float = Field(default=0.9, ge=0, lt=1, title="Beta 1", description="fedadam: memory of the mean")
    beta_2: float = Field(default=0.99, ge=0, lt=1, title="Beta 2", description="fedadam: memory of the square")
    tau: float = Field(default=1e-3, gt=0, le=1, title="Tau", description="fedadam: least divisor of a step")


class CoordinatorSettings(Section):
    """The whole file."""

    coordinator: CoordinatorSection
    mqtt: BrokerSection
    database: DatabaseSection = DatabaseSection()
    rounds: RoundsSection = RoundsSection()
    strategy: StrategySection = StrategySection()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        covered = {"fedavg", "fedadam"} | ({"trimmed-mean"} if self.rounds.noise == "coordinator" else set())
        if self.rounds.noise_multiplier and (self.strategy.name not in covered or self.strategy.weighted):
            message = (
                "rounds.noise_multiplier above 0 is a promise about what one update moves: it needs strategy.name = "
                "'fedavg' or 'fedadam', and strategy.weighted = false; or, with rounds.noise = 'coordinator', "
                "strategy.name = 'trimmed-mean'"
            )
            raise ValueError(message)
        if self.strategy.name == "krum" and self.rounds.enough > LARGEST_KRUM:
            message = f"strategy.name = 'krum' needs rounds.enough of at most {LARGEST_KRUM}"
            raise ValueError(message)
        return self
