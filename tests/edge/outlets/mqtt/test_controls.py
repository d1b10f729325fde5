"""What the home may set: consent withdrawn and never given, profile, voice, forgetting in two steps."""

from __future__ import annotations

import json
import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from edge.affect import Sense
from edge.errors import ConsentError, InputError
from edge.outlets.mqtt.commands import PRESS, Commands
from edge.outlets.mqtt.controls import LOUDEST, NOBODY, RATES, Controls
from edge.outlets.mqtt.features import Need
from edge.outlets.mqtt.grants import HomeGrants
from edge.outlets.mqtt.identity import Identity, Topics
from edge.outlets.mqtt.outlet import MqttOutlet
from edge.outlets.mqtt.settings import MqttSettings
from edge.outlets.settings import SpeechSettings
from edge.outlets.tuning import Tuning
from edge.safety.consent import Consent
from edge.safety.grants import Purpose
from edge.safety.settings import ConsentSettings
from edge.understanding.person.names import checked
from tests.broker import Broker, Listener
from tests.edge.outlets.mqtt.test_outlet import settings_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOPICS = Topics.of(MqttSettings(), Identity("kitchen", "Kitchen", "1"))


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Family:
    """Profiles in memory."""

    def __init__(self) -> None:
        self.there = ["Ann", "安娜"]
        self.used = ""

    def names(self) -> list[str]:
        return self.there

    def selected(self) -> str:
        return self.used

    def use(self, name: str) -> None:
        if name == "安娜":
            problem = "the disk is full"
            raise InputError(problem, "Make room")
        self.used = name


@pytest.fixture
def consent(tmp_path: Path) -> Consent:
    made = Consent(ConsentSettings(grants=(Sense.FACE, Sense.VOICE)), tmp_path)
    made.grant(Sense.FACE, Purpose.DROWSINESS)
    made.grant(Sense.FACE, Purpose.PERSONAL)
    made.grant(Sense.VOICE, Purpose.WELLBEING)
    return made


def say(controls: Controls, topic: str, payload: bytes | str) -> int:
    """Say it to the device; how much of it was refused."""
    commands = Commands(print, controls=controls)
    commands.hear(topic, payload.encode() if isinstance(payload, str) else payload, TOPICS, retained=False)
    return commands.refused


@pytest.mark.parametrize("payload", ["withdraw face", '{"withdraw": "face"}'])
def test_a_withdrawal_takes_every_purpose_of_that_sense_and_of_no_other(consent: Consent, payload: str) -> None:
    controls = Controls(grants=HomeGrants(consent))
    assert controls.payload().consent.face == "ON"
    assert say(controls, TOPICS.consent, payload) == 0
    assert consent.grants() == {(Sense.VOICE, Purpose.EMOTION), (Sense.VOICE, Purpose.WELLBEING)}
    told = controls.payload().consent
    assert (told.face, told.voice, told.text) == ("OFF", "ON", "OFF")
    assert say(controls, TOPICS.consent, payload) == 0, "to withdraw what is withdrawn is no mistake"


@pytest.mark.parametrize(
    "payload",
    [
        "grant text", "grant face", "ON", "on", "", "withdraw", "withdraw smell", "withdraw face voice",
        '{"grant": "text"}', '{"withdraw": "face", "grant": "text"}', '{"withdraw": ["face"]}', "{", "null", b"\xff",
    ],
)  # fmt: skip
def test_nothing_that_is_said_grants_anything(consent: Consent, payload: bytes | str) -> None:
    before = consent.grants()
    assert say(Controls(grants=HomeGrants(consent)), TOPICS.consent, payload) == 1
    assert consent.grants() == before


