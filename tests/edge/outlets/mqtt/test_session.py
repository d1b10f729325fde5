"""Peers that no honest broker resembles: made of plain sockets, as a real broker cannot be made to behave so."""

from __future__ import annotations

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
from tests.edge.outlets.mqtt.samples import state

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
