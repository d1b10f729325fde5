"""What is asked of a broker and what it grants, with a real one."""

from __future__ import annotations

import socket
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from edge.outlets.mqtt.outlet import MqttOutlet
from edge.outlets.mqtt.phase import Phase
from edge.outlets.mqtt.session import Message, Session, Terms, open_session
from edge.outlets.mqtt.settings import MqttSettings
from tests.broker import LONGEST_S, until
from tests.mosquitto import ANYBODY, Mosquitto, mosquitto

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from edge.outlets.mqtt.identity import Identity


@contextmanager
def accepted(broker: Mosquitto, client_id: str = "t", terms: Terms | None = None) -> Iterator[Session]:
    session = open_session(MqttSettings(host=broker.host, port=broker.port, keepalive_s=30), client_id, None, terms)
    assert isinstance(session, Session)
    pump_until(session, lambda: session.accepted)
    yield session
    session.close()


def pump_until(session: Session, happened: object) -> None:
    deadline = time.monotonic() + LONGEST_S
    assert callable(happened)
    while not happened():
        assert session.alive, session.fault
        assert time.monotonic() < deadline
        session.pump(time.monotonic() + 0.05)


def test_the_broker_is_told_keepalive_session_expiry_and_will(identity: Identity, tmp_path: Path) -> None:
    with mosquitto(tmp_path, ANYBODY, "log_type all") as broker:
        outlet = MqttOutlet(MqttSettings(host=broker.host, port=broker.port, keepalive_s=17), identity)
        outlet.attach()
        until(lambda: outlet.status.phase is Phase.ONLINE)
        outlet.stop()
        log = broker.log.read_text()
    assert f"as rapport-{identity.device_id} (p5, c1, k17)" in log, "MQTT 5, nothing kept for us, 17 s"
    assert "Will message specified (7 bytes) (r1, q1).\n" in log
    assert f"rapport/{identity.device_id}/availability" in log


def test_what_was_not_acknowledged_by_hand_comes_again(tmp_path: Path) -> None:
    with mosquitto(tmp_path, ANYBODY) as broker:
        terms = Terms(lasts_s=600, by_hand=True)
        for turn in range(3):
            with accepted(broker, "by-hand", terms) as session:
                session.subscribe("a/b")
                pump_until(session, lambda session=session: session.settled)
                if turn == 0:
                    session.publish(Message("a/b", b"once"))
                if turn == 2:
                    assert not session.heard
                    continue
                pump_until(session, lambda session=session: session.heard)
                (message,) = session.heard
                assert message.payload == b"once"
                if turn == 1:
                    session.acknowledge(message)
                    session.pump(time.monotonic())


def test_what_is_kept_is_heard_only_by_whoever_asks_for_it(tmp_path: Path) -> None:
    with mosquitto(tmp_path, ANYBODY) as broker, accepted(broker) as session:
        session.publish(Message("fleet/round", b"7", retain=True))
        pump_until(session, lambda: session.settled)
        session.subscribe("fleet/round")
        pump_until(session, lambda: session.settled)
        session.pump(time.monotonic() + 0.2)
        assert not session.heard
        session.subscribe("fleet/round", kept=True)
        pump_until(session, lambda: session.heard)
        assert (session.heard[0].payload, session.heard[0].retain) == (b"7", True)


@pytest.mark.parametrize(
    ("line", "code", "remedy"),
    [
        ("retain_available false", "Retain not supported", "retain_available true"),
        ("max_qos 0", "QoS not supported", "max_qos 1 or 2"),
    ],
)
def test_a_broker_that_cannot_carry_the_last_will_is_refused_and_not_hammered(
    identity: Identity, tmp_path: Path, line: str, code: str, remedy: str
) -> None:
    with mosquitto(tmp_path, ANYBODY, line) as broker:
        outlet = MqttOutlet(MqttSettings(host=broker.host, port=broker.port), identity)
        outlet.attach()
        until(lambda: outlet.status.phase is Phase.REFUSED)
        found = str(outlet.status)
        outlet.stop()
    assert outlet.status.attempts == 1
    assert code in found
    assert remedy in found


def test_without_a_will_a_broker_that_acknowledges_nothing_is_refused_too(tmp_path: Path) -> None:
    with mosquitto(tmp_path, ANYBODY, "max_qos 0") as broker, accepted(broker) as session:
        assert session.fault is not None
        assert session.fault.lasting
        assert "offers no QoS 1" in session.fault.problem


def test_a_broker_that_wants_to_hear_from_us_more_often_does() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        session = open_session(MqttSettings(host="127.0.0.1", port=server.getsockname()[1], keepalive_s=600), "t")
        assert isinstance(session, Session)
        peer, _ = server.accept()
        peer.settimeout(LONGEST_S)
        peer.recv(4096)
        peer.sendall(bytes([0x20, 6, 0, 0, 3, 0x13, 0, 1]))  # CONNACK with a Server Keep Alive of 1 s
        peer.settimeout(0)
        said = b""
        deadline = time.monotonic() + LONGEST_S
        while said != b"\xc0\x00":  # PINGREQ
            assert time.monotonic() < deadline
            session.pump(time.monotonic() + 0.1)
            with suppress(BlockingIOError):
                said = peer.recv(2)
        peer.close()
        session.close()


def test_a_packet_that_is_too_large_is_not_sent_and_is_noted(tmp_path: Path) -> None:
    with mosquitto(tmp_path, ANYBODY, "max_packet_size 1000") as broker, accepted(broker) as session:
        assert session.publish(Message("a", b"x" * 984)) is None
        assert session.rejections[-1] == (
            "a was not published: it has 1001 bytes with its header, the broker takes at most 1000"
        )
        assert session.publish(Message("a", b"x" * 983)) is not None
        pump_until(session, lambda: session.settled)
        assert session.unanswered == 0
