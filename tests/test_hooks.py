"""The hooks for home automations, as far as files can be checked: their form, and that what they name is there.

No Home Assistant and no Node-RED was run with them.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from edge.affect import EMOTIONS
from edge.outlets.mqtt.commands import AcceptCommand
from edge.outlets.mqtt.discovery import discovery
from edge.outlets.mqtt.identity import Identity, Topics
from edge.outlets.mqtt.payloads import (
    EPISODE_EVENTS,
    ActionPayload,
    EpisodePayload,
    Payload,
    ProposalPayload,
    StatePayload,
)
from edge.outlets.mqtt.settings import MqttSettings
from edge.response.actions import actions

HOOKS = Path(__file__).resolve().parents[1] / "firmware_configs" / "hooks"
BLUEPRINTS = sorted((HOOKS / "home-assistant").glob("*.yaml"))
FLOWS = sorted((HOOKS / "node-red").glob("*.json"))
KITCHEN = Identity("kitchen", "Kitchen", "1")
TOPICS = Topics.of(MqttSettings(), KITCHEN)
PAYLOADS: dict[str, type[Payload]] = {
    TOPICS.action: ActionPayload,
    TOPICS.proposal: ProposalPayload,
    TOPICS.episode: EpisodePayload,
    TOPICS.state: StatePayload,
}
CORE = {"tab", "mqtt in", "mqtt out", "mqtt-broker", "switch", "rbe", "change", "trigger"}
"""Nodes that every Node-RED has."""


class Input(str):
    """``!input name``."""

    __slots__ = ()


class Loader(yaml.SafeLoader):  # type: ignore[misc]
    """YAML with Home Assistant's tag for inputs."""


Loader.add_constructor("!input", lambda loader, node: Input(loader.construct_scalar(node)))


def blueprint(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader)  # noqa: S506 - a SafeLoader
    return loaded


def scalars(tree: object) -> list[Any]:
    if isinstance(tree, dict):
        return [found for value in tree.values() for found in scalars(value)]
    if isinstance(tree, list):
        return [found for value in tree for found in scalars(value)]
    return [tree]


def keys(tree: object) -> list[Any]:
    if isinstance(tree, dict):
        return [*tree, *(found for value in tree.values() for found in keys(value))]
    return [found for value in tree for found in keys(value)] if isinstance(tree, list) else []


def test_there_are_hooks_for_both() -> None:
    wanted = {"dim-when-tense", "suggest-a-break", "notify-on-an-episode"}
    assert wanted <= {path.stem for path in BLUEPRINTS}
    assert wanted <= {path.stem for path in FLOWS}


@pytest.mark.parametrize("path", BLUEPRINTS, ids=lambda path: path.name)
def test_a_blueprint_has_what_home_assistant_asks_for_and_uses_each_of_its_inputs(path: Path) -> None:
    tree = blueprint(path)
    head = tree.pop("blueprint")
    assert head["domain"] == "automation"
    assert head["name"]
    assert head["description"]
    assert all({"name", "description", "selector"} <= entry.keys() for entry in head["input"].values())
    more = {"max_exceeded", "variables", "trigger_variables", "conditions"}
    assert {"triggers", "actions", "mode"} <= tree.keys() <= {"triggers", "actions", "mode"} | more
    assert all(isinstance(key, str) for key in keys(tree)), "yes and no are truth values in YAML"
    assert {str(found) for found in scalars(tree) if isinstance(found, Input)} == set(head["input"])


@pytest.mark.parametrize("path", BLUEPRINTS, ids=lambda path: path.name)
def test_what_a_blueprint_names_is_there(path: Path) -> None:
    tree = blueprint(path)
    defaults = {name: entry.get("default") for name, entry in tree["blueprint"]["input"].items()}
    (trigger,) = tree["triggers"]
    text = path.read_text(encoding="utf-8")
    if trigger["trigger"] == "template":
        _watches_entities(tree, defaults, text)
        return
    assert trigger["trigger"] == "mqtt"
    payload = PAYLOADS[defaults[trigger["topic"]]]
    for key in re.findall(r"(?:payload_json|value_json)\.(\w+)", text):
        assert key in payload.model_fields
    if payload is EpisodePayload:
        assert trigger["payload"] in EPISODE_EVENTS
        choice = tree["blueprint"]["input"]["emotions"]
        assert set(choice["default"]) <= set(choice["selector"]["select"]["options"]) <= set(EMOTIONS)
    elif "payload" in trigger:
        action = actions()[trigger["payload"]]
        assert action.service in text
        assert set(re.findall(r"payload_json\.data\.(\w+)", text)) == set(action.data)


