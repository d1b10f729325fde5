from __future__ import annotations

import json
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import NameOID

from edge.errors import InputError
from fleet.ca.folder import read_issued, write_private
from fleet.ca.household import Household
from fleet.ca.names import Role

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 28, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def household(tmp_path: Path, clock: Clock) -> Household:
    return Household.create(tmp_path / "ca", "Test", clock=clock)


def certificate(folder: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / "certificate.crt").read_bytes())


def name(of: x509.Certificate) -> object:
    return of.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value


def refused(folder: Path, at: datetime) -> str:
    """Why OpenSSL would not let a client connect with it at that time, as a broker asks it; empty where it would."""
    command = ["openssl", "verify", "-x509_strict", "-purpose", "sslclient", "-attime", str(int(at.timestamp()))]
    files = ["-CAfile", str(folder / "ca.crt"), str(folder / "certificate.crt")]
    return subprocess.run([*command, *files], capture_output=True, text=True, check=False).stderr


def test_a_device_gets_a_key_and_a_certificate_of_its_own_name(household: Household) -> None:
    (where,) = household.issue(Role.DEVICE, "kitchen")
    found = certificate(where)
    assert name(found) == "kitchen"
    assert found.issuer == household.authority.certificate.subject
    found.verify_directly_issued_by(household.authority.certificate)
    key = serialization.load_pem_private_key((where / "private.key").read_bytes(), None)
    assert key.public_key() == found.public_key()
    assert x509.load_pem_x509_certificate((where / "ca.crt").read_bytes()) == household.authority.certificate


