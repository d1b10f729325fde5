"""The folder of an authority: nothing is replaced by accident, and keys are their owner's alone.

authority.key   the authority's private key; it leaves this folder for a backup only
authority.crt   its certificate
issued.json     every certificate that it ever signed
broker/         all that the broker needs, to be copied as a whole
homeassistant/  all that Home Assistant needs
coordinator/    all that the coordinator needs
receiver/       all that the receiver of aggregates needs
devices/ID/     all that one device needs
revoked/        what was in use before it was revoked
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from edge.errors import InputError
from fleet.ca.names import Role

if TYPE_CHECKING:
    from pathlib import Path

CERTIFICATE, KEY, CA, CRL, ACL = "certificate.crt", "private.key", "ca.crt", "ca.crl", "access.acl"
AUTHORITY_KEY, AUTHORITY, ISSUED = "authority.key", "authority.crt", "issued.json"


@dataclass(frozen=True, slots=True)
class Issued:
    """One certificate that was signed.

    Attributes:
        name: its CN.
        role: whom it is for.
        serial: its number, in hexadecimal.
        ends: until when it is valid, ISO 8601 in UTC.
        hosts: a broker's names and addresses.
        revoked: since when it is not valid any more; None while it is.
    """

    name: str
    role: Role
    serial: str
    ends: str
    hosts: tuple[str, ...] = ()
    revoked: str | None = None

    @property
    def ends_at(self) -> datetime:
        """As a time."""
        return datetime.fromisoformat(self.ends)

    @property
    def revoked_at(self) -> datetime | None:
        """As a time."""
        return None if self.revoked is None else datetime.fromisoformat(self.revoked)


def place(folder: Path, role: Role, name: str) -> Path:
    """Where the files of ``name`` are."""
    return folder / "devices" / name if role is Role.DEVICE else folder / role.value


def write_private(path: Path, content: bytes) -> None:
    """A new file that only its owner may read. Raises InputError where there is one already."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except FileExistsError as error:
        problem = f"{path} is there already and is not overwritten"
        raise InputError(problem, "Choose another name or folder, or use renew or revoke") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def replace(path: Path, content: bytes, mode: int = 0o644) -> None:
    """``path`` with ``content``, whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.new")
    with suppress(FileNotFoundError):
        scratch.unlink()
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)


def read_issued(path: Path) -> tuple[bool, list[Issued]]:
    """Whether the authority is a fleet's, and all that it signed. Raises InputError."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        rows = [Issued(**{**row, "role": Role(row["role"]), "hosts": tuple(row["hosts"])}) for row in content["issued"]]
        return bool(content["fleet"]), rows
    except (OSError, ValueError, KeyError, TypeError) as error:
        problem = f"{path} cannot be read: {error}"
        raise InputError(problem, "Restore the folder of the authority from its backup") from error


def write_issued(path: Path, rows: list[Issued], *, fleet: bool) -> None:
    """Keep all of it."""
    content = {"fleet": fleet, "issued": [asdict(row) for row in rows]}
    replace(path, (json.dumps(content, indent=1) + "\n").encode(), 0o600)
