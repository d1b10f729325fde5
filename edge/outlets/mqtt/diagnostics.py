"""What the home is told of the device itself: collected now and then, said when it has changed."""

from __future__ import annotations

import re
import time
from collections import deque
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from pydantic import Field

from edge.affect import Sense
from edge.outlets.mqtt.health import Health
from edge.outlets.mqtt.pace import Pace, Rule
from edge.outlets.mqtt.payloads import LONGEST_STATE, Payload, shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from edge.accelerators.usage import InUse

LOOK_S = 2.0
"""Seconds between two looks."""
RESEND_S = 60.0
"""Seconds after which it is said again though nothing has changed."""
RATE_OVER_S = 10.0
"""Seconds over which the frame rate is taken."""
LATENCIES = 256
"""States over which the p95 of the latency is taken."""
NOT_USED = "not used"
COUNTED = Rule(floor_s=10.0)
RULES = {
    "latency_p95_ms": Rule(floor_s=10.0, deadband=5.0, settling_s=60.0),
    "frames_per_s": Rule(floor_s=10.0, deadband=1.0, settling_s=60.0),
    "dropped": COUNTED,
    "dropped_frames": COUNTED,
    "refused": COUNTED,
    "connections": Rule(),
    "restarts": Rule(),
    "accelerator": Rule(),
    "silence": Rule(),
    "budget_left": Rule(),
    "models": Rule(),
    "last_error": Rule(),
    "lanes": Rule(),
}
DIRECTORIES = re.compile(r"(?<![\w.])/(?:[^\s/:'\"]+/)+")
"""What stands before a file's name: it may hold a person's."""


class AcceleratorPayload(Payload):
    """What the models run on."""

    device: str | None = Field(
        max_length=32, description='"cpu", "coral" or "jetson"; null, as the next, where nobody knows'
    )
    chosen: str | None = Field(description="the one that was chosen at start")
    reason: str = Field(max_length=LONGEST_STATE, description="why that one, and why some models run elsewhere")
    fallback: bool = Field(description="whether a model runs on the CPU because something failed")
    failures: int = Field(ge=0, description="inferences that failed or hung, since start")
    returns: int = Field(ge=0, description="times that a model came back to the chosen device")

    @classmethod
    def of(cls, in_use: InUse | None) -> AcceleratorPayload:
        """Of one moment; None where nobody knows, as in an outlet that runs by itself."""
        if in_use is None:
            return cls(device=None, chosen=None, reason="", fallback=False, failures=0, returns=0)
        return cls(
            device=in_use.device,
            chosen=in_use.chosen,
            reason=shortened(in_use.reason),
            fallback=in_use.fallback,
            failures=in_use.failures,
            returns=in_use.returns,
        )


class LanesPayload(Payload):
    """Where the lane of each sense stands, such as "running", "no consent" or "parked"."""

    face: str = Field(default=NOT_USED, max_length=32)
    voice: str = Field(default=NOT_USED, max_length=32)
    text: str = Field(default=NOT_USED, max_length=32)


