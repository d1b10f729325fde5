"""The outlet against a real broker, as a second client hears it."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from edge.accelerators.usage import InUse, Usage
from edge.affect import Cue, Emotion, Episode, Language, Sense
from edge.errors import OutletError
from edge.outlets.mqtt.announcer import Announcer
from edge.outlets.mqtt.diagnostics import Sources
from edge.outlets.mqtt.identity import Identity, Topics
from edge.outlets.mqtt.outlet import MqttOutlet
from edge.outlets.mqtt.phase import Phase
from edge.outlets.mqtt.settings import MqttSettings
from edge.outlets.outlet import Outcome
from tests.broker import Broker, Heard, Listener, until
from tests.edge.outlets.mqtt.home_assistant import complaints
from tests.edge.outlets.mqtt.samples import reply, state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from edge.outlets.mqtt.session import Message


def settings_for(broker: Broker, identity: Identity, **changes: object) -> MqttSettings:
    """A discovery prefix of its own keeps one test's Home Assistant out of another's."""
    plain = {"host": broker.host, "port": broker.plain, "discovery_prefix": f"ha/{identity.device_id}"}
    return MqttSettings.model_validate({**plain, "min_interval_s": 0.05, **changes})


@contextmanager
def running(
    settings: MqttSettings, identity: Identity, in_use: Callable[[], InUse] | None = None
) -> Iterator[MqttOutlet]:
    outlet = MqttOutlet(settings, identity, Sources(in_use))
    outlet.attach()
    try:
        yield outlet
    finally:
        outlet.stop()


def without(payload: bytes, *ids: str) -> bytes:
    """``payload`` without random ids, which may hold a helpline's digits by chance."""
    for name in ids:
        payload = payload.replace(name.encode(), b"")
    return payload


def test_a_second_client_sees_online_discovery_state_and_offline_in_this_order(
    broker: Broker, identity: Identity
) -> None:
    settings = settings_for(broker, identity)
    topics = Topics.of(settings, identity)
    with Listener(broker, f"rapport/{identity.device_id}/#", f"{settings.discovery_prefix}/#") as listener:
        with running(settings, identity) as outlet:
            outlet.offer(state(Emotion.SAD))
            sent = listener.on(topics.state).json()
            assert str(outlet.status) == "online"
        listener.on(topics.availability, "offline")
        assert str(outlet.status) == "stopped"
    assert sent["emotion"] == "sad"
    order = [m.topic for m in listener.heard if m.topic != topics.diagnostics]
    assert order[:4] == [topics.availability, topics.discovery, topics.discovery, topics.state]
    first, second = (listener.on(topics.discovery, times=times).json()["components"] for times in (1, 2))
    assert {key for key, one in first.items() if one.keys() == {"platform"}} == first.keys() - second.keys()
    assert complaints(topics.discovery, listener.on(topics.discovery, times=2).json()) == []
    assert outlet.status.rejections == 0


def test_availability_and_discovery_are_kept_by_the_broker_and_a_state_that_expires_is_not(
    broker: Broker, identity: Identity
) -> None:
    settings = settings_for(broker, identity)
    topics = Topics.of(settings, identity)
    with Listener(broker, topics.state) as first, running(settings, identity) as outlet:
        outlet.offer(state())
        first.on(topics.state)
        with Listener(broker, f"rapport/{identity.device_id}/+", topics.discovery) as late:
            assert late.on(topics.availability, "online").retain
            assert late.on(topics.discovery).retain
            outlet.offer(state(Emotion.FEAR))
            assert late.on(topics.state).json()["emotion"] == "fear"
            assert not late.on(topics.state).retain


def test_a_state_that_never_expires_is_kept_by_the_broker(broker: Broker, identity: Identity) -> None:
    settings = settings_for(broker, identity, expire_after_s=0)
    topics = Topics.of(settings, identity)
    with Listener(broker, topics.state) as first, running(settings, identity) as outlet:
        outlet.offer(state())
        first.on(topics.state)
        with Listener(broker, topics.state) as late:
            assert late.on(topics.state).retain


