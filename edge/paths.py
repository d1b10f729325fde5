"""Where things are on this device."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.settings import Settings


def state_directory(settings: Settings) -> Path:
    """Where grants are kept: the settings' choice, systemd's $STATE_DIRECTORY, or ~/.local/state/rapport."""
    if settings.device.state_directory is not None:
        return settings.device.state_directory.expanduser()
    given = os.environ.get("STATE_DIRECTORY")
    if given:
        return Path(given)
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "rapport"


def runtime_directory() -> Path:
    """Where the last State lies while the machine is up: $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR, or under /tmp."""
    given = os.environ.get("RUNTIME_DIRECTORY")
    if given:
        return Path(given)
    base = os.environ.get("XDG_RUNTIME_DIR")
    return Path(base) / "rapport" if base else Path(tempfile.gettempdir()) / f"rapport-{os.getuid()}"


def cache_directory() -> Path:
    """Where set-up keeps the portrait and the bundled session: ``var/`` of a checkout, or ~/.cache/rapport."""
    checkout = Path(__file__).resolve().parents[1]
    if (checkout / "pyproject.toml").is_file():
        return checkout / "var"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rapport"


def configs_directory() -> Path:
    """``firmware_configs/`` of a checkout, or of an installed wheel."""
    checkout = Path(__file__).resolve().parents[1] / "firmware_configs"
    return checkout if checkout.is_dir() else Path(sys.prefix) / "share" / "rapport" / "firmware_configs"
