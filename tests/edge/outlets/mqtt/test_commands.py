"""What the home says to the device: a proposal is accepted, the vehicle tells of itself. Through a real broker."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion

from edge.affect import Emotion, Language
from edge.cli.running import rss_mib
from edge.outlets.mqtt.commands import LOG_EVERY, PRESS, Commands
from edge.outlets.mqtt.diagnostics import Sources
from edge.outlets.mqtt.identity import Identity, Topics
from edge.outlets.mqtt.outlet import MqttOutlet
from edge.outlets.mqtt.settings import MqttSettings
from edge.response.acting import Acting
from edge.response.acting_settings import ActionsSettings
from edge.response.actions import actions
from edge.response.driving import Driving, Road, Workload
from edge.response.proposal import Act, By, Proposal
from edge.response.strategy import Moment
from edge.response.talk import Talk
from tests.broker import LONGEST_S, Listener, until
from tests.edge.outlets.mqtt.samples import state
from tests.edge.outlets.mqtt.test_outlet import settings_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.broker import Broker

ID = "0123456789abcdef" * 2
ANGRY = Moment(Talk.STATEMENT, Emotion.ANGRY, -0.5, 0.5, 0.9)


@contextmanager
def running(
    broker: Broker, identity: Identity, commands: Commands, silence: Callable[[], str | None] = lambda: None
) -> Iterator[MqttOutlet]:
    outlet = MqttOutlet(settings_for(broker, identity), identity, Sources(silence=silence), commands)
    online = topics_of(broker, identity).availability
    with Listener(broker, online) as door:
        outlet.attach()
        door.on(online, "online")  # said after the subscriptions, which therefore hold
    try:
        yield outlet
    finally:
        outlet.stop()


def topics_of(broker: Broker, identity: Identity) -> Topics:
    return Topics.of(settings_for(broker, identity), identity)


def proposal(lasts_s: float = 60.0) -> Proposal:
    device = Acting(ActionsSettings(allowed=("dim_light",)), "home")
    now_ns = time.monotonic_ns()
    device.offer(actions()["dim_light"], Language.EN, now_ns)
    (told,) = device.news()
    assert isinstance(told, Proposal)
    return replace(told, expires_ns=now_ns + int(lasts_s * 1e9))


def test_a_proposal_and_an_act_are_told_once_as_events_and_never_kept(broker: Broker, identity: Identity) -> None:
    topics, told = topics_of(broker, identity), proposal()
    with (
        Listener(broker, f"rapport/{identity.device_id}/#") as home,
        running(broker, identity, Commands(print)) as outlet,
    ):
        outlet.offer(told)
        outlet.offer(Act(told, By.TAP))
        offered, acted = home.on(topics.proposal), home.on(topics.action)
    assert not offered.retain
    assert offered.json() == {
        "event_type": "dim_light",
        "id": told.id,
        "action": "dim_light",
        "title": "Dim the light",
        "expires": offered.json()["expires"],
        "service": "light.turn_on",
        "data": {"brightness_pct": 40, "transition": 5},
    }
    assert acted.json() == {**{k: v for k, v in offered.json().items() if k != "expires"}, "by": "tap"}
    assert sum(message.topic in (topics.proposal, topics.action) for message in home.heard) == 2
    with Listener(broker, f"rapport/{identity.device_id}/#") as late:
        home_again = late.on(topics.availability)
        assert home_again.retain
        assert [message.topic for message in late.heard] == [topics.availability]


def test_nothing_that_tells_how_the_person_is_goes_out_with_a_proposal(broker: Broker, identity: Identity) -> None:
    topics, told = topics_of(broker, identity), proposal()
    with Listener(broker, topics.proposal, topics.action) as home, running(broker, identity, Commands(print)) as outlet:
        outlet.offer(state(Emotion.ANGRY))
        outlet.offer(told)
        outlet.offer(Act(told, By.WORDS))
        home.on(topics.proposal)
        home.on(topics.action)
        sent = b"".join(message.payload for message in home.heard).decode()
    assert not [word for word in (*Emotion, "valence", "arousal", "reason", "because") if word in sent]


def test_a_proposal_that_is_over_before_the_broker_is_there_is_not_told(broker: Broker, identity: Identity) -> None:
    topics = topics_of(broker, identity)
    with Listener(broker, topics.proposal, topics.state) as home, running(broker, identity, Commands(print)) as outlet:
        outlet.offer(proposal(lasts_s=-1))
        outlet.offer(proposal())
        home.on(topics.proposal)
        outlet.offer(state())
        home.on(topics.state)
        assert sum(message.topic == topics.proposal for message in home.heard) == 1


def test_a_yes_by_its_id_and_by_the_button_arrives_and_a_copy_does_nothing(broker: Broker, identity: Identity) -> None:
    """The whole way: the device proposes, the home accepts twice, it is done once."""
    topics = topics_of(broker, identity)
    taps: list[str | None] = []
    device = Acting(ActionsSettings(allowed=("dim_light",), every_h=0.25), "home")
    device.offer(actions()["dim_light"], Language.EN, 0)
    with Listener(broker, topics.proposal) as home, running(broker, identity, Commands(taps.append)) as outlet:
        (told,) = device.news()
        outlet.offer(replace(told, expires_ns=time.monotonic_ns() + 10**10) if isinstance(told, Proposal) else told)
        accepted = json.dumps({"id": home.on(topics.proposal).json()["id"]})
        for payload in (accepted, accepted, PRESS):
            home.say(topics.accept, payload)
        until(lambda: len(taps) == 3)
    assert [device.tap(wanted, 2 * 10**9) for wanted in taps] == [True, False, False]
    assert [type(item) for item in device.news()] == [Act]
    assert device.refused == 2


def test_a_yes_that_the_broker_kept_or_that_is_another_devices_is_not_heard(broker: Broker, identity: Identity) -> None:
    topics = topics_of(broker, identity)
    taps: list[str | None] = []
    with Listener(broker, "nothing") as home:
        home.say(topics.accept, PRESS, retain=True)
        with running(broker, identity, Commands(taps.append)):
            home.say(f"rapport/{identity.device_id}x/accept", PRESS)
            home.say(topics.accept, json.dumps({"id": ID}))
            until(lambda: bool(taps))
        home.say(topics.accept, "", retain=True)
    assert taps == [ID]


def test_a_vehicle_is_listened_to_where_somebody_drives_only(broker: Broker, identity: Identity) -> None:
    topics, road = topics_of(broker, identity), Road()
    taps: list[str | None] = []
    with Listener(broker, "nothing") as vehicle:
        with running(broker, identity, Commands(taps.append, road.hear)):
            vehicle.say(topics.driving, '{"speed_kmh": 3.5, "workload": "high", "lifetime_s": 30}')
            until(lambda: road.workload(time.monotonic_ns()) is Workload.HIGH)
            assert road.standing(time.monotonic_ns())
        commands = Commands(taps.append)
        with running(broker, identity, commands):
            vehicle.say(topics.driving, '{"workload": "low"}')
            vehicle.say(topics.accept, PRESS)
            until(lambda: taps == [None])
        assert road.workload(time.monotonic_ns()) is Workload.HIGH
        assert commands.refused == 0


def test_diagnostics_say_what_was_refused_and_why_nothing_is_said(broker: Broker, identity: Identity) -> None:
    topics, commands = topics_of(broker, identity), Commands(print, refused_later=lambda: 2)
    commands.hear(topics.accept, b"junk", topics, retained=False)
    with (
        Listener(broker, topics.diagnostics) as home,
        running(broker, identity, commands, silence=lambda: "resting for 9 min"),
    ):
        sent = home.on(topics.diagnostics).json()
    assert (sent["refused"], sent["silence"]) == (3, "resting for 9 min")


TOPICS = Topics.of(MqttSettings(), Identity("kitchen", "Kitchen", "1"))


def take(topic: str, payload: bytes, *, retained: bool = False) -> tuple[list[object], int]:
    taken: list[object] = []
    commands = Commands(taken.append, taken.append)
    commands.hear(topic, payload, TOPICS, retained=retained)
    return taken, commands.refused


@pytest.mark.parametrize(
    "payload",
    [
        b"", b"press", b"{", b"\xff", b"null", b"[]", b'"PRESS"', b'{"id": 1}', b'{"id": "x"}', b"{}", b"[" * 600,
        b" " * 2000 + b"PRESS", b'{"id": "%s", "allow": "dim_light"}' % ID.encode(),
        b'{"id": "%s"}' % ID.upper().encode(),
    ],
)  # fmt: skip
def test_what_is_no_yes_is_refused_and_counted(payload: bytes) -> None:
    assert take(TOPICS.accept, payload) == ([], 1)


@pytest.mark.parametrize(
    "payload",
    [
        b"", b"PRESS", b"{}", b'{"speed_kmh": -1}', b'{"speed_kmh": 301}', b'{"speed_kmh": NaN}',
        b'{"speed_kmh": "50"}',
        b'{"workload": "extreme"}', b'{"workload": "low", "lifetime_s": 0}', b'{"workload": "low", "lifetime_s": 61}',
        b'{"workload": "low", "more": 1}', b'{"speed_kmh": true}',
    ],
)  # fmt: skip
def test_what_no_vehicle_says_is_refused_and_counted(payload: bytes) -> None:
    assert take(TOPICS.driving, payload) == ([], 1)


def test_what_is_understood_is_taken_and_what_was_kept_is_not() -> None:
    assert take(TOPICS.accept, PRESS.encode()) == ([None], 0)
    assert take(TOPICS.accept, PRESS.encode(), retained=True) == ([], 1)
    (driving,), refused = take(TOPICS.driving, b'{"speed_kmh": 50}')
    assert isinstance(driving, Driving)
    assert (driving.speed_kmh, driving.workload, driving.lasts_ns, refused) == (50.0, None, 10 * 10**9, 0)


def test_a_flood_is_logged_now_and_then_and_never_with_what_was_sent(caplog: pytest.LogCaptureFixture) -> None:
    commands = Commands(print)
    for _ in range(2 * LOG_EVERY):
        commands.hear(TOPICS.accept, b'{"id": "secret", "secret": "secret"}', TOPICS, retained=False)
    assert commands.refused == 2 * LOG_EVERY
    assert len(caplog.records) == 2
    assert "secret" not in caplog.text


def test_ten_thousand_malformed_messages_change_nothing(broker: Broker, identity: Identity) -> None:
    topics, taps = topics_of(broker, identity), list[str | None]()
    junk = [b"", b"{", b"press", b"\xff\xfe\x00", b'{"id": ' * 100, bytes(range(256)) * 16, b"x" * 4096]
    flooder = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv5)
    flooder.max_queued_messages_set(0)
    flooder.connect(broker.host, broker.plain)
    flooder.loop_start()
    commands = Commands(taps.append, refused_later=lambda: 0)
    with running(broker, identity, commands) as outlet:
        assert outlet.listens
        before = rss_mib()
        for number in range(10_000):
            flooder.publish(topics.accept, junk[number % len(junk)], qos=1)
        flooder.publish(topics.accept, b"the last", qos=1).wait_for_publish(LONGEST_S)
        # The broker drops for a subscriber whose queue is full, so not all arrive; what arrives is counted.
        until(lambda: commands.refused > 500)
        assert rss_mib() - before < 20
        while not taps:
            flooder.publish(topics.accept, PRESS, qos=1).wait_for_publish(LONGEST_S)
        assert set(taps) == {None}
        assert outlet.status.connections == 1, "the connection was never lost"
    flooder.disconnect()
    flooder.loop_stop()