def test_a_withdrawal_that_cannot_be_kept_is_told_and_does_not_end_the_connection(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Full:
        def granted(self) -> frozenset[Sense]:
            return frozenset({Sense.FACE})

        def withdraw(self, sense: Sense) -> None:
            problem = f"the {sense} cannot be withdrawn: the disk is full"
            raise ConsentError(problem, "Make room")

    controls = Controls(grants=Full())
    assert say(controls, TOPICS.consent, "withdraw face") == 0
    assert controls.payload().consent.face == "ON", "it says what holds"
    assert "the disk is full" in caplog.text


def test_a_profile_is_chosen_by_its_name_and_only_one_that_there_is(caplog: pytest.LogCaptureFixture) -> None:
    family = Family()
    controls = Controls(people=family)
    assert controls.features().profiles == (NOBODY, "Ann", "安娜")
    assert say(controls, TOPICS.profile, "Ann") == 0
    assert controls.payload().profile == family.used == "Ann"
    for wrong in ("Eve", "", "ann", b"\xff"):
        assert say(controls, TOPICS.profile, wrong) == 1
    assert "Eve" not in caplog.text
    assert say(controls, TOPICS.profile, "安娜") == 0
    assert "the disk is full" in caplog.text
    assert say(controls, TOPICS.profile, NOBODY) == 0
    assert (family.used, controls.payload().profile) == ("", NOBODY)


def test_no_profile_can_be_called_nobody_and_one_in_use_is_always_a_choice() -> None:
    with pytest.raises(ValueError, match="no name of a profile"):
        checked(NOBODY)
    family = Family()
    family.used = "Guest"
    assert "Guest" in Controls(people=family).features().profiles


def test_the_voice_follows_the_home_and_its_bounds_are_those_of_the_settings() -> None:
    tuning, heard = Tuning(SpeechSettings()), list[SpeechSettings]()
    tuning.follow(heard.append)
    controls = Controls(tuning=tuning)
    assert say(controls, TOPICS.volume, "0.5") == 0
    assert say(controls, TOPICS.rate, "200") == 0
    assert [(one.volume, one.words_per_minute) for one in heard] == [(0.5, 165), (0.5, 200)]
    assert (controls.payload().volume, controls.payload().words_per_minute) == (0.5, 200)
    for topic, wrong in [
        (TOPICS.volume, "-0.1"), (TOPICS.volume, "2.1"), (TOPICS.volume, "NaN"), (TOPICS.volume, "true"),
        (TOPICS.volume, '"1"'), (TOPICS.volume, ""), (TOPICS.rate, "79"), (TOPICS.rate, "301"), (TOPICS.rate, "100.5"),
    ]:  # fmt: skip
        assert say(controls, topic, wrong) == 1, wrong
    assert len(heard) == 2
    for volume, rate in ((0.0, RATES[0]), (LOUDEST, RATES[1])):
        SpeechSettings(volume=volume, words_per_minute=rate)
    for name, limits in (("volume", (-0.01, LOUDEST + 0.01)), ("words_per_minute", (RATES[0] - 1, RATES[1] + 1))):
        for beyond in limits:
            with pytest.raises(ValueError, match=name):
                SpeechSettings.model_validate({name: beyond})


def test_what_the_home_set_lasts_until_the_file_says_otherwise() -> None:
    tuning = Tuning(SpeechSettings(volume=1.0, pitch=50))
    tuning.tell("volume", 0.3)
    tuning.adopt(SpeechSettings(volume=1.0, pitch=60))
    assert (tuning.now.volume, tuning.now.pitch) == (0.3, 60)
    tuning.adopt(SpeechSettings(volume=0.8, pitch=60))
    assert tuning.now.volume == 0.8


def pressing(controls: Controls, clock: Clock, *after_s: float) -> list[str]:
    """Press again and again, each so many seconds after the one before; what is shown after each."""
    shown = []
    for wait_s in after_s:
        clock.now += wait_s
        assert say(controls, TOPICS.forget, PRESS) == 0
        shown.append(str(controls.payload().forgetting))
    return shown


def test_only_a_second_press_within_half_a_minute_forgets() -> None:
    clock, forgotten = Clock(), list[float]()
    controls = Controls(forget=lambda: forgotten.append(clock.now), now=clock)
    assert controls.payload().forgetting == "ready"
    assert pressing(controls, clock, 0, 0.2) == ["press again"] * 2, "a doubled message is no second press"
    assert pressing(controls, clock, 31, 29.5) == ["press again", "done"]
    assert len(forgotten) == 1
    assert pressing(controls, clock, 5) == ["press again"], "a third press asks anew"
    clock.now += 31
    assert controls.payload().forgetting == "ready"
    assert len(forgotten) == 1
    assert say(controls, TOPICS.forget, "press") == 1
    assert controls.payload().forgetting == "ready"


def test_forgetting_that_fails_is_told(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise OSError(28, "No space left on device")

    clock = Clock()
    controls = Controls(forget=fail, now=clock)
    assert pressing(controls, clock, 0, 2) == ["press again", "failed"]
    assert "No space left" in caplog.text


def test_what_the_device_has_not_got_cannot_be_set() -> None:
    controls = Controls()
    assert controls.hearers(TOPICS) == {}
    assert controls.features().needs == frozenset()
    told = controls.payload()
    assert (told.profile, told.volume, told.words_per_minute, told.forgetting) == (None, None, None, "ready")
    assert Controls(forget=print).features(Need.BUDGET).needs == {Need.FORGET, Need.BUDGET}


@contextmanager
def running(broker: Broker, identity: Identity, controls: Controls) -> Iterator[Topics]:
    settings = settings_for(broker, identity)
    topics = Topics.of(settings, identity)
    outlet = MqttOutlet(settings, identity, commands=Commands(print, controls=controls))
    with Listener(broker, topics.availability) as door:
        outlet.attach()
        door.on(topics.availability, "online")  # said after the subscriptions, which therefore hold
    try:
        yield topics
    finally:
        outlet.stop()


def test_the_home_withdraws_consent_and_sees_that_it_holds_and_cannot_give_it_back(
    broker: Broker, identity: Identity, consent: Consent, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with (
        Listener(broker, f"rapport/{identity.device_id}/controls") as home,
        running(broker, identity, Controls(grants=HomeGrants(consent))) as topics,
    ):
        home.say(topics.consent, "withdraw face")
        home.wait(lambda m: m.json()["consent"]["face"] == "OFF")
        assert not consent.granted(Sense.FACE)
        count = len(home.heard)
        home.say(topics.consent, "grant face")
        again = home.on(topics.controls, times=count + 1)
        assert again.json()["consent"]["face"] == "OFF", "the switch of the home goes back at once"
        assert not consent.granted(Sense.FACE)
        consent.grant(Sense.FACE)  # on the device
        home.wait(lambda m: m.at > again.at and m.json()["consent"]["face"] == "ON")
        assert not any(message.retain for message in home.heard)


def test_a_choice_that_is_new_is_announced_before_it_is_told(broker: Broker, identity: Identity) -> None:
    family = Family()
    with (
        Listener(broker, f"rapport/{identity.device_id}/controls", f"ha/{identity.device_id}/#") as home,
        running(broker, identity, Controls(people=family)) as topics,
    ):
        home.on(topics.controls)
        family.there.append("Guest")
        home.say(topics.profile, "Guest")
        told = home.wait(lambda m: m.topic == topics.controls and m.json()["profile"] == "Guest")
        known = home.wait(
            lambda m: m.topic == topics.discovery and "Guest" in m.json()["components"]["profile"].get("options", ())
        )
    assert family.used == "Guest"
    assert known.at <= told.at
    assert json.loads(known.payload)["components"]["profile"]["options"] == [NOBODY, "Ann", "Guest", "安娜"]
