"""The device's own face on its way to the home, as a second client of a real broker sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.affect import Emotion, Language
from edge.outlets.avatar.outlet import Avatar
from edge.outlets.avatar.settings import AvatarSettings
from edge.outlets.mqtt.identity import Topics
from edge.outlets.mqtt.outlet import MqttOutlet
from edge.outlets.outlet import Portrait
from tests.broker import Broker, Listener, running_broker, until
from tests.edge.outlets.mqtt.home_assistant import complaints
from tests.edge.outlets.mqtt.samples import reply, state
from tests.edge.outlets.mqtt.test_outlet import settings_for

if TYPE_CHECKING:
    from edge.outlets.mqtt.identity import Identity


def size(png: bytes) -> list[int]:
    drawn = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert drawn is not None
    return list(drawn.shape[:2])


def test_the_face_is_found_kept_and_changes_with_the_state(broker: Broker, identity: Identity) -> None:
    settings = settings_for(broker, identity)
    topics = Topics.of(settings, identity)
    home = MqttOutlet(settings, identity, picture=True)
    chosen = AvatarSettings(enabled=True, port=0, image=True, size=96, image_interval_s=1)
    avatar = Avatar(chosen, name="Test room", language=Language.EN, words_per_minute=165)
    avatar.publish = home.offer
    with Listener(broker, topics.avatar, topics.discovery) as listener:
        home.attach()
        avatar.attach()
        try:
            payload = listener.on(topics.discovery, times=2).json()
            assert complaints(topics.discovery, payload) == []
            assert payload["components"]["avatar"]["image_topic"] == topics.avatar
            avatar.offer(state(Emotion.HAPPY))
            first = listener.on(topics.avatar)
            assert size(first.payload) == [96, 96]
            assert (first.retain, first.qos) == (False, 1)
            with Listener(broker, topics.avatar) as late:
                kept = late.on(topics.avatar)
                assert kept.retain
                assert kept.payload == first.payload

            def told_sad() -> bool:
                avatar.offer(state(Emotion.SAD))
                return len([heard for heard in listener.heard if heard.topic == topics.avatar]) > 1

            until(told_sad)
            assert listener.on(topics.avatar, times=2).payload != first.payload
        finally:
            avatar.stop()
            home.stop()


def test_of_a_crisis_nothing_can_be_seen_in_the_home(broker: Broker, identity: Identity) -> None:
    settings = settings_for(broker, identity)
    topics = Topics.of(settings, identity)
    home = MqttOutlet(settings, identity, picture=True)
    chosen = AvatarSettings(enabled=True, port=0, image=True, size=32, image_interval_s=1)
    avatar = Avatar(chosen, name="Test room", language=Language.EN, words_per_minute=165)
    avatar.publish = home.offer
    with Listener(broker, f"rapport/{identity.device_id}/#") as listener:
        home.attach()
        avatar.attach()
        try:
            for outlet in (home, avatar):
                outlet.offer(reply("Please call this number.", crisis=True))
                outlet.offer(state(Emotion.SAD))
            listener.on(topics.state)
            avatar.stop()
        finally:
            home.stop()
        listener.on(topics.availability, "offline")
    assert not [heard for heard in listener.heard if heard.topic == topics.avatar]


def test_a_broker_that_lost_it_is_given_it_again(identity: Identity) -> None:
    with running_broker() as first:
        settings = settings_for(first, identity)
        topics = Topics.of(settings, identity)
        home = MqttOutlet(settings, identity, picture=True)
        with Listener(first, topics.avatar) as listener:
            home.attach()
            home.offer(Portrait(b"a picture"))
            listener.on(topics.avatar, "a picture")
            listener.say(topics.avatar, "", retain=True)
            listener.say(topics.home_status, "online")
            listener.on(topics.avatar, "a picture", times=2)
            home.stop()
