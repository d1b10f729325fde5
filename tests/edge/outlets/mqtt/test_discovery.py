from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any, get_args

import pytest

from edge.affect import EMOTIONS, Sense
from edge.outlets.mqtt.commands import PRESS
from edge.outlets.mqtt.controls import NOBODY, ControlsPayload, Step
from edge.outlets.mqtt.diagnostics import AcceleratorPayload, DiagnosticsPayload
from edge.outlets.mqtt.discovery import discovery, encoded, farewell
from edge.outlets.mqtt.entities import ENTITIES, RETIRED
from edge.outlets.mqtt.features import Features, Need
from edge.outlets.mqtt.identity import Identity, Topics
from edge.outlets.mqtt.payloads import OutcomePayload, ReplyPayload, SensesPayload, StatePayload
from edge.outlets.mqtt.settings import MqttSettings
from edge.response.actions import actions
from tests.edge.outlets.mqtt.home_assistant import complaints
from tests.edge.outlets.mqtt.samples import reply, state

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel


ALL = Features(frozenset(Need), (NOBODY, "Ann", "安娜"))


def announced(
    device_id: str = "Kitchen-1", name: str = "厨房", *, features: Features = ALL, **changes: object
) -> tuple[str, dict[str, Any]]:
    settings, identity = MqttSettings.model_validate(changes), Identity(device_id, name, "0.1")
    topics = Topics.of(settings, identity)
    return topics.discovery, json.loads(encoded(discovery(settings, identity, topics, features)))


@pytest.mark.parametrize("device_id", ["kitchen", "Kitchen-1", "_", "7", "a" * 64])
@pytest.mark.parametrize("expire_after_s", [0, 60])
def test_home_assistant_has_nothing_to_complain_about(device_id: str, expire_after_s: int) -> None:
    topic, payload = announced(device_id, expire_after_s=expire_after_s)
    assert complaints(topic, payload) == []


def _set(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    *parents, last = path.split(".")

    def change(payload: dict[str, Any]) -> None:
        for parent in parents:
            payload = payload[parent]
        payload[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (_set("origin", {}), "no origin.name"),
        (_set("~", "rapport"), "unknown root key ~"),
        (_set("expire_after", 60), "unknown root key expire_after"),
        (_set("availability", []), "availability twice"),
        (_set("components.emotion.state_class", "measurement"), "options with state_class"),
        (_set("components.emotion.unique_id", ""), "platform or unique_id missing"),
        (_set("components.emotion.unique_id", "rapport_Kitchen-1_face"), "used twice"),
        (_set("components.face.platform", None), "platform or unique_id missing"),
        (_set("components.valence.icon", "pulse"), "icon without mdi:"),
        (_set("components.valence.icon", None), "a null value"),
        (_set("components.valence.expire_after", None), "a null value"),
        (_set("components.valence.expire_after", 0), "positive integer"),
        (_set("components.valence.device_class", "mood"), "unknown device class"),
        (_set("components.valence.state_class", "mean"), "unknown state class"),
        (_set("components.valence.entity_category", "config"), "entity_category"),
        (_set("components.valence.colour", "red"), "vanish"),
        (_set("components.valence.name", "厨房 valence"), "repeats"),
        (_set("components.valence.default_entity_id", "valence"), "needs its domain"),
        (_set("components.proposal.event_types", []), "no event_types"),
        (_set("components.accept.state_topic", "a"), "vanish"),
        (_set("components.latency_p95.unit_of_measurement", "mm"), "needs a unit"),
        (_set("components.avatar.url_topic", "a/b"), "neither image_topic nor url_topic, or both"),
        (_set("components.avatar.state_topic", "a/b"), "vanish"),
        (_set("components.wrong.options", []), "no options"),
        (_set("components.helped", {"platform": "button", "unique_id": "x", "name": "X"}), "no command_topic"),
        (_set("components.helped.state_topic", "rapport/x"), "vanish"),
        (_set("components.emotion.unit_of_measurement", "%"), "options with state_class or unit"),
        (_set("components.emotion.options", []), "no options"),
        (_set("components.emotion.device_class", None), "a null value"),
        (_set("components.volume.step", 0.0005), "step"),
        (_set("components.volume.max", 0), "min"),
        (_set("components.volume.state_topic", ""), "no state_topic"),
        (_set("components.volume.mode", "wheel"), "mode"),
        (
            _set(
                "components.consent_face", {"platform": "switch", "unique_id": "x", "name": "X", "command_topic": "a"}
            ),
            "assumed",
        ),
        (_set("components.consent_face.state_on", "on"), "case"),
        (_set("components.face.payload_on", "on"), "case"),
        (_set("payload_available", "Online"), "case"),
        (_set("components.profile.options", []), "no options"),
        (_set("components.valence.value_template", "{{ value_json.valence"), "template"),
        (_set("components.valence.value_template", "{{ value_json.nothing }}"), "not in the message"),
        (_set("components.reason.value_template", "{{ value_json.explanation }}"), "255"),
        (_set("components.valence.qos", 3), "qos"),
        (_set("components.valence.state_topic", "rapport/+/state"), "wildcard"),
        (_set("components.valence.json_attributes_template", "{{ value_json }}"), "json_attributes_topic"),
        (_set("components.reply", {"platform": "sensor"}), "to be removed"),
        (_set("components.episode.event_types", ["began"]), "event_type"),
        (_set("device.identifiers", []), "no identifiers"),
    ],
)
def test_the_rules_notice_each_thing_that_home_assistant_was_seen_to_refuse(
    change: Callable[[dict[str, Any]], None], complaint: str
) -> None:
    topic, payload = announced()
    broken = copy.deepcopy(payload)
    change(broken)
    assert any(complaint in words for words in complaints(topic, broken))


