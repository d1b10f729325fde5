"""Feedback from the home, through a real broker."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from edge.affect import EMOTIONS
from edge.learning.feedback import Source, Verdict, read
from edge.outlets.mqtt.announcer import Announcer
from edge.outlets.mqtt.commands import Commands
from edge.outlets.mqtt.discovery import discovery
from edge.outlets.mqtt.identity import Identity, Topics
from edge.outlets.mqtt.outlet import MqttOutlet
from edge.outlets.mqtt.settings import MqttSettings
from edge.outlets.outlet import Outcome
from tests.broker import Broker, Listener, until
from tests.edge.learning.support import answered, learner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.outlets.mqtt.session import Message


def ignored(_: str | None) -> None:
    """Of proposals another test knows."""


@pytest.fixture
def heard() -> list[bytes]:
    return []


@pytest.fixture
def outlet(broker: Broker, identity: Identity, heard: list[bytes]) -> Iterator[MqttOutlet]:
    made = MqttOutlet(
        MqttSettings(host=broker.host, port=broker.plain), identity, commands=Commands(ignored, judge=heard.append)
    )
    made.attach()
    yield made
    made.stop()


def press(home: Listener, identity: Identity, payload: str, heard: list[bytes]) -> None:
    """The subscription may come a moment after the broker's welcome, so it is said until it is heard.

    What was said more often than needed comes late, and is no answer to this.
    """
    before = len(heard)
    while payload.encode() not in heard[before:]:
        home.say(f"rapport/{identity.device_id}/feedback", payload)
        time.sleep(0.02)


@pytest.mark.usefixtures("outlet")
def test_what_the_home_says_is_heard_by_this_device_and_by_no_other(
    broker: Broker, identity: Identity, heard: list[bytes]
) -> None:
    with Listener(broker, "nothing") as home:
        press(home, identity, "helped", heard)
        home.say("rapport/another/feedback", "not-now")
        home.say(f"rapport/{identity.device_id}/feedback/outcome", "not-now")
        press(home, identity, "wrong sad", heard)
    assert b"wrong sad" in heard
    assert b"not-now" not in heard


@pytest.mark.usefixtures("outlet")
def test_feedback_that_was_retained_is_not_heard_again(broker: Broker, identity: Identity, heard: list[bytes]) -> None:
    with Listener(broker, "nothing") as home:
        home.say(f"rapport/{identity.device_id}/feedback", "helped", retain=True)
        press(home, identity, "not-now", heard)
        del heard[:]
        late: list[bytes] = []
        other = MqttOutlet(
            MqttSettings(host=broker.host, port=broker.plain, base_topic="rapport"),
            Identity(identity.device_id, "x", "1"),
            commands=Commands(ignored, judge=late.append),
        )
        other.attach()
        press(home, identity, "wrong sad", late)
        other.stop()
        assert b"helped" not in late
        home.say(f"rapport/{identity.device_id}/feedback", "", retain=True)


def test_the_outcome_is_told_once(broker: Broker, identity: Identity, outlet: MqttOutlet, heard: list[bytes]) -> None:
    topic = f"rapport/{identity.device_id}/feedback/outcome"
    with Listener(broker, topic) as home:
        press(home, identity, "helped", heard)  # the connection stands
        outlet.offer(Outcome("wrong", "angry"))
        outlet.offer(Outcome("helped", None, "it was counted already"))
        home.on(topic, times=2)
        first, second = (message.json() for message in home.heard)
        assert first == {"feedback": "wrong", "emotion": "angry", "taken": True, "reason": None}
        assert second["reason"] == "it was counted already"
        assert not any(message.retain for message in home.heard)


def test_ten_thousand_messages_leave_one_verdict_and_a_device_that_hears(broker: Broker, identity: Identity) -> None:
    made = learner()
    answered(made, 0)
    outlet = MqttOutlet(
        MqttSettings(host=broker.host, port=broker.plain), identity, commands=Commands(ignored, judge=made.post)
    )
    outlet.attach()
    topic = f"rapport/{identity.device_id}/feedback"

    def turn() -> int:
        made.turn(0, "", may=None)
        return len(made._memory.answers.verdicts())

    with Listener(broker, "nothing") as home:
        while not turn():
            home.say(topic, "helped")
        for _ in range(10_000):
            home._client.publish(topic, "helped", qos=0)
        while made._posted:
            turn()
        home.say(topic, "rubbish")
        until(lambda: made.refused > 0)
        until(lambda: not made._posted or turn() < 0)
        made.give(read(b"not-now", Source.HOME), 0)
    outlet.stop()
    assert [one.verdict for one in made._memory.answers] == [Verdict.NOT_NOW]


class Told:
    """A session that keeps what is published."""

    def __init__(self) -> None:
        self.published: list[Message] = []

    def subscribe(self, topic: str) -> None: ...

    def publish(self, message: Message) -> int:
        self.published.append(message)
        return len(self.published)


def test_what_became_of_feedback_is_not_told_after_the_connection_was_lost(identity: Identity) -> None:
    settings = MqttSettings()
    announcer = Announcer(settings, identity, Topics.of(settings, identity), 30.0, lambda: 0)
    session: Any = Told()
    announcer.offer_outcome(Outcome("helped"))
    announcer.greet(session, 0.0)
    announcer.speak(session, 0.0)
    announcer.offer_outcome(Outcome("wrong", "sad"))
    announcer.speak(session, 1.0)
    outcomes = [message for message in session.published if message.topic.endswith("/outcome")]
    assert [json.loads(message.payload)["feedback"] for message in outcomes] == ["wrong"]


def components(identity: Identity) -> dict[str, Any]:
    settings = MqttSettings()
    found: dict[str, Any] = discovery(settings, identity, Topics.of(settings, identity))["components"]
    return found


def test_every_button_and_choice_of_the_home_is_understood(identity: Identity) -> None:
    found = components(identity)
    topic = f"rapport/{identity.device_id}/feedback"
    assert read(found["helped"]["payload_press"].encode(), Source.HOME).verdict is Verdict.HELPED
    assert read(found["not_now"]["payload_press"].encode(), Source.HOME).verdict is Verdict.NOT_NOW
    assert {found[key]["command_topic"] for key in ("helped", "not_now", "wrong")} == {topic}
    said = [found["wrong"]["command_template"].replace("{{ value }}", option) for option in found["wrong"]["options"]]
    assert [read(words.encode(), Source.HOME).emotion for words in said] == list(EMOTIONS)


def test_a_choice_is_unknown_again_once_it_was_said(identity: Identity) -> None:
    chosen = components(identity)["wrong"]
    assert chosen["state_topic"] == f"rapport/{identity.device_id}/feedback/outcome"
    assert chosen["value_template"] == "None", "by which Home Assistant resets a select to unknown"


def test_a_device_that_learns_nothing_does_not_listen(broker: Broker, identity: Identity) -> None:
    outlet = MqttOutlet(MqttSettings(host=broker.host, port=broker.plain), identity)
    outlet.attach()
    with Listener(broker, f"rapport/{identity.device_id}/#") as home:
        home.on(f"rapport/{identity.device_id}/availability", "online")
        home.say(f"rapport/{identity.device_id}/feedback", json.dumps({"feedback": "helped"}))
    outlet.stop()
    assert outlet._announcer.misunderstood == 0
