from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from edge.accelerators.keys import parse_key
from edge.accelerators.private_key import public_half
from edge.errors import SettingsError
from fleet.coordinator.key import key_file
from fleet.coordinator.loading import load
from fleet.coordinator.registry import read_registry
from tests.fleet.coordinator.household import device, fleet

if TYPE_CHECKING:
    from pathlib import Path

LEAST = '[coordinator]\nkey = "key.pem"\ndevices = "devices.txt"\n[mqtt]\nhost = "broker.example"\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "coordinator.toml"
    path.write_text(text)
    return path


def test_the_least_that_must_be_said(tmp_path: Path) -> None:
    found = load(written(tmp_path, LEAST))
    assert (found.rounds.cohort, found.strategy.name, found.mqtt.port) == (100, "fedavg", 8883)
    assert found.mqtt.mqtt().tls


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[coordinator]\n", "coordinator.key: field required"),
        (LEAST + "[rounds]\ncohort = 1\n", r"rounds.cohort: input should be greater than or equal to 2, found '1'"),
        (LEAST + "[rounds]\ncohorts = 100\n", "rounds.cohorts is not a setting. Allowed are: cohort, enough"),
        (LEAST + "[round]\n", "round is not a setting. Allowed are: coordinator, mqtt, database"),
        (LEAST + "[rounds]\ncohort = 200\nenough = 150\n", "enough is 150, which never makes a cohort of 200"),
        (LEAST + '[strategy]\nname = "median"\n', "strategy.name: input should be 'fedavg', 'fedadam'"),
        (
            LEAST + '[strategy]\nname = "krum"\n',
            "rounds.noise_multiplier above 0 is a promise about what one update moves",
        ),
        (LEAST + '[strategy]\nname = "trimmed-mean"\n', "with rounds.noise = 'coordinator', strategy.name"),
        (LEAST + "[strategy]\nweighted = true\n", "needs strategy.name = 'fedavg' or 'fedadam', and strategy.weighted"),
        (LEAST + '[rounds]\nnoise_multiplier = 0\n[strategy]\nname = "krum"\n', "rounds.enough of at most 2000"),
        (LEAST + '[database]\nurl = "mysql://x"\n', "database.url: string should match"),
        (LEAST + 'tls_cert = "a.pem"\n', "tls_cert and tls_key belong together"),
        (LEAST + 'tls = false\ntls_ca = "a.pem"\n', "need tls = true"),
        (LEAST + "port = true\n", "mqtt.port: value error, true and false are not allowed here"),
        ("[coordinator", "is not valid TOML"),
    ],
)
def test_what_is_wrong_is_told_with_key_value_and_what_is_allowed(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SettingsError) as error:
        load(written(tmp_path, text))
    assert told in str(error.value)
    assert str(tmp_path / "coordinator.toml") in str(error.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        load(tmp_path / "none.toml")


def test_a_file_that_is_too_large_or_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "large.toml"
    path.write_bytes(b"#" * (1 << 20) + b"\n")
    with pytest.raises(SettingsError, match="larger than"):
        load(path)
    path.write_bytes(b"\xff")
    with pytest.raises(SettingsError, match="not UTF-8"):
        load(path)


def test_a_new_key_is_read_again_and_only_its_owner_may(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    line = key_file(path).new("fleet").line
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert public_half(key_file(path).read(), "fleet").line == line
    with pytest.raises(SettingsError, match="cannot be made: File exists"):
        key_file(path).new("fleet")
    path.chmod(0o640)
    with pytest.raises(SettingsError, match="mode 0640: others may read it"):
        key_file(path).read()


def test_what_is_no_key_is_told(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    with pytest.raises(SettingsError, match="No such file"):
        key_file(path).read()
    path.touch(0o600)
    with pytest.raises(SettingsError, match="is not a private key in PEM"):
        key_file(path).read()


def test_a_key_of_another_kind_is_told(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    path = tmp_path / "key.pem"
    path.touch(0o600)
    path.write_bytes(X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(SettingsError, match="X25519PrivateKey, wanted Ed25519"):
        key_file(path).read()


def test_the_registry_has_a_line_a_device(tmp_path: Path) -> None:
    path = tmp_path / "devices.txt"
    path.write_text("# the kitchen\n\n" + "\n".join(one.line for one in fleet(3)) + "\n")
    assert read_registry(path) == {one.name: parse_key(one.line) for one in fleet(3)}


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("ed25519 short kitchen", "line 1: 'ed25519 short kitchen' is not a public key"),
        (device(1).line.rpartition(" ")[0], "line 1: the device is ''"),
        (device(1).line + " and more", "line 1: the device is 'device-0001 and more'"),
        (f"{device(1).line}\n{device(2).line.rpartition(' ')[0]} device-0001", "line 2: the device device-0001 stands"),
        (f"{device(1).line}\n{device(1).line}-b", "line 2: device-0001-b has the key of device-0001"),
    ],
)
def test_a_wrong_line_of_the_registry_is_told(tmp_path: Path, lines: str, told: str) -> None:
    path = tmp_path / "devices.txt"
    path.write_text(lines)
    with pytest.raises(SettingsError) as error:
        read_registry(path)
    assert told in str(error.value)


def test_a_registry_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        read_registry(tmp_path / "devices.txt")
