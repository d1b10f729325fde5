"""What happens when the device, the broker or the network fails: real processes, really killed."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from edge.affect import Emotion
from edge.outlets.mqtt.connection import Connection
from edge.outlets.mqtt.identity import Identity, Topics
from edge.outlets.mqtt.outlet import MqttOutlet
from edge.outlets.mqtt.phase import Phase
from edge.outlets.mqtt.settings import MqttSettings
from tests.broker import LONGEST_S, ROOT, Broker, Listener, running_broker, until
from tests.edge.outlets.mqtt.samples import reply, state
from tests.edge.outlets.mqtt.test_outlet import running, settings_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from edge.outlets.mqtt.faults import Fault

DEVICE = """
import sys, time
from edge.outlets.mqtt.identity import Identity
from edge.outlets.mqtt.outlet import MqttOutlet
from edge.outlets.mqtt.settings import MqttSettings
MqttOutlet(MqttSettings(host="127.0.0.1", port=int(sys.argv[1])), Identity(sys.argv[2], "Killed", "1")).attach()
time.sleep(60)
"""


class Gate:
    """Holds the device back from a broker until somebody listens there, so that nothing is said to nobody."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._open = threading.Event()
        self._open.set()
        attempt = Connection._attempt

        def held(connection: Connection) -> Fault | None:
            self._open.wait(LONGEST_S)
            return attempt(connection)

        monkeypatch.setattr(Connection, "_attempt", held)
        self.close, self.open = self._open.clear, self._open.set


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    made = Gate(monkeypatch)
    yield made
    made.open()


def test_a_device_that_is_killed_becomes_unavailable_by_its_will(broker: Broker, identity: Identity) -> None:
    topics = Topics.of(MqttSettings(), identity)
    with Listener(broker, topics.availability) as listener:
        command = [sys.executable, "-c", DEVICE, str(broker.plain), identity.device_id]
        with subprocess.Popen(command, cwd=ROOT) as device:
            listener.on(topics.availability, "online")
            device.kill()
        listener.on(topics.availability, "offline")
    with Listener(broker, topics.availability) as late:
        assert late.on(topics.availability, "offline").retain, "will and birth carry the same retain flag"


def test_a_broker_that_is_killed_and_restarted_has_everything_back_but_nothing_stale(
    identity: Identity, gate: Gate
) -> None:
    first = Broker()
    settings = settings_for(first, identity)
    topics = Topics.of(settings, identity)
    with running(settings, identity) as outlet:
        until(lambda: outlet.status.phase is Phase.ONLINE)
        outlet.offer(state(Emotion.HAPPY))
        gate.close()
        first.kill()
        until(lambda: outlet.status.phase is not Phase.ONLINE)
        assert outlet.status.fault is not None
        outlet.offer(state(Emotion.SAD))
        outlet.offer(state(Emotion.FEAR))
        outlet.offer(reply("older"))
        outlet.offer(reply("newer"))
        with (
            running_broker("--plain", str(first.plain)) as second,
            Listener(second, f"rapport/{identity.device_id}/#", topics.discovery) as listener,
        ):
            gate.open()
            listener.on(topics.availability, "online")
            listener.on(topics.discovery)
            listener.on(topics.state, times=2)
            emotions = {m.json()["emotion"] for m in listener.heard if m.topic == topics.state}
            replies = {(m.json()["text"], m.json()["id"]) for m in listener.heard if m.topic == topics.reply}
            assert emotions == {"fear"}, "only the latest State goes out after an outage"
            assert [text for text, _ in replies] == ["newer"]
            assert outlet.status.connections == 2


def test_a_crisis_notice_waits_for_the_broker(identity: Identity, gate: Gate) -> None:
    first = Broker()
    settings = settings_for(first, identity, crisis_topic=f"family/{identity.device_id}")
    with running(settings, identity) as outlet:
        until(lambda: outlet.status.phase is Phase.ONLINE)
        gate.close()
        first.kill()
        until(lambda: outlet.status.phase is not Phase.ONLINE)
        outlet.offer(reply("Call 988.", crisis=True))
        with (
            running_broker("--plain", str(first.plain)) as second,
            Listener(second, f"family/{identity.device_id}") as listener,
        ):
            gate.open()
            listener.on(f"family/{identity.device_id}")


