"""What there is to measure about a running device, as plain values. The composition root fills it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class LaneFigures:
    """One lane. Its source and its reason stay away: either may hold a path, and with it a name."""

    sense: str
    state: str
    restarts: int
    dropped: int


@dataclass(frozen=True, slots=True)
class LatencyFigures:
    """Durations of one kind. ``quantiles_ms`` is of the recent past, ``count`` and ``sum_ms`` are since the start."""

    quantiles_ms: Mapping[float, float]
    count: int
    sum_ms: float


@dataclass(frozen=True, slots=True)
class Figures:
    """A device, now. ``latencies`` by kind, ``outlets`` gives what each outlet dropped, ``states`` all lane states."""

    version: str
    accelerator: str
    lanes: tuple[LaneFigures, ...]
    states: tuple[str, ...]
    latencies: Mapping[str, LatencyFigures]
    readings: Mapping[str, int]
    abstained: Mapping[str, int]
    outlets: Mapping[str, int]
    turns: int
    rss_bytes: int
    cpu_s: float
