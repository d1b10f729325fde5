"""The form of a recording: JSON lines, one step of the device each, so that a crash costs the last line at most.

The first line is the head; then come steps in the order in which the loop took them; the last line says why it ended.
``docs/understanding/replay.md`` describes every kind.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from edge import __version__
from edge.affect import Sense
from edge.understanding.pooled import Parameters

FORMAT: Literal["rapport-recording"] = "rapport-recording"
VERSION: Literal[1] = 1
"""Goes up when older code could no longer understand what is written. New fields with a default do not raise it."""
LONGEST_LINE = 1 << 20
"""Bytes; a step has two to four thousand."""
LARGEST = 1 << 30
"""Bytes that a recording may have, unpacked: about a day. What is larger is no recording of ours."""


class Head(BaseModel):
    """The first line."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["rapport-recording"] = FORMAT
    version: Literal[1] = VERSION
    rapport: str = Field(default=__version__, max_length=64, description="the version that recorded")
    device: str = Field(max_length=64)
    utc: str | None = Field(default=None, max_length=64, description="ISO 8601, when the recording began")
    senses: tuple[Sense, ...] = Field(description="those that were to be recorded")
    words: bool = Field(description="whether what the person said was kept")
    understanding: dict[str, Any] = Field(description="the settings of understanding at the start")
    pool: Parameters | None = Field(default=None, description="what combined the senses; None: an older recording")
