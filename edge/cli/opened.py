"""The vault for a command: open while it is needed, and not made by one that only looks."""

from __future__ import annotations

import secrets
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from edge.kept import open_kept, something_kept
from edge.paths import state_directory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.privacy.vault import Vault
    from edge.settings import Settings


@contextmanager
def opened(settings: Settings, *, make: bool = False) -> Iterator[Vault]:
    """The device's vault; where nothing was ever kept an empty one that is gone afterwards, unless to ``make`` it.

    Raises:
        VaultError: it cannot be opened.
    """
    directory = state_directory(settings)
    if make or something_kept(directory):
        vault = open_kept(directory)
        try:
            yield vault
        finally:
            vault.close()
        return
    from edge.privacy.key import BYTES, Key
    from edge.privacy.vault import Vault
    from edge.privacy.vault_files import FILE

    with tempfile.TemporaryDirectory(prefix="rapport-") as scratch:
        vault = Vault(Path(scratch) / FILE, Key(secrets.token_bytes(BYTES), "memory", sealed=True))
        try:
            yield vault
        finally:
            vault.close()
