"""The outbox on its way to a real broker, which is killed, full, forbidding or alone."""

from __future__ import annotations

import json
import re
import socket
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from edge.outlets.mqtt import courier as courier_module
from edge.outlets.mqtt import session as session_module
from edge.outlets.mqtt.courier import Courier
from edge.outlets.mqtt.outlet import MqttOutlet
from edge.outlets.mqtt.phase import Phase
from edge.outlets.mqtt.settings import MqttSettings
from edge.privacy.outbox import Outbox
from edge.privacy.vault import open_vault
from tests.broker import LONGEST_S, Listener, until
from tests.edge.outlets.mqtt.samples import reply, state
from tests.edge.outlets.mqtt.test_outlet import settings_for
from tests.edge.outlets.mqtt.test_session import CONNACK, read_until
from tests.mosquitto import ANYBODY, Mosquitto, mosquitto

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.outlets.mqtt.identity import Identity
    from edge.privacy.vault import Vault
    from tests.broker import Broker


@pytest.fixture(autouse=True)
def saved_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier_module, "SAVED_S", 0.0)


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    opened = open_vault(tmp_path / "state")
    yield opened
    opened.close()


@pytest.fixture
def outbox(vault: Vault) -> Outbox:
    return Outbox(vault)


@contextmanager
def carrying(settings: MqttSettings, identity: Identity, outbox: Outbox, in_flight: int = 8) -> Iterator[MqttOutlet]:
    outlet = MqttOutlet(settings, identity, outbox=outbox, in_flight=in_flight)
    outlet.attach()
    try:
        yield outlet
    finally:
        outlet.stop()


def put(outbox: Outbox, topic: str, kind: str = "aggregate", **message: object) -> str:
    return outbox.put(kind, topic, message, lifetime_s=1000)


def plain(broker: Mosquitto, identity: Identity) -> MqttSettings:
    return MqttSettings(host=broker.host, port=broker.port, discovery_prefix=f"ha/{identity.device_id}")


def empty(outbox: Outbox) -> bool:
    return outbox.counts().waiting == 0


def heard_ids(listener: Listener, topic: str) -> list[str]:
    return [message.json()["id"] for message in listener.heard if message.topic == topic]


def test_what_waited_before_and_what_comes_later_arrives_once_and_is_gone(
    broker: Broker, identity: Identity, outbox: Outbox
) -> None:
    topic = f"fleet/{identity.device_id}/aggregate"
    before = [put(outbox, topic, n=n) for n in range(30)]
    with Listener(broker, topic) as listener, carrying(settings_for(broker, identity), identity, outbox):
        later = [put(outbox, topic, n=n) for n in range(30, 60)]
        until(lambda: empty(outbox))
        until(lambda: len(heard_ids(listener, topic)) == 60)
        assert heard_ids(listener, topic) == before + later
    counts = outbox.counts()
    assert (counts.sent, counts.acknowledged) == (60, 60)


def test_a_forbidden_topic_is_kept_said_and_not_hammered_while_others_go_on(
    broker: Broker, identity: Identity, outbox: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    topic = f"fleet/{identity.device_id}/aggregate"
    password = {"port": broker.password, "username": broker.user, "password_file": broker.password_file}
    settings = settings_for(broker, identity, **password)
    for n in range(3):
        put(outbox, "forbidden/a", "notice", n=n)
    with carrying(settings, identity, outbox) as outlet, password_listener(broker, topic) as heard:
        until(lambda: outlet.status.rejections >= 3)
        put(outbox, topic)
        until(lambda: outbox.counts().acknowledged == 1)
        until(lambda: len(heard) == 1)
        assert outbox.counts().waiting == 3
        assert outbox.counts().sent == 4, "each was tried once, and waits for a minute or so"
        assert outlet.status.phase is Phase.ONLINE
        assert str(outlet.status.last_rejection) == "forbidden/a was refused by the broker: Not authorized"
        assert outlet.status.connections == 1
    assert sum("what goes to forbidden/a waits" in record.message for record in caplog.records) == 1


@contextmanager
def password_listener(broker: Broker, topic: str) -> Iterator[list[str]]:
    from paho.mqtt.client import Client, MQTTv5
    from paho.mqtt.enums import CallbackAPIVersion

    heard: list[str] = []
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv5)
    client.username_pw_set(broker.user, broker.secret)
    subscribed: list[int] = []
    client.on_subscribe = lambda *_: subscribed.append(1)
    client.on_message = lambda _c, _u, message: heard.append(message.topic)
    client.connect(broker.host, broker.password)
    client.subscribe(topic, 1)
    client.loop_start()
    until(lambda: bool(subscribed))
    yield heard
    client.disconnect()
    client.loop_stop()


