"""An authority with its folder: issue, renew, revoke, and keep what the broker needs in step."""

from __future__ import annotations

from dataclasses import replace as changed
from datetime import timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from edge.errors import InputError
from fleet.ca import folder as files
from fleet.ca.access import access_list
from fleet.ca.certificates import Authority, issue, key_pem, new_authority, new_key, pem, revocation_list, utc_now
from fleet.ca.folder import Issued
from fleet.ca.names import NAMES, Role, checked_device, checked_host

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

AUTHORITY_DAYS = 3650
CERTIFICATE_DAYS = 397
"""A year and a month, to have a month for renewing once a year."""
DUE_DAYS = 30
SHOWN = 20
"""Names that an error lists."""

_Wanted = tuple[Role, str, ec.EllipticCurvePublicKey, tuple[str, ...]]
"""Whom a certificate is for, the name in it, the key and the hosts."""


class Household:
    """The authority in ``folder``; every public method leaves the folder whole."""

    def __init__(self, folder: Path, clock: Callable[[], datetime] = utc_now) -> None:
        """Open it. Raises InputError where there is none, or one that cannot be used."""
        self.folder = folder
        self._clock = clock
        self.fleet, self.issued = files.read_issued(_there(folder / files.ISSUED))
        self.authority = read_authority(folder)

    @classmethod
    def create(
        cls,
        folder: Path,
        name: str,
        *,
        fleet: bool = False,
        days: int = AUTHORITY_DAYS,
        clock: Callable[[], datetime] = utc_now,
    ) -> Household:
        """A new authority in a folder that is new or empty. Raises InputError."""
        if folder.exists() and any(folder.iterdir()):
            problem = f"{folder} is not empty, so no authority is made in it"
            raise InputError(problem, "Choose another folder with --directory, or go on with the one that is there")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        authority = new_authority(name, clock(), days)
        files.write_private(folder / files.AUTHORITY_KEY, key_pem(authority.key))
        files.replace(folder / files.AUTHORITY, pem(authority.certificate))
        files.write_issued(folder / files.ISSUED, [], fleet=fleet)
        household = cls(folder, clock)
        household._refresh()
        return household

    @property
    def ends(self) -> datetime:
        """Until when the authority itself is valid."""
        return self.authority.ends

    def issue(self, role: Role, *given: str, hosts: Iterable[str] = (), days: int = CERTIFICATE_DAYS) -> list[Path]:
        """A new key and certificate for each; the folders that are to be carried to their owners.

        Args:
            role: whom they are for.
            given: the ids of devices; nothing for a service, which is there once.
            hosts: a broker's names and addresses.
            days: how long they hold; never longer than the authority.

        Raises:
            InputError: a name that cannot be one, or that has a certificate already. Then none is issued.
        """
        names = [checked_device(one) for one in given] if role is Role.DEVICE else [NAMES[role]]
        named = tuple(checked_host(host) for host in hosts)
        places = {name: files.place(self.folder, role, name) for name in names}
        for name, where in places.items():
            if (where / files.CERTIFICATE).exists() or (where / files.KEY).exists():
                problem = f"{name} has a certificate already, in {where}; it is not overwritten"
                raise InputError(problem, "Renew it, or revoke it first and issue a new one")
        keys = {name: new_key() for name in names}
        self._sign([(role, name, keys[name].public_key(), named) for name in names], days, keys)
        return list(places.values())

    def renew(self, name: str, *, days: int = CERTIFICATE_DAYS) -> Path:
        """A new certificate for the key that ``name`` has; the authority and the key stay.

        Raises:
            InputError: it has none, or it was revoked.
        """
        current = self._current(name, "renewed")
        old = _read_certificate(files.place(self.folder, current.role, name) / files.CERTIFICATE)
        public_key = old.public_key()
        if not isinstance(public_key, ec.EllipticCurvePublicKey):
            problem = f"the certificate of {name} has a key that this program did not make"
            raise InputError(problem, "Revoke it and issue a new one")
        (where,) = self._sign([(current.role, name, public_key, current.hosts)], days, {})
        return where

    def due(self, within_days: int = DUE_DAYS) -> list[Issued]:
        """The certificates in use that end within this time, or have ended."""
        limit = self._clock() + timedelta(days=within_days)
        return [row for row in self.current() if row.ends_at <= limit]

    def current(self) -> list[Issued]:
        """The newest certificate of every name, without the revoked."""
        return list(self._newest().values())

    def revoke(self, name: str) -> Path:
        """None of the certificates of ``name`` is valid any more; where its files are kept. Raises InputError."""
        current = self._current(name, "revoked")
        since = self._clock().isoformat()
        rows = [changed(row, revoked=since) if row.name == name and not row.revoked else row for row in self.issued]
        self._keep(rows)
        where = files.place(self.folder, current.role, name)
        away = self.folder / "revoked" / f"{name}-{current.serial[:8]}"
        if current.role is Role.BROKER:  # its folder has more than its own certificate
            away.mkdir(mode=0o700, parents=True, exist_ok=True)
            for file in (files.CERTIFICATE, files.KEY):
                (where / file).rename(away / file)
        elif where.exists():
            away.parent.mkdir(mode=0o700, exist_ok=True)
            where.rename(away)
        self._refresh()
        return away

    def _sign(self, wanted: list[_Wanted], days: int, keys: Mapping[str, ec.EllipticCurvePrivateKey]) -> list[Path]:
        signed, rows = [], []
        for role, name, key, hosts in wanted:
            certificate = issue(self.authority, role, name, key, now=self._clock(), days=days, hosts=hosts)
            ends = certificate.not_valid_after_utc.isoformat()
            rows.append(Issued(name, role, f"{certificate.serial_number:x}", ends, hosts))
            signed.append((files.place(self.folder, role, name), name, certificate))
        self._keep([*self.issued, *rows])  # before they are there: one that nobody knows of could not be revoked
        for where, name, certificate in signed:
            if name in keys:
                files.write_private(where / files.KEY, key_pem(keys[name]))
            files.replace(where / files.CERTIFICATE, pem(certificate))
            files.replace(where / files.CA, pem(self.authority.certificate))
        self._refresh()
        return [where for where, _, _ in signed]

    def _refresh(self) -> None:
        """What the broker must know of all others."""
        revoked = {int(row.serial, 16): row.revoked_at for row in self.issued if row.revoked_at is not None}
        broker = self.folder / Role.BROKER.value
        files.replace(broker / files.CA, pem(self.authority.certificate))
        files.replace(broker / files.CRL, revocation_list(self.authority, revoked, self._clock()))
        devices = sorted(row.name for row in self.current() if row.role is Role.DEVICE)
        files.replace(broker / files.ACL, access_list(devices, fleet=self.fleet).encode())

    def _keep(self, rows: list[Issued]) -> None:
        files.write_issued(self.folder / files.ISSUED, rows, fleet=self.fleet)
        self.issued = rows

    def _newest(self) -> dict[str, Issued]:
        return {row.name: row for row in self.issued if row.revoked is None}

    def _current(self, name: str, wish: str) -> Issued:
        rows = self._newest()
        if name not in rows:
            problem = f"{name!r} has no certificate that could be {wish}"
            raise InputError(problem, f"Names are: {', '.join(sorted(rows)[:SHOWN]) or 'none yet'}")
        return rows[name]


def _there(path: Path) -> Path:
    if not path.is_file():
        problem = f"there is no authority in {path.parent}"
        raise InputError(problem, "Make one with `scripts/household-ca init`, or give its folder with --directory")
    return path


def read_authority(folder: Path) -> Authority:
    """Certificate and key of the authority in ``folder``. Raises InputError."""
    path = folder / files.AUTHORITY_KEY
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
        loose = path.stat().st_mode & 0o077
    except (OSError, ValueError, TypeError) as error:
        problem = f"{path} cannot be read: {error}"
        raise InputError(problem, "Restore the folder of the authority from its backup") from error
    if loose or not isinstance(key, ec.EllipticCurvePrivateKey):
        problem = f"{path} " + ("may be read by others" if loose else "holds a key that this program did not make")
        raise InputError(problem, f"Type: chmod 600 {path}" if loose else "Restore it from its backup")
    return Authority(_read_certificate(folder / files.AUTHORITY), key)


def _read_certificate(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as error:
        problem = f"the certificate {path} cannot be read: {error}"
        raise InputError(problem, "Restore the folder of the authority from its backup") from error
