"""What a look finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. ``essential`` ones must be well for the main job to run."""

    name: str
    ok: bool
    found: str
    remedy: str = ""
    essential: bool = False