def test_a_message_that_is_larger_than_the_broker_takes_is_set_aside_and_the_others_arrive(
    identity: Identity, outbox: Outbox, tmp_path: Path
) -> None:
    with mosquitto(tmp_path, ANYBODY, "max_packet_size 4000") as broker, Listener(broker, "fleet/#") as listener:
        put(outbox, "fleet/a/update", "update", text="x" * 5000)
        fits = put(outbox, "fleet/a/aggregate")
        with carrying(plain(broker, identity), identity, outbox) as outlet:
            until(lambda: empty(outbox))
            listener.on("fleet/a/aggregate")
            assert heard_ids(listener, "fleet/a/aggregate") == [fits]
            assert outlet.status.connections == 1, "it was not even sent"
    counts = outbox.counts()
    assert (counts.set_aside, counts.kept_aside, counts.acknowledged, counts.sent) == (1, 1, 1, 1)


def test_a_message_that_the_broker_answers_by_hanging_up_is_found_and_set_aside(
    identity: Identity, outbox: Outbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.outlets.mqtt.backoff.FIRST_WAIT_S", 0.05)
    monkeypatch.setattr("edge.outlets.mqtt.backoff.LONGEST_WAIT_S", 0.05)
    with mosquitto(tmp_path, ANYBODY, "message_size_limit 20000") as broker, Listener(broker, "fleet/#") as listener:
        fits = [put(outbox, "fleet/a/aggregate", n=n) for n in range(3)]
        put(outbox, "fleet/a/aggregate", text="x" * 25_000)
        fits += [put(outbox, "fleet/a/aggregate", n=n) for n in range(3)]
        with carrying(plain(broker, identity), identity, outbox):
            until(lambda: empty(outbox))
            until(lambda: set(heard_ids(listener, "fleet/a/aggregate")) == set(fits))
    counts = outbox.counts()
    assert (counts.set_aside, counts.acknowledged) == (1, 6)


def test_what_nobody_takes_is_kept_until_somebody_does(
    broker: Broker, identity: Identity, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from edge.outlets.mqtt.verdict import WAITS_S, Verdict

    monkeypatch.setitem(WAITS_S, Verdict.NOBODY, (0.3, 0.3))
    topic = f"fleet/{identity.device_id}/aggregate"
    ident = put(outbox, topic)
    with carrying(settings_for(broker, identity), identity, outbox):
        until(lambda: outbox.counts().sent >= 2)
        assert outbox.counts().waiting == 1
        with Listener(broker, topic) as listener:
            listener.on(topic)
            until(lambda: empty(outbox))
            assert set(heard_ids(listener, topic)) == {ident}


def test_a_broker_that_is_killed_and_started_again_gets_everything(
    identity: Identity, outbox: Outbox, tmp_path: Path
) -> None:
    broker = Mosquitto(tmp_path)
    broker.start()
    with carrying(plain(broker, identity), identity, outbox) as outlet:
        until(lambda: outlet.status.phase is Phase.ONLINE)
        broker.kill()
        idents = {put(outbox, "fleet/a/aggregate", n=n) for n in range(100)}
        until(lambda: outlet.status.phase is not Phase.ONLINE)
        broker.start()
        with Listener(broker, "fleet/#") as listener:
            until(lambda: empty(outbox))
            until(lambda: set(heard_ids(listener, "fleet/a/aggregate")) == idents)
    broker.stop()


def test_a_broker_that_wants_fewer_in_flight_gets_no_more(identity: Identity, outbox: Outbox, tmp_path: Path) -> None:
    with mosquitto(tmp_path, ANYBODY, "max_inflight_messages 2") as broker, Listener(broker, "fleet/#") as listener:
        idents = [put(outbox, "fleet/a/aggregate", n=n) for n in range(50)]
        with carrying(plain(broker, identity), identity, outbox) as outlet:
            until(lambda: empty(outbox))
            until(lambda: heard_ids(listener, "fleet/a/aggregate") == idents)
            assert outlet.status.connections == 1, "it came back once, before anything was said"
            assert outlet._connection is not None
            assert outlet._connection._terms.window == 2
        assert "receive maximum" not in broker.log.read_text().lower()


def test_at_most_the_window_is_on_its_way_the_state_goes_past_it_and_copies_have_one_id(
    identity: Identity, outbox: Outbox
) -> None:
    for n in range(20):
        put(outbox, "fleet/a/aggregate", n=n)
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings = MqttSettings(host="127.0.0.1", port=server.getsockname()[1], min_interval_s=0.05)
        with carrying(settings, identity, outbox, in_flight=3) as outlet:
            told = []
            for _ in range(2):
                peer, _ = server.accept()
                peer.sendall(CONNACK)
                peer.settimeout(1.0)
                said = b""
                outlet.offer(state())
                while said.count(b"fleet/a/aggregate") < 3 or b"/state" not in said:
                    said += peer.recv(65536)
                told.append(re.findall(rb'"id":"([0-9a-f]{32})"', said))
                peer.close()
    assert len(told[0]) == 3
    assert told[0] == told[1]


def test_a_broker_that_acknowledges_nothing_is_left_for_a_new_connection(
    identity: Identity, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "ACKNOWLEDGED_S", 0.3)
    put(outbox, "fleet/a/aggregate")
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings = MqttSettings(host="127.0.0.1", port=server.getsockname()[1])
        with carrying(settings, identity, outbox) as outlet:
            peer, _ = server.accept()
            peer.sendall(CONNACK)
            read_until(peer, b"fleet/a/aggregate")
            until(lambda: outlet.status.fault is not None and "has not acknowledged" in outlet.status.fault.problem)
            peer.close()
    assert not empty(outbox)


@pytest.mark.parametrize("name", ["device", "stranger"])
def test_with_a_certificate_a_device_writes_only_below_its_own_name(
    broker: Broker, identity: Identity, outbox: Outbox, tmp_path: Path, name: str
) -> None:
    place = Path(broker.ca).parent
    (tmp_path / "access").write_text("topic read #\npattern readwrite fleet/%u/#\n", encoding="utf-8")
    files = [f"cafile {broker.ca}", f"certfile {place / 'server.crt'}", f"keyfile {place / 'server.key'}"]
    rules = ["require_certificate true", "use_identity_as_username true", f"acl_file {tmp_path / 'access'}"]
    device = "test-device" if name == "device" else "another"
    own = {"host": "127.0.0.1", "tls": True, "tls_ca": broker.ca, "tls_cert": broker.cert, "tls_key": broker.key}
    with mosquitto(tmp_path, *files, *rules) as secure:
        settings = MqttSettings.model_validate({**own, "port": secure.port})
        put(outbox, f"fleet/{device}/aggregate")
        with carrying(settings, identity, outbox) as outlet:
            topic = f"fleet/{device}/aggregate"
            refused = f"{topic} was refused by the broker: Not authorized"
            if name == "device":
                until(lambda: outbox.counts().sent == 1)
                assert outlet.status.last_rejection != refused
            else:
                until(lambda: outlet.status.rejections > 0 and outlet.status.last_rejection == refused)
                assert not empty(outbox)


def test_a_crisis_notice_outlives_the_device(identity: Identity, vault: Vault, tmp_path: Path) -> None:
    outbox = Outbox(vault)
    broker = Mosquitto(tmp_path)
    settings = MqttSettings(host=broker.host, port=broker.port, crisis_topic="family/alarm")
    with carrying(settings, identity, outbox) as outlet:
        outlet.offer(reply("Call 988.", crisis=True))
        until(lambda: outbox.counts().waiting == 1)
    broker.start()
    with Listener(broker, "family/alarm") as listener, carrying(settings, identity, outbox):
        notice = listener.on("family/alarm").json()
        until(lambda: empty(outbox))
    broker.stop()
    assert set(notice) == {"kind", "id", "device", "at"}
    assert notice["device"] == identity.device_id
    assert len([m for m in listener.heard if m.topic == "family/alarm"]) == 1


def test_a_crisis_notice_goes_out_all_the_same_where_the_vault_cannot_be_used(
    broker: Broker, identity: Identity, vault: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    topic = f"family/{identity.device_id}"
    settings = settings_for(broker, identity, crisis_topic=topic)
    with Listener(broker, topic) as listener, carrying(settings, identity, Outbox(vault)) as outlet:
        vault.close()
        outlet.offer(reply("Call 988.", crisis=True))
        listener.on(topic)
    assert any("waits in memory, where a power cut loses it" in record.message for record in caplog.records)


def test_a_vault_that_fails_for_a_while_is_said_and_nothing_that_was_acknowledged_is_sent_again(
    broker: Broker, identity: Identity, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from edge.errors import VaultFull

    monkeypatch.setattr(courier_module, "RETRY_S", 0.2)
    full = [True]
    true_settle = outbox.settle

    def settle(*given: object) -> None:
        if full[0]:
            problem = "the disk is full"
            raise VaultFull(problem, "Free space")
        true_settle(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "settle", settle)
    topic = f"fleet/{identity.device_id}/aggregate"
    with Listener(broker, topic) as listener, carrying(settings_for(broker, identity), identity, outbox) as outlet:
        idents = [put(outbox, topic, n=n) for n in range(5)]
        until(lambda: len(heard_ids(listener, topic)) == 5)
        until(lambda: outlet.trouble is not None)
        full[0] = False
        until(lambda: empty(outbox))
        until(lambda: outlet.trouble is None)
        assert heard_ids(listener, topic) == idents
    assert outbox.counts().sent == 5


def test_a_courier_that_was_never_greeted_stops_at_once(outbox: Outbox) -> None:
    courier = Courier(outbox, 3, lambda: None)
    courier.start()
    put(outbox, "a")
    courier.stop(LONGEST_S)
    assert not courier._thread.is_alive()


def test_the_payload_is_what_was_put_in(broker: Broker, identity: Identity, outbox: Outbox) -> None:
    topic = f"fleet/{identity.device_id}/aggregate"
    ident = put(outbox, topic, mood="平静", counts=[1, 2])
    with Listener(broker, topic) as listener, carrying(settings_for(broker, identity), identity, outbox):
        assert json.loads(listener.on(topic).payload) == {"id": ident, "mood": "平静", "counts": [1, 2]}


def test_what_was_forgotten_is_not_sent_any_more(identity: Identity, outbox: Outbox, tmp_path: Path) -> None:
    old = [put(outbox, "fleet/a/aggregate", n=n) for n in range(3)]
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings = MqttSettings(host="127.0.0.1", port=server.getsockname()[1])
        with carrying(settings, identity, outbox, in_flight=1) as outlet:
            peer, _ = server.accept()
            peer.settimeout(LONGEST_S)
            peer.sendall(CONNACK)
            number = read_until(peer, rb"fleet/a/aggregate(..)\x00")[1]
            for path in (tmp_path / "state").glob("vault*"):
                path.unlink()
            new = put(outbox, "fleet/a/aggregate")
            courier = outlet._courier
            assert courier is not None
            until(lambda: [waiting.id for waiting in courier._ready] == [new])
            peer.sendall(b"\x40\x02" + number)
            said = read_until(peer, b"(.*)" + new.encode())[0]
            assert not any(ident.encode() in said for ident in old[1:])
            peer.close()


def test_what_was_acknowledged_just_before_the_connection_broke_is_sent_once_more_and_then_done_with(
    identity: Identity, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier_module, "SAVED_S", 1000.0)
    ident = put(outbox, "fleet/a/aggregate")
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings = MqttSettings(host="127.0.0.1", port=server.getsockname()[1])
        with carrying(settings, identity, outbox):
            for turn in range(2):
                peer, _ = server.accept()
                peer.settimeout(LONGEST_S)
                peer.sendall(CONNACK)
                number = read_until(peer, rb'fleet/a/aggregate(..)\x00{"id":"' + ident.encode())[1]
                peer.sendall(b"\x40\x02" + number)
                if turn == 0:
                    until(lambda: outbox.counts().sent == 1)
                    assert outbox.counts().waiting == 1
                else:
                    until(lambda: empty(outbox))
                peer.close()