def test_of_a_burst_the_last_state_arrives_also_when_it_moved_less_than_the_deadband(
    broker: Broker, identity: Identity
) -> None:
    settings = settings_for(broker, identity, min_interval_s=0.2, deadband=0.1)
    topics = Topics.of(settings, identity)
    with Listener(broker, topics.state) as listener, running(settings, identity) as outlet:
        for step in range(50):
            outlet.offer(state(valence=step / 1000))
        listener.wait(lambda m: m.json()["valence"] == 0.049)
        arrivals = {m.json()["valence"] for m in listener.heard}
    assert len(arrivals) < 10, "the rate floor and the deadband hold most of them back"


def test_home_assistants_birth_brings_everything_again(broker: Broker, identity: Identity) -> None:
    settings = settings_for(broker, identity)
    topics = Topics.of(settings, identity)
    with Listener(broker, f"rapport/{identity.device_id}/#", topics.discovery) as listener:
        with running(settings, identity) as outlet:
            outlet.offer(state(Emotion.DISGUST))
            outlet.offer(reply("There, there."))
            listener.on(topics.state, times=2)
            listener.on(topics.reply, times=2)
            assert len([m for m in listener.heard if m.topic == topics.discovery]) == 2
            listener.say(topics.home_status, "offline")
            listener.say(topics.home_status, "online")
            listener.on(topics.discovery, times=3)
            listener.on(topics.availability, "online", times=2)
            assert listener.on(topics.state, times=4).json()["emotion"] == "disgust"
            again = listener.on(topics.reply, times=3).json()
            assert again == listener.on(topics.reply).json(), "with its own id, so that it is no new one"
        listener.on(topics.availability, "offline")
        assert len([m for m in listener.heard if m.topic == topics.discovery]) == 3


def test_a_birth_message_that_the_broker_kept_is_no_news(broker: Broker, identity: Identity) -> None:
    settings = settings_for(broker, identity)
    topics = Topics.of(settings, identity)
    with Listener(broker, f"rapport/{identity.device_id}/#", topics.discovery) as listener:
        listener.say(topics.home_status, "online", retain=True)
        with running(settings, identity) as outlet:
            outlet.offer(state())
            listener.on(topics.state, times=2)
        listener.on(topics.availability, "offline")
    assert len([m for m in listener.heard if m.topic == topics.discovery]) == 2, "as at every start"


def test_what_expires_is_sent_again_while_nothing_changes(broker: Broker, identity: Identity) -> None:
    settings = settings_for(broker, identity, expire_after_s=1)
    topics = Topics.of(settings, identity)
    with Listener(broker, topics.state) as listener, running(settings, identity) as outlet:
        outlet.offer(state())
        assert listener.on(topics.state, times=5).json() == listener.heard[0].json()


def test_a_reply_arrives_short_as_state_and_whole_as_attribute(broker: Broker, identity: Identity) -> None:
    settings = settings_for(broker, identity)
    topics = Topics.of(settings, identity)
    text = "慢慢来。" * 100
    with Listener(broker, topics.reply) as listener, running(settings, identity) as outlet:
        outlet.offer(reply(text))
        sent = listener.on(topics.reply)
    assert len(sent.json()["text"]) == 255
    assert sent.json()["full"] == text
    assert not sent.retain


def test_a_crisis_reply_becomes_a_notice_without_words_on_the_set_topic_and_nothing_else(
    broker: Broker, identity: Identity
) -> None:
    family = f"family/{identity.device_id}"
    settings = settings_for(broker, identity, crisis_topic=family)
    topics = Topics.of(settings, identity)
    with Listener(broker, "#") as listener, running(settings, identity) as outlet:
        outlet.offer(reply("Call 988, you are not alone.", crisis=True))
        notice = listener.on(family)
        outlet.offer(reply("after"))
        listener.on(topics.reply)
    mine = [m for m in listener.heard if identity.device_id in m.topic]
    assert set(notice.json()) == {"kind", "id", "device", "at"}
    assert (notice.qos, notice.retain) == (1, False)
    ids = (notice.json()["id"], identity.device_id)
    assert not any(b"988" in without(m.payload, *ids) for m in mine)
    assert len([m for m in mine if m.topic == family]) == 1


def test_without_a_crisis_topic_a_crisis_stays_on_the_device(broker: Broker, identity: Identity) -> None:
    settings = settings_for(broker, identity)
    topics = Topics.of(settings, identity)
    with Listener(broker, "#") as listener, running(settings, identity) as outlet:
        outlet.offer(reply("Call 988.", crisis=True))
        outlet.offer(reply("after"))
        listener.on(topics.reply)
    mine = [m for m in listener.heard if identity.device_id in m.topic]
    assert not any(b"crisis" in m.payload or b"988" in without(m.payload, identity.device_id) for m in mine)