def test_private_files_are_their_owners_alone(household: Household) -> None:
    (where,) = household.issue(Role.DEVICE, "kitchen")
    for path in (household.folder / "authority.key", household.folder / "issued.json", where / "private.key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(household.folder.stat().st_mode) == 0o700


def test_a_brokers_certificate_names_its_hosts_and_is_for_serving_only(household: Household) -> None:
    (where,) = household.issue(Role.BROKER, hosts=["hub.local", "192.168.1.10"])
    found = certificate(where)
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["hub.local"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["192.168.1.10"]
    assert "unsuitable certificate purpose" in refused(where, NOW)


def test_it_ends_when_it_should_and_never_after_the_authority(tmp_path: Path, clock: Clock) -> None:
    household = Household.create(tmp_path / "ca", "Test", days=10, clock=clock)
    short, long = household.issue(Role.DEVICE, "a", days=3), household.issue(Role.DEVICE, "b", days=300)
    assert certificate(short[0]).not_valid_after_utc == NOW + timedelta(days=3)
    assert certificate(long[0]).not_valid_after_utc == household.ends == NOW + timedelta(days=10)
    assert refused(short[0], NOW + timedelta(days=2)) == ""
    assert "certificate has expired" in refused(short[0], NOW + timedelta(days=4))
    assert "certificate is not yet valid" in refused(short[0], NOW - timedelta(days=1))


def test_nothing_is_overwritten(household: Household) -> None:
    (where,) = household.issue(Role.DEVICE, "kitchen")
    before = {path: path.read_bytes() for path in where.iterdir()}
    with pytest.raises(InputError, match=r"kitchen has a certificate already.*Renew it"):
        household.issue(Role.DEVICE, "attic", "kitchen")
    assert {path: path.read_bytes() for path in where.iterdir()} == before
    assert not (household.folder / "devices" / "attic").exists()
    with pytest.raises(InputError, match="is not empty, so no authority is made in it"):
        Household.create(household.folder, "Again")
    with pytest.raises(InputError, match="is there already and is not overwritten"):
        write_private(where / "private.key", b"other")


def test_renewing_keeps_key_and_authority_and_lasts_longer(household: Household, clock: Clock) -> None:
    (where,) = household.issue(Role.DEVICE, "kitchen", days=40)
    (household.folder / "devices" / "kitchen" / "private.key").rename(household.folder.parent / "on the device")
    old = certificate(where)
    clock.now += timedelta(days=9)
    assert household.due(30) == []
    clock.now += timedelta(days=2)
    assert [row.name for row in household.due(30)] == ["kitchen"]
    assert household.renew("kitchen") == where
    new = certificate(where)
    assert new.public_key() == old.public_key()
    assert new.serial_number != old.serial_number
    assert new.not_valid_after_utc > old.not_valid_after_utc
    new.verify_directly_issued_by(household.authority.certificate)
    assert household.due(30) == []
    with pytest.raises(InputError, match=r"'cellar' has no certificate that could be renewed. Names are: kitchen"):
        household.renew("cellar")


def test_what_is_revoked_is_on_the_list_with_all_its_earlier_certificates(household: Household) -> None:
    (where,) = household.issue(Role.DEVICE, "kitchen")
    household.issue(Role.DEVICE, "bedroom")
    serials = {certificate(where).serial_number}
    household.renew("kitchen")
    serials.add(certificate(where).serial_number)
    away = household.revoke("kitchen")
    crl = x509.load_pem_x509_crl((household.folder / "broker" / "ca.crl").read_bytes())
    assert {entry.serial_number for entry in crl} == serials
    assert crl.is_signature_valid(household.authority.key.public_key())
    assert crl.next_update_utc == household.ends, "a list that ran out would lock out everybody"
    assert not where.exists()
    assert (away / "private.key").exists()
    with pytest.raises(InputError, match="'kitchen' has no certificate that could be revoked"):
        household.revoke("kitchen")
    (again,) = household.issue(Role.DEVICE, "kitchen")
    assert certificate(again).serial_number not in serials


def test_the_access_list_has_a_line_for_the_discovery_of_each_device(household: Household) -> None:
    household.issue(Role.DEVICE, "kitchen", "bedroom")
    household.revoke("bedroom")
    text = (household.folder / "broker" / "access.acl").read_text(encoding="utf-8")
    assert "user kitchen\ntopic write homeassistant/device/rapport_kitchen/config\n" in text
    assert "bedroom" not in text


def test_a_fleets_access_list_has_none(tmp_path: Path) -> None:
    household = Household.create(tmp_path / "ca", "Fleet", fleet=True)
    household.issue(Role.DEVICE, "kitchen")
    assert "kitchen" not in (household.folder / "broker" / "access.acl").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "device", ["", "a b", "küche", "a/b", "+", "#", "service.coordinator", "x" * 65, "round", "head"]
)
def test_a_device_cannot_be_called_so(household: Household, device: str) -> None:
    with pytest.raises(InputError, match="the device id is "):
        household.issue(Role.DEVICE, device)
    assert household.current() == []


@pytest.mark.parametrize("host", ["", "a b", "hub..local", "hub.local/", "*.local"])
def test_a_host_cannot_be_called_so(household: Household, host: str) -> None:
    with pytest.raises(InputError, match="the host is "):
        household.issue(Role.BROKER, hosts=[host])


def test_it_is_opened_again_as_it_was(household: Household) -> None:
    household.issue(Role.DEVICE, "kitchen")
    again = Household(household.folder)
    assert again.issued == household.issued
    assert again.fleet is False
    again.issue(Role.DEVICE, "bedroom")
    assert [row.name for row in Household(household.folder).current()] == ["kitchen", "bedroom"]


def test_a_folder_that_is_no_authority_or_a_broken_one_is_told(household: Household, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no authority in"):
        Household(tmp_path / "nowhere")
    (household.folder / "authority.key").chmod(0o644)
    with pytest.raises(InputError, match=r"authority.key may be read by others. Type: chmod 600"):
        Household(household.folder)
    (household.folder / "authority.key").chmod(0o600)
    (household.folder / "authority.key").write_bytes(b"no key")
    with pytest.raises(InputError, match=r"authority.key cannot be read"):
        Household(household.folder)
    (household.folder / "issued.json").write_text(json.dumps({"fleet": False, "issued": [{}]}))
    with pytest.raises(InputError, match=r"issued.json cannot be read"):
        read_issued(household.folder / "issued.json")
