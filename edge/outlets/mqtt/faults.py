"""What can go wrong between this device and a broker, told apart, with the remedy."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paho.mqtt.reasoncodes import ReasonCode

    from edge.outlets.mqtt.settings import MqttSettings

BAD_VERSION, BAD_CLIENT_ID, BAD_CREDENTIALS, NOT_AUTHORIZED, BANNED, BAD_METHOD = 132, 133, 134, 135, 138, 140
TAKEN_OVER, NO_RETAIN, NO_QOS = 142, 154, 155
"""Reason codes of CONNACK and DISCONNECT (MQTT 5.0, OASIS Standard, section 2.4)."""
OF_A_MESSAGE = frozenset({129, 130, 144, 149, 153, 154, 155})
"""Those of DISCONNECT that are about what was sent: malformed, against the protocol, its topic, its size, its format,
that it is retained, its quality of service."""
NOT_YET_VALID = 9
"""X509_V_ERR_CERT_NOT_YET_VALID of OpenSSL: a board without a battery-backed clock says so until it has the time."""
_REMEDIES = {
    BAD_VERSION: "Use a broker that speaks MQTT 5, such as Mosquitto 2",
    BAD_CLIENT_ID: "Choose another device id",
    BAD_CREDENTIALS: "Correct mqtt.username and the content of mqtt.password_file",
    NOT_AUTHORIZED: "Set mqtt.username and mqtt.password_file, or let the broker's access list admit this device",
    BANNED: "Lift the ban on the broker",
    BAD_METHOD: "Set mqtt.username and mqtt.password_file, or the certificate that the broker asks for",
    NO_RETAIN: "Let the broker keep retained messages (Mosquitto: retain_available true): the last will is one",
    NO_QOS: "Let the broker offer QoS 1 (Mosquitto: max_qos 1 or 2), or nobody would know what arrived",
    TAKEN_OVER: "Give each device its own device id, and run one Rapport per device",
}
"""Reasons that do not go away by trying again soon."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason why there is no connection. ``lasting`` ones need a human, so they are hardly ever tried again."""

    problem: str
    remedy: str
    lasting: bool = False

    def __str__(self) -> str:
        """Problem and remedy as sentences."""
        return f"{self.problem}. {self.remedy}."


def of_reason(code: ReasonCode, settings: MqttSettings) -> Fault:
    """Of the code with which the broker refuses or ends a connection."""
    verdict = f"the broker at {address(settings)} says {str(code)!r}"
    # Mosquitto says "not authorized" of a wrong password as well
    mistaken = code.value == NOT_AUTHORIZED and settings.username
    remedy = _REMEDIES.get(BAD_CREDENTIALS if mistaken else code.value)
    if remedy is None:
        return Fault(verdict, "Look into the broker's log")
    return Fault(verdict, remedy, lasting=True)


def of_exception(error: Exception, settings: MqttSettings) -> Fault:
    """Of what ``connect`` raised."""
    where = address(settings)
    if isinstance(error, ssl.SSLError) or (settings.tls and isinstance(error, ConnectionResetError)):
        return _of_handshake(error, where)
    if isinstance(error, socket.gaierror | UnicodeError):
        return Fault(f"the name {settings.host!r} cannot be resolved", "Check mqtt.host and the network's name server")
    if isinstance(error, ConnectionRefusedError):
        return Fault(f"nothing listens at {where}", "Start the broker, or correct mqtt.host and mqtt.port")
    if isinstance(error, TimeoutError):
        return Fault(f"{where} does not answer", "Check the network, a firewall, mqtt.host and mqtt.port")
    return Fault(f"{where} cannot be reached: {error}", "Check the network, mqtt.host and mqtt.port")


def _of_handshake(error: Exception, where: str) -> Fault:
    if isinstance(error, ssl.SSLCertVerificationError):
        problem = f"TLS: the certificate of {where} is not trusted: {error.verify_message}"
        remedy = "Set mqtt.tls_ca to the broker's CA, and mqtt.host to the name in its certificate; check the clock"
        return Fault(problem, remedy, lasting=error.verify_code != NOT_YET_VALID)
    if isinstance(error, ssl.SSLEOFError | ConnectionResetError):
        problem = f"TLS: {where} ended the handshake"
        return Fault(problem, "Check that mqtt.port is the broker's TLS port")
    problem = f"TLS: the handshake with {where} failed: {getattr(error, 'reason', None) or error}"
    return Fault(problem, "Check that mqtt.port is the broker's TLS port, and mqtt.tls_cert", lasting=True)


def of_silence(settings: MqttSettings, detail: str | None) -> Fault:
    """Of a connection that ended, or stayed mute, before the broker said yes or no; ``detail`` is the socket's word.

    Only a TLS alert is proof of something lasting: a broker that restarts, or a proxy before it, ends connections too.
    """
    problem = f"{address(settings)} closed the connection or kept silent before it admitted this device"
    if detail is not None:
        problem = f"{problem}: {detail}"
    if not settings.tls:
        return Fault(
            problem, "If that port expects TLS, set mqtt.tls = true; else check that an MQTT 5 broker listens there"
        )
    lasting = detail is not None and "ALERT" in detail.upper()
    if settings.tls_cert is None:
        remedy = "TLS: if the broker wants a client certificate, set mqtt.tls_cert and mqtt.tls_key"
        return Fault(problem, remedy, lasting=lasting)
    return Fault(
        problem, "TLS: check that the broker's CA signed mqtt.tls_cert and that it has not expired", lasting=lasting
    )


def of_loss(settings: MqttSettings, detail: str | None, *, malformed: bool = False) -> Fault:
    """Of a connection that worked and broke; ``malformed``: because of an answer that makes no sense."""
    if malformed:  # Mosquitto 2.0 says "packet too large" in a PUBACK, which MQTT 5.0 does not know there
        problem = f"{address(settings)} answered what MQTT 5 does not allow: {detail}"
        return Fault(
            problem, "It is tried again; see whether the broker limits messages, such as by message_size_limit"
        )
    problem = f"the connection to {address(settings)} is lost" + (f": {detail}" if detail else "")
    return Fault(problem, "It is tried again; if this repeats, see whether another device has the same device id")


def of_deafness(settings: MqttSettings, topic: str, for_s: float) -> Fault:
    """Of a broker that answers pings and does not acknowledge what it is sent."""
    problem = f"{address(settings)} has not acknowledged a message to {topic} for {for_s:g} s"
    return Fault(problem, "It is tried again over a new connection; if this repeats, look into the broker's log")


def of_no_answers(settings: MqttSettings) -> Fault:
    """Of a broker that acknowledges nothing at all."""
    problem = f"{address(settings)} offers no QoS 1, so nobody would know what arrived"
    return Fault(problem, _REMEDIES[NO_QOS], lasting=True)


def address(settings: MqttSettings) -> str:
    """``host:port`` as a reader writes it."""
    return f"{settings.host}:{settings.port}"
