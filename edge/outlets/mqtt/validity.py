"""Whether the certificate of this device is one that a broker will take, and for how long; for ``rapport doctor``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.x509 import Certificate

    from edge.outlets.mqtt.settings import MqttSettings

SOON_DAYS = 30
"""From then on it is said that it ends: time enough to carry a new one to the device."""


@dataclass(frozen=True, slots=True)
class Validity:
    """What was found, and the remedy, as sentences without a full stop; no remedy where all is well."""

    found: str
    remedy: str = ""


def validity(settings: MqttSettings, device_id: str, now: datetime | None = None) -> Validity | None:
    """Of ``mqtt.tls_cert`` and ``mqtt.tls_ca``; None where the device has no certificate.

    Args:
        settings: the table ``[mqtt]``.
        device_id: the name that a broker's access list knows this device by.
        now: the present time; the clock's by default.
    """
    if settings.tls_cert is None:
        return None
    now = now or datetime.now(UTC)
    certificate = _read(settings.tls_cert)
    if isinstance(certificate, str):
        return Validity(certificate, "Correct mqtt.tls_cert, or issue one with scripts/household-ca")
    flaw = _flaw(certificate, settings.tls_cert, device_id, now)
    if flaw is None and settings.tls_ca is not None:
        flaw = _flaw_of_authority(settings.tls_ca, now)
    left = (certificate.not_valid_after_utc - now).days
    return flaw or Validity(f"of {device_id}, valid until {certificate.not_valid_after_utc:%Y-%m-%d} ({left} days)")


def _flaw(certificate: Certificate, path: Path, device_id: str, now: datetime) -> Validity | None:
    name = _common_name(certificate)
    if name != device_id:
        found = f"{path} is of {name!r} and device.id is {device_id!r}: to the broker it is the former"
        return Validity(found, f"Type on the authority's machine: scripts/household-ca device {device_id}")
    if now < certificate.not_valid_before_utc:
        found = f"{path} is valid from {certificate.not_valid_before_utc:%Y-%m-%d}, and it is {now:%Y-%m-%d}"
        return Validity(found, "Set the clock (timedatectl), or issue another")
    left = (certificate.not_valid_after_utc - now).days
    if left < SOON_DAYS:
        remedy = (
            f"Type on the authority's machine: scripts/household-ca renew {device_id}; then carry the new file here"
        )
        return Validity(f"{path} {_ends(certificate, left)}", remedy)
    return None


def _flaw_of_authority(path: Path, now: datetime) -> Validity | None:
    authority = _read(path)
    if isinstance(authority, str):
        return Validity(authority, "Correct mqtt.tls_ca")
    left = (authority.not_valid_after_utc - now).days
    if left < SOON_DAYS:
        found = f"{path} {_ends(authority, left)}: nothing that it signed is valid longer"
        return Validity(found, "Make a new authority with scripts/household-ca init, and new certificates for all")
    return None


def _ends(certificate: Certificate, left: int) -> str:
    return f"{'ended' if left < 0 else 'ends'} on {certificate.not_valid_after_utc:%Y-%m-%d} (in {left} days)"


def _common_name(certificate: Certificate) -> str:
    from cryptography.x509.oid import NameOID

    return "".join(str(part.value) for part in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME))


def _read(path: Path) -> Certificate | str:
    """The first certificate of a PEM file; else why there is none."""
    from cryptography.x509 import load_pem_x509_certificate

    try:
        return load_pem_x509_certificate(path.read_bytes())
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}"
    except ValueError:
        return f"{path} is no certificate in PEM"
