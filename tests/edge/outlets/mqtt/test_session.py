"""Peers that no honest broker resembles: made of plain sockets, as a real broker cannot be made to behave so."""

from __future__ import annotations

import re
import socket
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.outlets.mqtt.outlet import MqttOutlet
from edge.outlets.mqtt.session import Message, Session
from edge.outlets.mqtt.settings import MqttSettings
from tests.broker import LONGEST_S, until
from tests.edge.outlets.mqtt.samples import reply, state

if TYPE_CHECKING:
    from edge.outlets.mqtt.identity import Identity

CONNACK = bytes([0x20, 3, 0, 0, 0])


def accepted(server: socket.socket) -> tuple[Session, socket.socket]:
    """A Session, and the peer's end of its connection, after CONNECT and CONNACK."""
    session = Session(MqttSettings(host="127.0.0.1", port=server.getsockname()[1]), "test")
    session.connect()
    peer, _ = server.accept()
    peer.sendall(CONNACK)
    while session.alive and not session.accepted:
        session.pump(time.monotonic() + LONGEST_S)
    return session, peer


def test_a_connection_that_breaks_while_publishing_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        session, peer = accepted(server)
        peer.close()  # with CONNECT unread, so that the next write is answered by a reset
        while session.alive:
            session.publish(Message("a", b"b"))
        assert session.fault is not None
        assert "lost" in session.fault.problem
        session.close()


def test_a_broker_that_always_hangs_up_after_its_welcome_is_tried_again_and_again(identity: Identity) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        outlet = MqttOutlet(MqttSettings(host="127.0.0.1", port=server.getsockname()[1]), identity)
        outlet.attach()
        outlet.offer(state())
        for _ in range(3):
            peer, _ = server.accept()
            peer.sendall(CONNACK)
            peer.close()
        until(lambda: outlet.status.attempts >= 3 and outlet.status.fault is not None)
        outlet.stop()


def read_until(peer: socket.socket, pattern: bytes) -> re.Match[bytes]:
    said = b""
    while (found := re.search(pattern, said, re.DOTALL)) is None:
        said += peer.recv(4096)
    return found


def test_a_crisis_notice_is_sent_again_until_it_is_acknowledged_and_is_then_done_with(identity: Identity) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = {"host": "127.0.0.1", "port": server.getsockname()[1], "crisis_topic": "family"}
        outlet = MqttOutlet(MqttSettings.model_validate(address), identity)
        outlet.attach()
        outlet.offer(reply("Call 988.", crisis=True))
        copies = []
        for acknowledge in (False, True):
            peer, _ = server.accept()
            peer.sendall(CONNACK)
            number, name = read_until(peer, rb'\x00\x06family(..)\x00{"kind":"crisis","id":"([0-9a-f]{32})"').groups()
            copies.append(name)
            peer.sendall(b"\x40\x02" + number if acknowledge else b"")
            peer.shutdown(socket.SHUT_WR)
            while peer.recv(4096):
                pass
            peer.close()
        outlet.offer(reply("a later word"))
        peer, _ = server.accept()
        peer.sendall(CONNACK)
        assert b"crisis" not in read_until(peer, b".*a later word")[0]
        peer.close()
        outlet.stop()
    assert copies[0] == copies[1], "the receiver can count it once"


def test_a_broker_that_reads_and_never_answers_does_not_pile_up_messages_without_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        session, peer = accepted(server)
        numbers = [session.publish(Message("a", b"b")) for _ in range(200)]
        assert numbers[0] is not None
        assert numbers[-1] is None
        assert session.rejections[-1] == "a was not published: MQTT_ERR_QUEUE_SIZE"
        session.close()
        peer.close()


packets = st.builds(lambda kind, body: bytes([kind, len(body)]) + body, st.integers(0, 255), st.binary(max_size=24))


@pytest.mark.parametrize("welcome", [b"", CONNACK])
@settings(max_examples=60, deadline=None)
@given(junk=st.lists(packets, min_size=1, max_size=4))
def test_junk_from_a_peer_ends_in_a_fault_and_never_in_an_exception(welcome: bytes, junk: list[bytes]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        session = Session(MqttSettings(host="127.0.0.1", port=server.getsockname()[1]), "test")
        session.connect()
        peer, _ = server.accept()
        peer.sendall(welcome + b"".join(junk))
        peer.close()
        while session.alive:
            session.pump(time.monotonic() + LONGEST_S)
            session.publish(Message("a", b"b"))
        assert session.fault is not None
        session.close()
