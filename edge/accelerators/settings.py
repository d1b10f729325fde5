"""Settings of the models and of what runs them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from edge.section import Section


class AcceleratorSettings(Section):
    """Where models run."""

    name: Literal["auto", "cpu", "coral", "jetson"] = Field(
        default="auto",
        title="Accelerator",
        description="auto takes the first usable of coral, jetson, cpu and says why",
    )
    threads: int = Field(
        default=1,
        ge=1,
        le=8,
        title="Threads",
        description="CPU threads per model; more than one gains nothing at our sizes",
    )


class ModelsSettings(Section):
    """Where the model folders are."""

    directory: Path | None = Field(
        default=None,
        title="Directory",
        description="folder with one folder per model; by default the one that came with the installation",
    )
