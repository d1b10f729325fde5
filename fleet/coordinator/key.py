"""The coordinator's key (Ed25519): every device of the fleet trusts its public line, and nothing else signs a head."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.accelerators.private_key import PrivateKeyFile
from edge.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path


def key_file(path: Path) -> PrivateKeyFile:
    """The file at ``path``; what is wrong with it is a SettingsError."""
    make = "Make one with `python -m fleet coordinate --new-key FILE`"
    return PrivateKeyFile(path, SettingsError, make, setting="coordinator.key: ")
