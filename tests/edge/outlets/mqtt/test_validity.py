from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from edge.outlets.mqtt.settings import MqttSettings
from edge.outlets.mqtt.validity import SOON_DAYS, validity
from fleet.ca.household import Household
from fleet.ca.names import Role

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 28, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> MqttSettings:
    household = Household.create(tmp_path / "ca", "Test", days=1000, clock=lambda: NOW)
    (where,) = household.issue(Role.DEVICE, "kitchen", days=100)
    cert, key = where / "certificate.crt", where / "private.key"
    return MqttSettings(host="hub.local", port=8883, tls=True, tls_ca=where / "ca.crt", tls_cert=cert, tls_key=key)


def told(settings: MqttSettings, device_id: str = "kitchen", days: float = 0) -> tuple[str, str]:
    found = validity(settings, device_id, NOW + timedelta(days=days))
    assert found is not None
    return found.found, found.remedy


def test_a_certificate_that_is_good_is_told_with_its_end(settings: MqttSettings) -> None:
    assert told(settings) == ("of kitchen, valid until 2027-03-08 (100 days)", "")


def test_one_that_ends_soon_is_told_with_what_to_type(settings: MqttSettings) -> None:
    assert told(settings, days=100 - SOON_DAYS)[1] == ""
    found, remedy = told(settings, days=100 - SOON_DAYS + 1)
    assert "ends on 2027-03-08 (in 29 days)" in found
    assert "scripts/household-ca renew kitchen" in remedy


def test_one_that_ended_or_does_not_begin_yet(settings: MqttSettings) -> None:
    assert "ended on 2027-03-08" in told(settings, days=101)[0]
    found, remedy = told(settings, days=-2)
    assert "is valid from 2026-11-27, and it is 2026-11-26" in found
    assert "Set the clock" in remedy


def test_one_of_another_name_is_not_this_device(settings: MqttSettings) -> None:
    found, remedy = told(settings, "bedroom")
    assert "is of 'kitchen' and device.id is 'bedroom'" in found
    assert "scripts/household-ca device bedroom" in remedy


def test_an_authority_that_ends_before_it_is_told(settings: MqttSettings, tmp_path: Path) -> None:
    Household.create(tmp_path / "short", "Short", days=10, clock=lambda: NOW)
    found, remedy = told(settings.model_copy(update={"tls_ca": tmp_path / "short" / "authority.crt"}))
    assert "ends on 2026-12-08 (in 10 days): nothing that it signed is valid longer" in found
    assert "scripts/household-ca init" in remedy


def test_files_that_are_none(settings: MqttSettings, tmp_path: Path) -> None:
    absent = settings.model_copy(update={"tls_cert": tmp_path / "absent.crt"})
    assert told(absent)[0] == f"{tmp_path}/absent.crt cannot be read: No such file or directory"
    (tmp_path / "no.crt").write_text("no certificate")
    assert "is no certificate in PEM" in told(settings.model_copy(update={"tls_cert": tmp_path / "no.crt"}))[0]
    assert "is no certificate in PEM" in told(settings.model_copy(update={"tls_ca": tmp_path / "no.crt"}))[0]


def test_without_a_certificate_there_is_nothing_to_tell() -> None:
    assert validity(MqttSettings(host="hub.local"), "kitchen", NOW) is None
