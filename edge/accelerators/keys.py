"""Public keys that may sign models, and the signature of a file by one of them (Ed25519, RFC 8032).

A key is a line of text: ``ed25519 <32 bytes in base64> <whose it is>``. A signature file has a line for each key that
signed: ``ed25519 <key's id> <64 bytes in base64>``. An old and a new key can both sign while devices change over.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from edge.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterable

TRUSTED_FILE = Path(__file__).with_name("trusted_keys.txt")
"""The keys of Rapport's own releases."""
KEY_PATTERN = r"^ed25519 [A-Za-z0-9+/]{43}=( [^\x00-\x1f]{1,64})?$"
SIGNATURE = re.compile(r"ed25519 ([0-9a-f]{16}) ([A-Za-z0-9+/]{86}==)")
MOST_SIGNATURES = 8


@dataclass(frozen=True, slots=True)
class PublicKey:
    """One key: its 32 bytes, and whose it is."""

    raw: bytes
    owner: str

    @property
    def id(self) -> str:
        """16 hexadecimal digits that name it in signatures and messages."""
        return hashlib.sha256(self.raw).hexdigest()[:16]

    @property
    def line(self) -> str:
        """As it stands in ``trusted_keys.txt`` and in ``models.trusted_keys``."""
        return f"ed25519 {base64.b64encode(self.raw).decode()} {self.owner}".rstrip()


def parse_key(line: str) -> PublicKey:
    """The key of a line. Raises ModelError."""
    if not re.fullmatch(KEY_PATTERN, line):
        problem = f"{line[:80]!r} is not a public key: ed25519, 44 characters of base64, whose it is"
        raise ModelError(problem, "Copy the line that `python -m converters sign --new-key FILE` printed")
    _, encoded, *owner = line.split(" ", 2)
    return PublicKey(base64.b64decode(encoded), owner[0] if owner else "")


def trusted_keys(more: Iterable[str] = ()) -> tuple[PublicKey, ...]:
    """Rapport's own keys and those of ``more`` lines. Raises ModelError for a line that is none."""
    own = TRUSTED_FILE.read_text(encoding="utf-8").splitlines()
    return tuple(parse_key(line) for line in (*own, *more) if line and not line.startswith("#"))


def parse_signatures(raw: bytes) -> dict[str, bytes]:
    """Key id → signature of a signature file's content. Raises ValueError where a line is not one."""
    lines = raw.decode("ascii").splitlines()
    if not 1 <= len(lines) <= MOST_SIGNATURES:
        problem = f"it has {len(lines)} lines, wanted 1 to {MOST_SIGNATURES}"
        raise ValueError(problem)
    found = {}
    for number, line in enumerate(lines, start=1):
        match = SIGNATURE.fullmatch(line)
        if match is None:
            problem = f"line {number} is no signature"
            raise ValueError(problem)
        found[match[1]] = base64.b64decode(match[2])
    return found


def signature_line(key: PublicKey, signature: bytes) -> str:
    """One line of a signature file."""
    return f"ed25519 {key.id} {base64.b64encode(signature).decode()}\n"


def is_signed(content: bytes, signature: bytes, key: PublicKey) -> bool:
    """Whether ``key`` made ``signature`` over ``content``."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(signature, content)
    except InvalidSignature:
        return False
    return True
