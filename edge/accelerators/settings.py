"""Settings of the models and of what runs them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from edge.accelerators.keys import KEY_PATTERN
from edge.section import Section


class AcceleratorSettings(Section):
    """Where models run, and how a device is reached."""

    name: Literal["auto", "cpu", "coral", "jetson"] = Field(
        default="auto",
        title="Accelerator",
        description="auto takes the first usable of coral, jetson, cpu and says why",
    )
    threads: int = Field(
        default=1,
        ge=0,
        le=8,
        title="Threads",
        description="CPU threads per model; more than one gains nothing at our sizes; 0: tried for each model at start",
    )
    device: str = Field(
        default="",
        pattern=r"^((usb|pci)(:\d{1,2})?)?$",
        title="Coral device",
        description="usb, pci, or one of several: usb:0, pci:1; empty: the first that is there",
    )
    engine_cache: Path | None = Field(
        default=None,
        title="Engine cache",
        description="Jetson: folder for the engines that TensorRT builds, which takes minutes the first time;"
        " by default $CACHE_DIRECTORY, else ~/.cache/rapport",
    )


class ModelsSettings(Section):
    """Where the model folders are, and who must have signed them."""

    directory: Path | None = Field(
        default=None,
        title="Directory",
        description="folder with one folder per model; by default the one that came with the installation",
    )
    signature: Literal["require", "warn"] = Field(
        default="require",
        title="Signature",
        description="require refuses a model without a valid signature; warn uses it and says so, for development",
    )
    trusted_keys: tuple[Annotated[str, Field(pattern=KEY_PATTERN)], ...] = Field(
        default=(),
        max_length=8,
        title="Trusted keys",
        description="public keys that may sign models besides Rapport's own: ed25519, base64, whose it is",
    )
    least_release: int = Field(
        default=1,
        ge=1,
        title="Least release",
        description="an older signed manifest is refused, so that nobody puts old models back",
    )

    @property
    def place(self) -> Path:
        """``directory``, or ``models/`` of a checkout, or ``share/rapport/models`` of an installed wheel."""
        if self.directory is not None:
            return self.directory
        checkout = Path(__file__).resolve().parents[2] / "models"
        return checkout if checkout.is_dir() else Path(sys.prefix) / "share" / "rapport" / "models"