class DiagnosticsPayload(Payload):
    """How the device itself is doing."""

    latency_p95_ms: float | None = Field(
        description="capture to publication of a State, over the last 256; null before"
    )
    dropped: int = Field(
        ge=0, description="States and Replies that were given up because newer ones came or time passed"
    )
    connections: int = Field(ge=0, description="times that the broker accepted this device since it started")
    accelerator: AcceleratorPayload
    refused: int = Field(default=0, ge=0, description="messages to the device that it did not take, since start")
    silence: str | None = Field(
        default=None, max_length=LONGEST_STATE, description="why it says nothing now; null where it has just spoken"
    )
    frames_per_s: float | None = Field(default=None, ge=0, description="pictures looked at; null before")
    dropped_frames: int = Field(default=0, ge=0, description="pictures that nobody had the time to look at")
    restarts: int = Field(default=0, ge=0, description="of sensors and models after a failure, since start")
    lanes: LanesPayload = LanesPayload()
    last_error: str | None = Field(
        default=None, max_length=LONGEST_STATE, description="of a sensor or model, also of one that works again"
    )
    models: dict[str, str] = Field(default={}, description="each loaded model with its version")
    budget_left: float | None = Field(
        default=None, description="epsilon that may still be spent this year; null where no aggregates are sent"
    )


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the figures come from; each may be called from any thread, and None is where nobody knows.

    Attributes:
        in_use: what the models run on just now.
        health: how lanes and models are.
        budget: epsilon that is left, None while it is not known; the home has no entity for it where there is none.
        silence: why nothing is said now.
    """

    in_use: Callable[[], InUse] | None = None
    health: Callable[[], Health] | None = None
    budget: Callable[[], float | None] | None = None
    silence: Callable[[], str | None] = lambda: None


class Diagnostics:
    """For one thread, but for ``took``."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._pace = Pace(RULES, resend_s=RESEND_S)
        self._latencies_ms: deque[float] = deque(maxlen=LATENCIES)
        self._looked_at = float("-inf")
        self._placed: tuple[str, bool] | None = None
        self._pictures: tuple[int, float] | None = None
        self._rate: float | None = None
        self._last_error: str | None = None

    @property
    def budgeted(self) -> bool:
        """Whether there is a budget."""
        return self._sources.budget is not None

    @property
    def due(self) -> float:
        """When there is something to look at or to say, in seconds of the monotonic clock."""
        return min(self._looked_at + LOOK_S, self._pace.due)

    def took(self, captured_ns: int) -> None:
        """A State was published that was captured at ``captured_ns`` (CLOCK_MONOTONIC)."""
        self._latencies_ms.append((time.monotonic_ns() - captured_ns) / 1e6)

    def say_anew(self, now: float) -> None:
        """Whoever listened knows nothing any more."""
        self._pace.say_anew(now)

    def take(self, now: float, counts: Callable[[], Mapping[str, int]]) -> DiagnosticsPayload | None:
        """What is to be said now, if anything; ``counts`` gives the outlet's own figures."""
        in_use = None if self._sources.in_use is None else self._sources.in_use()
        placed = None if in_use is None else (in_use.device, in_use.fallback)
        if now >= self._looked_at + LOOK_S or placed != self._placed or now >= self._pace.due:
            self._looked_at, self._placed = now, placed
            payload = self._collect(in_use, now, counts())
            self._pace.offer({name: getattr(payload, name) for name in RULES}, now)
        values = self._pace.take(now)
        return None if values is None else DiagnosticsPayload(**values)

    def _collect(self, in_use: InUse | None, now: float, counts: Mapping[str, int]) -> DiagnosticsPayload:
        sources = self._sources
        health = Health() if sources.health is None else sources.health()
        self._measure_rate(health, now)
        for lane in health.lanes:
            if lane.trouble:
                self._last_error = shortened(f"{lane.sense.value}: {without_directories(lane.trouble)}")
        silence = sources.silence()
        left = None if sources.budget is None else sources.budget()
        return DiagnosticsPayload(
            latency_p95_ms=_p95(self._latencies_ms),
            accelerator=AcceleratorPayload.of(in_use),
            silence=None if silence is None else shortened(silence),
            frames_per_s=self._rate,
            dropped_frames=sum(lane.dropped for lane in health.lanes if lane.sense is Sense.FACE),
            restarts=sum(lane.restarts for lane in health.lanes),
            lanes=LanesPayload.model_validate({lane.sense.value: lane.state for lane in health.lanes}),
            last_error=self._last_error,
            models=dict(health.models),
            budget_left=None if left is None else round(left, 3),
            **counts,
        )

    def _measure_rate(self, health: Health, now: float) -> None:
        if self._pictures is None:
            self._pictures = (health.pictures, now)
            return
        before, since = self._pictures
        if now - since >= RATE_OVER_S:
            self._rate = round(max(health.pictures - before, 0) / (now - since), 1)
            self._pictures = (health.pictures, now)


def without_directories(text: str) -> str:
    """``text`` with the names of files, but not where they are."""
    return DIRECTORIES.sub("…/", text)


def _p95(values: deque[float]) -> float | None:
    ordered = sorted(values)
    return round(ordered[ceil(0.95 * len(ordered)) - 1], 1) if ordered else None
