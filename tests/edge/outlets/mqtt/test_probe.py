from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge.outlets.mqtt.probe import probe
from edge.outlets.mqtt.settings import MqttSettings
from tests.edge.outlets.mqtt.test_outlet import running

if TYPE_CHECKING:
    from pathlib import Path

    from edge.outlets.mqtt.identity import Identity
    from tests.broker import Broker


def asked(**given: object) -> str | None:
    return probe(MqttSettings.model_validate({"host": "127.0.0.1", **given}))


def test_a_broker_that_accepts_leaves_nothing_to_say(broker: Broker) -> None:
    assert asked(port=broker.plain) is None
    assert asked(port=broker.password, username=broker.user, password_file=broker.password_file) is None
    files = {"tls_ca": broker.ca, "tls_cert": broker.cert, "tls_key": broker.key}
    assert asked(port=broker.tls, tls=True, **files) is None


def test_a_probe_leaves_the_running_device_alone(broker: Broker, identity: Identity) -> None:
    settings = MqttSettings(host=broker.host, port=broker.plain)
    with running(settings, identity) as outlet:
        assert probe(settings) is None
        assert outlet.status.attempts == 1


def test_refused_credentials_name_the_settings_to_correct(broker: Broker, tmp_path: Path) -> None:
    wrong = tmp_path / "password"
    wrong.write_text("wrong")
    said = asked(port=broker.password, username=broker.user, password_file=wrong)
    assert said is not None
    assert "Not authorized" in said
    assert "Correct mqtt.username and the content of mqtt.password_file" in said


def test_a_port_without_a_listener_says_so(broker: Broker) -> None:
    said = asked(port=1)
    assert said == "nothing listens at 127.0.0.1:1. Start the broker, or correct mqtt.host and mqtt.port."
    assert broker.plain != 1


@pytest.mark.parametrize("case", ["no CA", "no certificate", "TLS to a plain port", "plain to a TLS port"])
def test_a_tls_failure_says_which_part_of_tls(broker: Broker, case: str) -> None:
    cases: dict[str, tuple[dict[str, object], str]] = {
        "no CA": ({"port": broker.tls, "tls": True}, "Set mqtt.tls_ca"),
        "no certificate": (
            {"port": broker.tls, "tls": True, "tls_ca": broker.ca},
            "set mqtt.tls_cert and mqtt.tls_key",
        ),
        "TLS to a plain port": ({"port": broker.plain, "tls": True, "tls_ca": broker.ca}, "the broker's TLS port"),
        "plain to a TLS port": ({"port": broker.tls}, "set mqtt.tls = true"),
    }
    given, expected = cases[case]
    said = asked(**given)
    assert said is not None
    assert expected in said


def test_a_missing_file_a_bad_name_and_no_host_each_have_their_own_sentence(tmp_path: Path) -> None:
    missing = asked(tls=True, tls_ca=tmp_path / "ca.crt")
    assert missing is not None
    assert "No such file" in missing
    unknown = asked(host="no..such")
    assert unknown is not None
    assert "cannot be resolved" in unknown
    off = asked(host="")
    assert off is not None
    assert "MQTT is off" in off
