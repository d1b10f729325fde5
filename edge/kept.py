"""Opening the vault of this device, with all that was kept before there was one."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from edge.errors import VaultError
from edge.privacy.key import FILE as KEY
from edge.privacy.vault import open_vault
from edge.privacy.vault_files import FILE

if TYPE_CHECKING:
    from pathlib import Path

    from edge.privacy.vault import Vault

log = logging.getLogger(__name__)

OLD = ("learned", "profiles", "wellbeing.json")
"""What may be left of before there was a vault, in the state directory."""


def open_kept(state_directory: Path) -> Vault:
    """The vault; made where there is none, with what older versions kept in files. Raises VaultError."""
    from edge.learning import old_files as learned
    from edge.understanding.person import old_files as persons
    from edge.understanding.wellbeing import old_file as days

    vault = open_vault(state_directory)
    try:
        for room in (learned, persons, days):
            room.take_in(vault, state_directory)
    except BaseException:
        vault.close()
        raise
    return vault


def try_open(state_directory: Path) -> tuple[Vault | None, str | None]:
    """The vault, or why there is none: a device senses on, and keeps nothing."""
    try:
        return open_kept(state_directory), None
    except VaultError as error:
        log.error("nothing is kept: %s Then start the device again.", error)  # noqa: TRY400 - the sentence says it all
        return None, str(error)


def something_kept(state_directory: Path) -> bool:
    """Whether there is a vault, or what would be moved into one: what only looks need not make one."""
    return any((state_directory / name).exists() for name in (FILE, KEY, *OLD))