def test_emotion_offers_the_seven_and_unsure_and_is_no_measurement() -> None:
    emotion = announced()[1]["components"]["emotion"]
    assert emotion["options"] == [*(e.value for e in EMOTIONS), "unsure"]
    assert emotion["device_class"] == "enum"
    assert "state_class" not in emotion
    assert {StatePayload.of(state(e)).emotion for e in (*EMOTIONS, None)} == set(emotion["options"])
    assert emotion["json_attributes_topic"] == emotion["state_topic"]
    assert "value_json.explanation" in emotion["json_attributes_template"]


def test_expire_after_stands_where_a_state_is_resent_and_is_left_out_when_off() -> None:
    components = announced(expire_after_s=60)[1]["components"]
    with_it = {key for key, component in components.items() if "expire_after" in component}
    assert with_it == {"emotion", "valence", "arousal", "confidence", "reason", "explanation", *Sense}
    assert not any("expire_after" in component for component in announced(expire_after_s=0)[1]["components"].values())


def test_payloads_match_the_case_that_the_home_compares_with() -> None:
    payload = announced()[1]
    assert (payload["payload_available"], payload["payload_not_available"]) == ("online", "offline")
    sent = json.loads(StatePayload.of(state()).encode())
    face = payload["components"]["face"]
    assert set(sent["senses"].values()) == {face["payload_on"], face["payload_off"]}


def test_every_template_reads_keys_that_are_always_there() -> None:
    topics = Topics.of(MqttSettings(), Identity("kitchen", "Kitchen", "1"))
    diagnostics = DiagnosticsPayload(
        latency_p95_ms=None, dropped=0, connections=1, accelerator=AcceleratorPayload.of(None)
    )
    off = SensesPayload(face="OFF", voice="OFF", text="OFF")
    samples: dict[str, BaseModel] = {
        topics.state: StatePayload.of(state(None)),
        topics.reply: ReplyPayload.of(reply()),
        topics.diagnostics: diagnostics,
        topics.controls: ControlsPayload(
            consent=off, profile=None, volume=None, words_per_minute=None, forgetting="ready"
        ),
        topics.outcome: OutcomePayload(feedback="helped", emotion=None, taken=True, reason=None),
    }
    for entity in ENTITIES:
        paths = re.findall(r"value_json\.([a-z0-9_.]+)", entity.template + entity.attributes)
        assert paths or entity.template in {"", "None"}, entity.key
        for path in paths:
            value: Any = samples[getattr(topics, entity.said)].model_dump()
            for part in path.removesuffix(".items").split("."):
                assert part in value, f"{entity.key}: {path}"
                value = value[part]


