"""The base of every table in a settings file."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """Unknown keys are errors; values do not change after start; every field has a title and a description."""

    model_config = ConfigDict(extra="forbid", frozen=True)
