from __future__ import annotations

import socket
import ssl

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from edge.outlets.mqtt import faults
from edge.outlets.mqtt.settings import MqttSettings

PLAIN = MqttSettings(host="hub.local")
TLS = MqttSettings(host="hub.local", tls=True)


@pytest.mark.parametrize(
    "name",
    ["Bad user name or password", "Not authorized", "Banned", "Unsupported protocol version", "QoS not supported"],
)
def test_what_only_a_human_can_mend_is_lasting_and_names_the_remedy(name: str) -> None:
    fault = faults.of_reason(ReasonCode(PacketTypes.CONNACK, name), PLAIN)
    assert fault.lasting
    assert name in fault.problem
    assert fault.remedy


@pytest.mark.parametrize("name", ["Server busy", "Server unavailable", "Quota exceeded"])
def test_a_broker_that_is_busy_is_soon_tried_again(name: str) -> None:
    assert not faults.of_reason(ReasonCode(PacketTypes.CONNACK, name), PLAIN).lasting


def test_a_second_device_with_this_id_is_lasting_so_that_two_do_not_push_each_other_out_for_ever() -> None:
    fault = faults.of_reason(ReasonCode(PacketTypes.DISCONNECT, "Session taken over"), PLAIN)
    assert fault.lasting
    assert "own device id" in fault.remedy


def test_a_certificate_that_is_not_valid_yet_is_tried_again_as_the_clock_may_be_late() -> None:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = faults.NOT_YET_VALID, "certificate is not yet valid"
    assert not faults.of_exception(error, TLS).lasting
    error.verify_code, error.verify_message = 10, "certificate has expired"
    assert faults.of_exception(error, TLS).lasting


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (socket.gaierror(-2, "Name or service not known"), "cannot be resolved"),
        (ConnectionRefusedError(111, "refused"), "nothing listens at hub.local:1883"),
        (TimeoutError(), "does not answer"),
        (OSError(101, "Network is unreachable"), "Network is unreachable"),
    ],
)
def test_network_faults_are_told_apart_and_tried_again(error: Exception, said: str) -> None:
    fault = faults.of_exception(error, PLAIN)
    assert said in fault.problem
    assert not fault.lasting


def test_only_a_tls_alert_makes_silence_lasting_as_a_broker_that_restarts_is_silent_too() -> None:
    assert not faults.of_silence(TLS, None).lasting
    assert not faults.of_silence(TLS, "[Errno 104] Connection reset by peer").lasting
    assert faults.of_silence(TLS, "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert").lasting
