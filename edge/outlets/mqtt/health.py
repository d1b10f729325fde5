"""How the rest of the device is doing, as plain values. The composition root fills it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge.affect import Sense


@dataclass(frozen=True, slots=True)
class LaneHealth:
    """One lane. ``trouble`` says what is wrong with it, empty while nothing is; the rest is counted since the start."""

    sense: Sense
    state: str
    trouble: str = ""
    restarts: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Health:
    """The device at one moment. ``pictures`` were looked at since the start; ``models`` gives each one's version."""

    lanes: tuple[LaneHealth, ...] = ()
    pictures: int = 0
    models: Mapping[str, str] = field(default_factory=dict)