def test_a_state_is_explained_in_the_devices_first_language(broker: Broker, identity: Identity) -> None:
    chinese = replace(identity, language=Language.ZH)
    settings = settings_for(broker, chinese)
    topics = Topics.of(settings, chinese)
    with Listener(broker, topics.state) as listener, running(settings, chinese) as outlet:
        outlet.offer(state(Emotion.SAD, cues=(Cue("pitch", 112.0, "Hz", "low voice", 0.8),)))
        told = listener.on(topics.state).json()["explanation"]
    assert told.startswith("大概是难过（把握")
    assert "迹象：声音低沉（112赫兹）。" in told


def test_nothing_that_the_person_said_is_in_any_message(broker: Broker, identity: Identity) -> None:
    said = "my landlord threw me out"
    settings = settings_for(broker, identity, crisis_topic=f"family/{identity.device_id}")
    topics = Topics.of(settings, identity)
    with Listener(broker, "#") as listener, running(settings, identity) as outlet:
        outlet.offer(state(Emotion.ANGRY, cues=(Cue("words", 1.0, "", f'"{said}"', 1.0),)))
        outlet.offer(reply(f"So {said}. That is hard.", quotes=True))
        outlet.offer(reply("Call 988.", crisis=True))
        listener.on(topics.diagnostics)
    mine = [m for m in listener.heard if identity.device_id in m.topic]
    assert {m.topic for m in mine} >= {topics.state, topics.reply, topics.discovery, topics.diagnostics}
    assert not any("landlord" in m.payload.decode() for m in mine)


def test_diagnostics_count_connections_and_measure_from_capture(broker: Broker, identity: Identity) -> None:
    settings = settings_for(broker, identity)
    topics = Topics.of(settings, identity)
    with Listener(broker, topics.diagnostics) as listener, running(settings, identity) as outlet:
        outlet.offer(state())
        sent = listener.wait(lambda m: m.json()["latency_p95_ms"] is not None).json()
    assert sent["connections"] == 1
    assert sent["latency_p95_ms"] > 0
    assert sent["dropped"] == 0


def test_a_model_that_falls_to_the_cpu_is_told_at_once_and_so_is_its_return(broker: Broker, identity: Identity) -> None:
    settings = settings_for(broker, identity)
    topics = Topics.of(settings, identity)
    usage = Usage("coral", "auto")
    usage.placed("face-expression", "coral")
    with Listener(broker, topics.diagnostics) as listener, running(settings, identity, usage.now) as outlet:

        def told(**wanted: object) -> dict[str, object]:
            outlet.offer(state())  # wakes the thread; the next look by the clock would come in 2 s

            def fits(message: Heard) -> bool:
                sent: dict[str, object] = message.json()["accelerator"]
                return wanted.items() <= sent.items()

            return dict(listener.wait(fits).json()["accelerator"])

        first = told(device="coral", fallback=False)
        assert (first["chosen"], first["reason"]) == ("coral", "auto")
        usage.failed("face-expression", "cpu", "coral failed: USB transfer failed")
        fallen = told(device="cpu", fallback=True)
        assert fallen["failures"] == 1
        assert fallen["reason"] == "auto; face-expression: coral failed: USB transfer failed"
        usage.placed("face-expression", "coral")
        assert told(device="coral", returns=1)["fallback"] is False


def test_a_publish_that_the_broker_forbids_is_counted_and_said(broker: Broker, identity: Identity) -> None:
    account = {"port": broker.password, "username": broker.user, "password_file": broker.password_file}
    settings = settings_for(broker, identity, crisis_topic="forbidden/alarm", **account)
    with running(settings, identity) as outlet:
        outlet.offer(reply("Call 988.", crisis=True))
        until(lambda: outlet.status.rejections == 1)
        assert outlet.status.phase is Phase.ONLINE
        assert "forbidden/alarm was refused by the broker: Not authorized" in str(outlet.status)