def test_a_reply_that_is_late_is_worse_than_none(identity: Identity) -> None:
    class Impatient(MqttOutlet):
        expires_s = 0.2

    with running_broker() as passing:
        port = passing.plain
    settings = MqttSettings(host="127.0.0.1", port=port)
    topics = Topics.of(settings, identity)
    outlet = Impatient(settings, identity)
    outlet.attach()
    until(lambda: outlet.status.fault is not None)
    outlet.offer(reply("late"))
    outlet.offer(state())
    threading.Event().wait(0.3)
    with (
        running_broker("--plain", str(port)) as broker,
        Listener(broker, f"rapport/{identity.device_id}/#") as listener,
    ):
        listener.on(topics.state)
        outlet.offer(reply("in time"))
        listener.on(topics.reply)
        assert listener.on(topics.diagnostics).json()["dropped"] == 1
        outlet.stop()
    assert [m.json()["text"] for m in listener.heard if m.topic == topics.reply] == ["in time"]


def test_a_wrong_password_is_refused_and_not_hammered(broker: Broker, identity: Identity, tmp_path: Path) -> None:
    wrong = tmp_path / "password"
    wrong.write_text("wrong\n")
    settings = settings_for(broker, identity, port=broker.password, username=broker.user, password_file=wrong)
    before = broker.connections(broker.password)
    with running(settings, identity) as outlet:
        until(lambda: outlet.status.phase is Phase.REFUSED)
        for _ in range(20):
            outlet.offer(state())
        threading.Event().wait(3)  # ten attempts' worth for a network fault's backoff, none for a refusal
        assert outlet.status.attempts == 1
        assert "mqtt.password_file" in str(outlet.status)
    assert broker.connections(broker.password) - before == 1


def test_the_right_password_is_accepted(broker: Broker, identity: Identity) -> None:
    settings = settings_for(
        broker, identity, port=broker.password, username=broker.user, password_file=broker.password_file
    )
    with running(settings, identity) as outlet:
        until(lambda: outlet.status.phase is Phase.ONLINE)


def test_tls_with_a_client_certificate_carries_the_state(broker: Broker, identity: Identity) -> None:
    files = {"tls_ca": broker.ca, "tls_cert": broker.cert, "tls_key": broker.key}
    settings = settings_for(broker, identity, port=broker.tls, tls=True, **files)
    topics = Topics.of(settings, identity)
    with Listener(broker, topics.state) as listener, running(settings, identity) as outlet:
        outlet.offer(state())
        assert listener.on(topics.state).json()["emotion"] == "happy"


def test_a_broker_that_is_not_trusted_is_refused_without_a_word_of_ours(broker: Broker, identity: Identity) -> None:
    settings = settings_for(broker, identity, port=broker.tls, tls=True)
    with running(settings, identity) as outlet:
        until(lambda: outlet.status.phase is Phase.REFUSED)
        assert "tls_ca" in str(outlet.status)


def test_a_host_whose_name_is_unknown_is_tried_again_and_said(identity: Identity) -> None:
    settings = MqttSettings(host="no..such", min_interval_s=0.05)
    with running(settings, identity) as outlet:
        until(lambda: outlet.status.attempts >= 2)
        assert "cannot be resolved" in str(outlet.status)
    assert outlet.status.phase is Phase.STOPPED


def test_a_broker_that_starts_after_the_device_is_found(identity: Identity) -> None:
    with running_broker() as passing:
        port = passing.plain
    settings = MqttSettings(host="127.0.0.1", port=port)
    with running(settings, identity) as outlet:
        until(lambda: outlet.status.attempts >= 2)
        assert "nothing listens" in str(outlet.status)
        with running_broker("--plain", str(port)):
            until(lambda: outlet.status.phase is Phase.ONLINE)


def test_a_host_that_swallows_connections_holds_up_neither_offer_nor_stop(identity: Identity) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        fillers = [socket.socket() for _ in range(8)]  # a full queue: the kernel drops every further attempt
        for filler in fillers:
            filler.settimeout(0)
            filler.connect_ex(deaf.getsockname())
        outlet = MqttOutlet(MqttSettings(host="127.0.0.1", port=deaf.getsockname()[1]), identity)
        outlet.attach()
        until(lambda: outlet.status.phase is Phase.CONNECTING)
        for _ in range(1000):
            outlet.offer(state())
        assert outlet.status.attempts == 1, "all were taken while the first attempt still hung"
        outlet.stop()
        assert outlet.status.phase is Phase.CONNECTING, "stop returned before the attempt did"
        for filler in fillers:
            filler.close()
    until(lambda: outlet.status.phase is Phase.STOPPED)


def test_a_host_that_accepts_and_says_nothing_does_not_hold_up_stop(identity: Identity) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        outlet = MqttOutlet(MqttSettings(host="127.0.0.1", port=mute.getsockname()[1]), identity)
        outlet.attach()
        asked, _ = mute.accept()
        assert asked.recv(1) == b"\x10", "a CONNECT arrived"
        outlet.stop()
        assert outlet.status.phase is Phase.STOPPED
        assert outlet.status.attempts == 1
        asked.close()
