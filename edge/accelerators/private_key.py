"""A private key (Ed25519) in a file: made once, never over another file, and read only where nobody else may."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.accelerators.keys import PublicKey

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from edge.errors import RapportError

MODE = 0o600
LARGEST = 1 << 14
"""Bytes of a key file."""


@dataclass(frozen=True, slots=True)
class PrivateKeyFile:
    """PEM without a passphrase.

    Args:
        path: where it lies.
        error: what is raised.
        make: how one is made, for the remedy; no full stop.
        setting: the setting that names it, with a colon and a space behind it; empty where a command does.
    """

    path: Path
    error: type[RapportError]
    make: str
    setting: str = ""

    def new(self, owner: str = "") -> PublicKey:
        """Make it, with mode 0600, and give its public half. Raises ``error``, also where the file is there."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        private = Ed25519PrivateKey.generate()
        content = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        try:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
        except OSError as error:
            problem = f"the key file {self.path} cannot be made: {error.strerror or error}"
            raise self.error(problem, "Name a new file in a folder that only you can read") from error
        with open(descriptor, "wb") as file:  # noqa: PTH123 - pathlib cannot open a descriptor
            file.write(content)
        return public_half(private, owner)

    def read(self) -> Ed25519PrivateKey:
        """The key. Raises ``error`` where others may read it, or it is no Ed25519 key."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            with self.path.open("rb") as file:
                mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
                content = file.read(LARGEST)
        except OSError as error:
            problem = f"{self.setting}the key file {self.path} cannot be read: {error.strerror or error}"
            raise self.error(problem, self.make) from error
        if mode & 0o077:
            problem = f"{self.setting}the key file {self.path} has mode {mode:04o}: others may read it"
            raise self.error(problem, f"If nobody did, run `chmod 600 {self.path}`; else make a new key")
        try:
            private = load_pem_private_key(content, None)
        except (ValueError, TypeError) as error:
            problem = f"{self.setting}{self.path} is not a private key in PEM without a passphrase: {error}"
            raise self.error(problem, self.make) from error
        if not isinstance(private, Ed25519PrivateKey):
            problem = f"{self.setting}{self.path} holds a {type(private).__name__}, wanted Ed25519"
            raise self.error(problem, self.make)
        return private


def public_half(private: Ed25519PrivateKey, owner: str = "") -> PublicKey:
    """What devices trust."""
    return PublicKey(private.public_key().public_bytes_raw(), owner)
