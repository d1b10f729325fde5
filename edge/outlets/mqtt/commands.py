"""What the home may say to the device beside words: a proposal is accepted, a reply judged, a vehicle tells of itself.

Nothing that comes in here can allow anything: what may be done is in the device's own settings.
"""

from __future__ import annotations

import json
import logging
import time
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from edge.response.driving import Driving, Workload

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.outlets.mqtt.controls import Controls
    from edge.outlets.mqtt.identity import Topics

log = logging.getLogger(__name__)

PRESS = "PRESS"
"""What Home Assistant's button sends: the proposal that is open is accepted."""
MOST_BYTES = 1024
LOG_EVERY = 1000
"""Of what is refused the first is logged, and then one in so many: a flood must not fill the disk."""


class Command(BaseModel):
    """Base of what is understood."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class AcceptCommand(Command):
    """A proposal is accepted."""

    id: str = Field(pattern=r"^[0-9a-f]{32}$", description="that of the proposal")


class DrivingCommand(Command):
    """What a vehicle tells of itself; at least one of speed and workload."""

    speed_kmh: float | None = Field(default=None, ge=0, le=300, strict=True)
    workload: Workload | None = Field(default=None, description='"low", "medium" or "high"')
    lifetime_s: float = Field(default=10.0, ge=1, le=60, strict=True, description="for how long it holds")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.speed_kmh is None and self.workload is None:
            message = "neither speed_kmh nor workload is given"
            raise ValueError(message)
        return self


class Commands:
    """Called on the connection's thread; what it calls must return at once and be safe there."""

    def __init__(
        self,
        accept: Callable[[str | None], None],
        drive: Callable[[Driving], None] | None = None,
        refused_later: Callable[[], int] = lambda: 0,
        judge: Callable[[bytes], None] | None = None,
        controls: Controls | None = None,
    ) -> None:
        """Nothing is heard yet.

        Args:
            accept: takes the id of a proposal, or None for the one that is open.
            drive: takes what the vehicle says; None: no vehicle is listened to.
            refused_later: how many of what was understood came to nothing.
            judge: takes feedback on a reply, as it came, and counts by itself what is none; None: it is not heard.
            controls: what the home may set; None: nothing.
        """
        self._accept = accept
        self._drive = drive
        self._refused_later = refused_later
        self._judge = judge
        self.controls = controls
        self._malformed = 0

    @property
    def refused(self) -> int:
        """Messages that were not taken, since the start."""
        return self._malformed + self._refused_later()

    def topics(self, topics: Topics) -> tuple[str, ...]:
        """Those to subscribe to."""
        return tuple(self._hearers(topics))

    def hear(self, topic: str, payload: bytes, topics: Topics, *, retained: bool) -> None:
        """Do what a message on one of ``topics`` says. What is malformed, or was kept by the broker, is counted."""
        try:
            _require_fresh(payload, retained=retained)
            self._hearers(topics)[topic](payload)
        except (ValueError, RecursionError) as error:  # a ValidationError and a UnicodeDecodeError are ValueErrors
            self._malformed += 1
            if self._malformed % LOG_EVERY == 1:
                log.warning("mqtt: a message on %s is refused (%d so far): %s", topic, self._malformed, _why(error))

    def _hearers(self, topics: Topics) -> dict[str, Callable[[bytes], None]]:
        """What takes the messages of each topic."""
        found: dict[str, Callable[[bytes], None]] = {topics.accept: self._hear_yes}
        if self._judge is not None:
            found[topics.feedback] = self._judge
        if self._drive is not None:
            found[topics.driving] = self._hear_vehicle
        return found if self.controls is None else {**found, **self.controls.hearers(topics)}

    def _hear_yes(self, payload: bytes) -> None:
        self._accept(None if payload == PRESS.encode() else AcceptCommand.model_validate(_object(payload)).id)

    def _hear_vehicle(self, payload: bytes) -> None:
        command = DrivingCommand.model_validate(_object(payload))
        if self._drive is not None:
            self._drive(_driving(command))


def _require_fresh(payload: bytes, *, retained: bool) -> None:
    """Raise ValueError for what nobody says now, or is too long to be anything."""
    if retained:
        message = "it was kept by the broker, and nobody says it now"
        raise ValueError(message)
    if len(payload) > MOST_BYTES:
        message = f"it has {len(payload)} bytes, at most {MOST_BYTES} are taken"
        raise ValueError(message)


def _object(payload: bytes) -> Any:  # noqa: ANN401 - JSON is anything
    return json.loads(payload.decode())


def _driving(command: DrivingCommand) -> Driving:
    return Driving(time.monotonic_ns(), int(command.lifetime_s * 1e9), command.speed_kmh, command.workload)


def _why(error: Exception) -> str:
    """What is wrong, without what was sent."""
    if isinstance(error, ValidationError):
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        return "a field is unknown" if first["type"] == "extra_forbidden" else f"{where} {first['msg'].lower()}".strip()
    if isinstance(error, UnicodeDecodeError | json.JSONDecodeError | RecursionError):
        return "it is no JSON object in UTF-8"
    return str(error)