def _watches_entities(tree: dict[str, Any], defaults: dict[str, Any], text: str) -> None:
    """By default it watches entities that a device called kitchen has, and an unknown one starts the minutes anew."""
    components = discovery(MqttSettings(), KITCHEN, TOPICS)["components"].values()
    figures = {one["default_entity_id"] for one in components if one.get("state_class") == "measurement"}
    watched = set(tree["trigger_variables"])
    assert {defaults[name] for name in watched} <= figures
    assert set(re.findall(r"states\((\w+)\) \| float\(0\)", text)) == watched
    assert tree["triggers"][0]["for"] == {"minutes": "minutes"}


def test_the_answer_of_the_phone_is_one_that_the_device_takes() -> None:
    tree = blueprint(HOOKS / "home-assistant" / "ask-on-the-phone.yaml")
    assert tree["blueprint"]["input"]["accept_topic"]["default"] == TOPICS.accept
    sent = tree["actions"][-1]["data"]
    assert sent["retain"] is False, "a yes that is kept would be a yes to nothing"
    assert sent["payload"] == "{{ {'id': proposal} | tojson }}"
    AcceptCommand.model_validate({"id": "0" * 32})


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.name)
def test_a_flow_is_whole_and_needs_no_other_nodes(path: Path) -> None:
    nodes = {node["id"]: node for node in json.loads(path.read_text(encoding="utf-8"))}
    assert {node["type"] for node in nodes.values()} <= CORE
    for node in nodes.values():
        assert all(target in nodes for wire in node.get("wires", []) for target in wire)
        if node["type"] in ("mqtt in", "mqtt out"):
            assert nodes[node["broker"]]["type"] == "mqtt-broker"
    reached, waiting = set[str](), [node["id"] for node in nodes.values() if node["type"] == "mqtt in"]
    while waiting:
        reached.add(name := waiting.pop())
        waiting += [target for wire in nodes[name]["wires"] for target in wire]
    assert {nodes[name]["type"] for name in reached} >= {"mqtt in", "mqtt out"}
    assert reached == {name for name, node in nodes.items() if node["type"] not in ("tab", "mqtt-broker")}
    for node in nodes.values():
        assert len(node.get("wires", [])) == node.get("outputs", len(node.get("wires", [])))


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.name)
def test_what_a_flow_names_is_there(path: Path) -> None:
    nodes = json.loads(path.read_text(encoding="utf-8"))
    (heard,) = (node for node in nodes if node["type"] == "mqtt in")
    payload = PAYLOADS[heard["topic"]]
    text = path.read_text(encoding="utf-8")
    assert set(re.findall(r"payload\.(\w+)", text)) <= payload.model_fields.keys()
    assert not [node for node in nodes if node["type"] == "mqtt out" and node["retain"] != "false"]
    switches = [node for node in nodes if node["type"] == "switch"]
    if payload is StatePayload:  # a State comes again and again: what follows hears only of a change, and waits
        assert [node["property"] for node in nodes if node["type"] == "rbe"] == ["payload"]
        (waits, *_) = (node for node in nodes if node["type"] == "trigger")
        assert f"{waits['duration']} minutes" in nodes[0]["info"]
        assert waits["units"] == "min"
    elif payload is EpisodePayload:
        assert switches[0]["rules"][0]["v"] in EPISODE_EVENTS
        assert set(re.findall(r"[a-z]+", switches[1]["rules"][0]["v"])) <= set(EMOTIONS)
    else:
        action = actions()[switches[0]["rules"][0]["v"]]
        assert set(re.findall(r"payload\.data\.(\w+)", text)) == set(action.data)
        (once,) = (node for node in nodes if node["type"] == "rbe")
        assert once["property"] == "payload.id"
