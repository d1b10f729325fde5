"""The vault's key: 32 bytes from a systemd credential, or from a file that only its owner may read.

With systemd the key lies encrypted by the machine's own key or TPM and is handed over at start (systemd.exec(5),
LoadCredentialEncrypted=). Elsewhere it lies beside the vault with mode 0600: whoever takes the disk then has both, and
``rapport doctor`` says so.
"""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from edge.errors import VaultError
from edge.private import PrivateFile

CREDENTIAL = "rapport-vault-key"
FILE = "vault.key"
BYTES = 32
_HEX = re.compile(rb"[0-9a-f]{64}\n?")
LARGEST = 128


@dataclass(frozen=True, slots=True)
class Key:
    """The raw key, and where it comes from as a phrase for people. Its ``repr`` does not show it."""

    raw: bytes
    source: str
    sealed: bool
    """Whether it lies elsewhere than beside the vault."""

    def __repr__(self) -> str:
        """Without the key."""
        return f"Key({self.source!r})"


def key_file(state_directory: Path) -> PrivateFile:
    """Where the key lies when systemd has none."""
    anew = "type: rapport privacy forget, which makes a new vault"
    return PrivateFile(state_directory / FILE, "vault's key", LARGEST, VaultError, anew)


def find_key(state_directory: Path) -> Key | None:
    """The key that is there; None where none was ever made.

    Raises:
        VaultError: it is there and cannot be used.
    """
    given = os.environ.get("CREDENTIALS_DIRECTORY")
    if given and (path := Path(given) / CREDENTIAL).is_file():
        raw = _parsed(path.read_bytes(), f"the systemd credential {CREDENTIAL}")
        return Key(raw, "a systemd credential", sealed=True)
    file = key_file(state_directory)
    content = file.read()
    return None if content is None else Key(_parsed(content, str(file)), f"the file {file.path}", sealed=False)


def make_key(state_directory: Path) -> Key:
    """A new key in its file. Raises VaultError."""
    file = key_file(state_directory)
    raw = secrets.token_bytes(BYTES)
    file.write(raw.hex() + "\n")
    return Key(raw, f"the file {file.path}", sealed=False)


def _parsed(content: bytes, what: str) -> bytes:
    if not _HEX.fullmatch(content):
        problem = f"{what} holds no key: 64 hexadecimal digits are wanted, found {len(content)} bytes of something else"
        raise VaultError(problem, "Restore it from where you keep it, or type: rapport privacy forget")
    return bytes.fromhex(content.decode("ascii").strip())