def test_settings_that_cannot_work_are_an_error_at_start(tmp_path: Path, broker: Broker, identity: Identity) -> None:
    with pytest.raises(OutletError, match=r"mqtt\.host is empty"):
        MqttOutlet(MqttSettings(), identity).attach()
    missing = settings_for(broker, identity, username="x", password_file=tmp_path / "none")
    with pytest.raises(OutletError, match="No such file"):
        MqttOutlet(missing, identity).attach()
    (tmp_path / "not.pem").write_text("hello")
    garbage = settings_for(broker, identity, tls=True, tls_ca=tmp_path / "not.pem")
    with pytest.raises(OutletError, match="tls_ca"):
        MqttOutlet(garbage, identity).attach()


def test_an_outlet_that_was_stopped_can_be_attached_again(broker: Broker, identity: Identity) -> None:
    settings = settings_for(broker, identity)
    topics = Topics.of(settings, identity)
    outlet = MqttOutlet(settings, identity)
    with Listener(broker, topics.availability) as listener:
        for times in (1, 2):
            outlet.attach()
            listener.on(topics.availability, "online", times=times)
            outlet.stop()
            listener.on(topics.availability, "offline", times=times)


def test_stop_delivers_what_was_accepted_just_before(broker: Broker, identity: Identity) -> None:
    settings = settings_for(broker, identity, crisis_topic=f"family/{identity.device_id}")
    with Listener(broker, f"family/{identity.device_id}") as listener:
        with running(settings, identity) as outlet:
            until(lambda: outlet.status.phase is Phase.ONLINE)
            outlet.offer(reply("Call 988.", crisis=True))
        listener.on(f"family/{identity.device_id}")


def test_an_episode_is_an_event_that_is_never_kept(broker: Broker, identity: Identity) -> None:
    settings = settings_for(broker, identity, expire_after_s=0)
    topics = Topics.of(settings, identity)
    now_ns = time.monotonic_ns()
    with Listener(broker, topics.episode) as listener, running(settings, identity) as outlet:
        began = Episode(Emotion.SAD, now_ns - 3 * 10**9, now_ns, 0.8)
        outlet.offer(began)
        outlet.offer(replace(began, end_ns=now_ns))
        told = [listener.on(topics.episode, times=times).json() for times in (1, 2)]
        with Listener(broker, topics.episode) as late:
            outlet.offer(replace(began, emotion=Emotion.HAPPY))
            assert late.on(topics.episode).json()["emotion"] == "happy"
            assert not any(message.retain for message in (*listener.heard, *late.heard))
    assert [one["event_type"] for one in told] == ["began", "ended"]


def test_what_a_withdrawn_sense_led_to_and_waits_in_the_queue_is_dropped(identity: Identity) -> None:
    outlet = MqttOutlet(MqttSettings(), identity)
    crisis = reply("Call 988.", crisis=True)
    for item in (state(), Episode(Emotion.SAD, 0, 0, 0.8), reply("It is about that."), crisis, Outcome("helped")):
        outlet.offer(item)
    outlet.forget(Sense.FACE)
    assert [item for _, item in outlet._items] == [crisis, Outcome("helped")]
    assert outlet.dropped == 3


def test_what_a_withdrawn_sense_led_to_is_not_said_nor_said_again(identity: Identity) -> None:
    settings = MqttSettings(expire_after_s=10)
    topics = Topics.of(settings, identity)
    announcer = Announcer(settings, identity, topics, 30.0, lambda: 0)
    session: Any = Said()
    now = time.monotonic()
    announcer.offer_state(state(Emotion.HAPPY))
    announcer.offer_reply(reply("I can see that."))
    announcer.greet(session, now)
    announcer.speak(session, now)
    announcer.offer_state(state(Emotion.FEAR))
    announcer.offer_reply(reply("Oh no."))
    announcer.offer_event(Episode(Emotion.FEAR, 0, 0, 0.8))
    announcer.forget()
    announcer.speak(session, now + 20)
    announcer.offer_state(state(None))
    announcer.speak(session, now + 40)
    told = [message.payload for message in session.published if message.topic == topics.state]
    assert [json.loads(one)["emotion"] for one in told] == ["happy", "unsure"]
    assert len([message for message in session.published if message.topic == topics.reply]) == 1
    assert not [message for message in session.published if message.topic == topics.episode]


class Said:
    """A session that keeps what is published."""

    def __init__(self) -> None:
        self.published: list[Message] = []

    def subscribe(self, topic: str) -> None: ...

    def publish(self, message: Message) -> int:
        self.published.append(message)
        return len(self.published)
