"""The vault's key: 32 bytes, from a file that only its owner may read, and where systemd hands one over from both.

With systemd a secret lies encrypted by the machine's own key or TPM and is handed over at start (systemd.exec(5),
LoadCredentialEncrypted=). The key is then made of it and of the file, so whoever takes the disk has only half of it,
and to destroy the file still destroys the key. Without systemd the file is the key: whoever takes the disk has both,
and ``rapport doctor`` says so.
"""

from __future__ import annotations

import hmac
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
    """Whether a part of it lies elsewhere than beside the vault."""

    def __repr__(self) -> str:
        """Without the key."""
        return f"Key({self.source!r})"


def key_file(state_directory: Path) -> PrivateFile:
    """Where the key lies, or its half."""
    anew = "type: rapport privacy forget, which makes a new vault"
    return PrivateFile(state_directory / FILE, "vault's key", LARGEST, VaultError, anew)


def find_key(state_directory: Path) -> Key | None:
    """The key that is there; None where none was ever made.

    Raises:
        VaultError: it is there and cannot be used.
    """
    file = key_file(state_directory)
    content = file.read()
    if content is None:
        return None
    return _made_of(_parsed(content, str(file)), file)


def make_key(state_directory: Path) -> Key:
    """A new key, with what goes into its file. Raises VaultError."""
    file = key_file(state_directory)
    raw = secrets.token_bytes(BYTES)
    file.write(raw.hex() + "\n")
    return _made_of(raw, file)


def _made_of(half: bytes, file: PrivateFile) -> Key:
    """The file's bytes by themselves, or with the credential: HMAC-SHA-256 (RFC 2104), a key derivation of one step."""
    given = os.environ.get("CREDENTIALS_DIRECTORY")
    path = Path(given) / CREDENTIAL if given else None
    if path is None or not path.is_file():
        return Key(half, f"the file {file.path}", sealed=False)
    credential = _parsed(path.read_bytes(), f"the systemd credential {CREDENTIAL}")
    source = f"the systemd credential {CREDENTIAL} and the file {file.path}"
    return Key(hmac.digest(credential, b"rapport vault" + half, "sha256"), source, sealed=True)


def _parsed(content: bytes, what: str) -> bytes:
    if not _HEX.fullmatch(content):
        problem = f"{what} holds no key: 64 hexadecimal digits are wanted, found {len(content)} bytes of something else"
        raise VaultError(problem, "Restore it from where you keep it, or type: rapport privacy forget")
    return bytes.fromhex(content.decode("ascii").strip())