def test_every_action_is_an_event_type_and_the_button_says_what_is_understood() -> None:
    components = announced()[1]["components"]
    for key in ("proposal", "action"):
        assert components[key]["event_types"] == list(actions())
        assert components[key]["state_topic"] == f"rapport/Kitchen-1/{key}"
    assert components["accept"]["command_topic"] == "rapport/Kitchen-1/accept"
    assert components["accept"]["payload_press"] == PRESS


def test_the_face_is_an_image_where_it_is_published_and_is_not_there_otherwise() -> None:
    face = announced()[1]["components"]["avatar"]
    assert (face["platform"], face["content_type"]) == ("image", "image/png")
    assert face["image_topic"] == "rapport/Kitchen-1/avatar"
    assert "avatar" not in announced(features=Features(frozenset(Need) - {Need.PICTURE}))[1]["components"]


def test_ids_stay_the_same_when_the_device_is_renamed() -> None:
    before, after = announced(name="Kitchen")[1], announced(name="Wohnzimmer")[1]
    assert before["components"] == after["components"]
    assert before["device"]["identifiers"] == after["device"]["identifiers"]


def test_what_is_there_no_more_is_taken_back_before_it_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RETIRED, "mood", "sensor")
    less = Features(frozenset({Need.CONSENT}))
    payload = announced(features=less)[1]
    first = farewell(payload)
    assert first is not None
    gone = {key: one for key, one in first["components"].items() if key not in payload["components"]}
    assert gone == {
        "mood": {"platform": "sensor"},
        "avatar": {"platform": "image"},
        "profile": {"platform": "select"},
        "volume": {"platform": "number"},
        "rate": {"platform": "number"},
        "forget": {"platform": "button"},
        "forgetting": {"platform": "sensor"},
        "budget_left": {"platform": "sensor"},
    }
    assert {key: first["components"][key] for key in payload["components"]} == payload["components"]


def test_a_device_that_has_everything_has_nothing_to_take_back() -> None:
    assert farewell(announced()[1]) is None


def test_what_a_device_has_not_the_home_has_no_entity_for() -> None:
    keys = set(announced(features=Features())[1]["components"])
    assert keys == {entity.key for entity in ENTITIES if entity.needs is None}
    assert "forget" not in keys


def test_every_key_is_ascii_and_there_once() -> None:
    keys = [entity.key for entity in ENTITIES]
    assert len(keys) == len(set(keys))
    assert all(re.fullmatch(r"[a-z0-9_]+", key) for key in keys)
    assert not RETIRED.keys() & set(keys)


def test_a_name_that_begins_with_the_devices_is_told_otherwise() -> None:
    topic, payload = announced(name="Face")
    assert payload["components"]["face"]["name"] == "Its face in use"
    assert complaints(topic, payload) == []


def test_a_switch_cannot_say_anything_that_grants() -> None:
    components = announced()[1]["components"]
    for sense in Sense:
        switch = components[f"consent_{sense.value}"]
        assert switch["payload_off"] == f"withdraw {sense.value}"
        assert switch["payload_on"] == f"grant {sense.value}"
        assert (switch["state_on"], switch["state_off"]) == ("ON", "OFF")


def test_the_forgetting_that_is_told_is_among_the_options() -> None:
    assert announced()[1]["components"]["forgetting"]["options"] == [step.value for step in Step]
    assert list(get_args(ControlsPayload.model_fields["forgetting"].annotation)) == [step.value for step in Step]
