"""The coordinator's key (Ed25519): every device of the fleet trusts its public line, and nothing else signs a head."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from edge.accelerators.keys import PublicKey
from edge.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

MODE = 0o600
LARGEST = 1 << 14
"""Bytes of a key file."""
MAKE = "Make one with `python -m fleet coordinate --new-key FILE`"


def new_key(path: Path, owner: str) -> PublicKey:
    """Make a private key at ``path`` (never over another file) and give its public half. Raises SettingsError."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    private = Ed25519PrivateKey.generate()
    content = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
    except OSError as error:
        problem = f"the key file {path} cannot be made: {error.strerror or error}"
        raise SettingsError(problem, "Name a new file in a folder that only you can read") from error
    with open(descriptor, "wb") as file:  # noqa: PTH123 - pathlib cannot open a descriptor
        file.write(content)
    return public_half(private, owner)


def public_half(private: Ed25519PrivateKey, owner: str) -> PublicKey:
    """What devices trust."""
    return PublicKey(private.public_key().public_bytes_raw(), owner)


def read_key(path: Path) -> Ed25519PrivateKey:
    """The private key in ``path``. Raises SettingsError when others may read it, or it is no Ed25519 key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            content = file.read(LARGEST)
    except OSError as error:
        problem = f"coordinator.key: the file {path} cannot be read: {error.strerror or error}"
        raise SettingsError(problem, MAKE) from error
    if mode & 0o077:
        problem = f"coordinator.key: the file {path} has mode {mode:04o}: others may read it"
        raise SettingsError(problem, f"If nobody did, run `chmod 600 {path}`; else make a new key")
    try:
        private = load_pem_private_key(content, None)
    except (ValueError, TypeError) as error:
        problem = f"coordinator.key: {path} is not a private key in PEM without a passphrase: {error}"
        raise SettingsError(problem, MAKE) from error
    if not isinstance(private, Ed25519PrivateKey):
        problem = f"coordinator.key: {path} holds a {type(private).__name__}, wanted Ed25519"
        raise SettingsError(problem, MAKE)
    return private
